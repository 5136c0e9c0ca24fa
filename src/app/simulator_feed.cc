#include "app/simulator_feed.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

#include "sim/scenario.h"
#include "sim/simulation.h"
#include "wire/readings_encoder.h"
#include "wire/record_headers.h"

namespace crowdflow::app {
namespace {

constexpr std::chrono::seconds kHistory{15};
constexpr std::chrono::milliseconds kStep{200};
constexpr std::chrono::seconds kFlushPatience{5};

EventTime present() {
  return EventTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

class Feed {
 public:
  Feed(std::unique_ptr<log::Appender> appender, const log::TopicNames& topics,
       std::int32_t partition, std::shared_ptr<const Venue> venue, std::uint64_t seed)
      : appender_(std::move(appender)),
        topic_(topics.readings),
        partition_(partition),
        venue_(std::move(venue)),
        simulation_(*venue_, sim::scenario_for(*venue_), seed,
                    std::chrono::floor<std::chrono::seconds>(present() - kHistory)) {}

  void run(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      const EventTime next = simulation_.now() + kStep;
      if (next > present()) {
        wake.wait_for(lock, stop, next - present(), [] { return false; });
        continue;
      }
      publish(simulation_.step(kStep));
    }
  }

 private:
  void publish(std::span<const sim::SensorReading> said) {
    if (said.empty()) return;
    encoder_.begin(venue_->id);
    for (const sim::SensorReading& reading : said)
      encoder_.add(to_reading(*venue_, reading));
    const log::Header type{.name = wire::kContentTypeHeader, .value = wire::kProtobufContentType};
    const std::string value = encoder_.bytes();
    auto sent = appender_->append({.topic = topic_,
                                   .partition = partition_,
                                   .key = venue_->id,
                                   .value = value,
                                   .headers = {&type, 1}});
    if (sent) sent = appender_->flush(kFlushPatience);
    if (!sent) spdlog::error("the simulated feed: {}", sent.error().message);
  }

  std::unique_ptr<log::Appender> appender_;
  std::string topic_;
  std::int32_t partition_;
  std::shared_ptr<const Venue> venue_;
  sim::Simulation simulation_;
  wire::ReadingsEncoder encoder_;
};

}  // namespace

Result<std::unique_ptr<SimulatorFeed>> SimulatorFeed::start(log::Log& log,
                                                            const log::TopicNames& topics,
                                                            std::shared_ptr<const Venue> venue,
                                                            std::uint64_t seed) {
  const auto partitions = log.partition_count(topics.readings);
  if (!partitions) return tl::unexpected(partitions.error());
  auto appender = log.appender();
  if (!appender) return tl::unexpected(appender.error());
  const std::int32_t home = log::home_partition(venue->id, *partitions);
  auto feed = std::make_shared<Feed>(std::move(*appender), topics, home, std::move(venue), seed);
  std::unique_ptr<SimulatorFeed> started(new SimulatorFeed);
  started->thread_ = std::jthread([feed](std::stop_token stop) { feed->run(stop); });
  return started;
}

}  // namespace crowdflow::app
