#include "verifier/publisher.h"

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "kafka/kafka_log.h"

namespace crowdflow::test {

using namespace std::chrono_literals;

void Publisher::begin(std::chrono::milliseconds pace) {
  thread_ = std::jthread([this, pace](std::stop_token stop) { run(std::move(stop), pace); });
}

std::int64_t Publisher::end() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  return seconds_;
}

void Publisher::run(std::stop_token stop, std::chrono::milliseconds pace) {
  std::mutex mutex;
  std::condition_variable_any ended;
  const auto begun = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    publish_seconds(1);
    std::unique_lock lock(mutex);
    ended.wait_until(lock, stop, begun + seconds_ * pace, [] { return false; });
  }
}

void Publisher::publish_seconds(std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    publish(workload_.next());
    ++seconds_;
  }
}

void Publisher::publish(const std::vector<Publication>& publications) {
  while (!try_to_publish(publications)) {
    appender_.reset();
    log_.reset();
    ++started_anew_;
  }
}

bool Publisher::try_to_publish(const std::vector<Publication>& publications) {
  if (!appender_) {
    auto log = kafka::connect({.brokers = bootstrap_, .warm_topics = {topic_}});
    if (!log) return false;
    log_ = std::move(*log);
    auto appender = log_->appender();
    if (!appender) return false;
    appender_ = std::move(*appender);
  }
  for (const Publication& each : publications) {
    const auto queued = appender_->append(
        {.topic = topic_, .partition = each.partition, .key = each.key, .value = each.value});
    if (!queued) return false;
  }
  return appender_->flush(15s).has_value();
}

}  // namespace crowdflow::test
