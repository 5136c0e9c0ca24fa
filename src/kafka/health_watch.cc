#include "kafka/health_watch.h"

#include <chrono>
#include <span>

namespace crowdflow::kafka {
namespace {

constexpr std::chrono::milliseconds kPeriod{1000};
constexpr std::chrono::milliseconds kPatience{1500};

// The first partition without a leader, in words; empty when all have one.
std::string leaderless(const rd_kafka_metadata_t& metadata) {
  for (const auto& topic :
       std::span(metadata.topics, static_cast<std::size_t>(metadata.topic_cnt))) {
    const std::span partitions(topic.partitions, static_cast<std::size_t>(topic.partition_cnt));
    for (const auto& partition : partitions) {
      if (partition.leader < 0) {
        return std::string(topic.topic) + " partition " + std::to_string(partition.id) +
               " has no leader";
      }
    }
  }
  return {};
}

}  // namespace

HealthWatch::HealthWatch(std::shared_ptr<Client> client, const std::vector<std::string>& topics)
    : client_(std::move(client)) {
  for (const auto& topic : topics) {
    topics_.emplace_back(rd_kafka_topic_new(client_->get(), topic.c_str(), nullptr));
  }
  thread_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      ask();
      wake_.wait_for(lock, stop, kPeriod, [] { return false; });
    }
  });
}

void HealthWatch::ask() {
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error =
      rd_kafka_metadata(client_->get(), 0, nullptr, &answer, static_cast<int>(kPatience.count()));
  const MetadataHandle metadata(answer);
  rd_kafka_poll(client_->get(), 0);  // serves the error callback

  auto& connection = client_->connection();
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    connection.is_ill("no answer from " + connection.options().brokers);
  } else if (const auto problem = leaderless(*metadata); !problem.empty()) {
    connection.is_ill(problem);
  } else {
    connection.is_well();
  }
}

}  // namespace crowdflow::kafka
