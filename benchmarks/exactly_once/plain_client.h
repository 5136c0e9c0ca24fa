#pragma once

#include <cstdint>
#include <functional>
#include <librdkafka/rdkafka.h>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "kafka/handles.h"

// librdkafka as its manual says, with nothing of ours around it: feeds, baselines and observers.
namespace crowdflow::bench {

using Settings = std::vector<std::pair<std::string, std::string>>;
using ClientHandle = std::unique_ptr<rd_kafka_t, kafka::Freed<rd_kafka_destroy>>;

[[nodiscard]] ClientHandle plain_client(rd_kafka_type_t type, const std::string& brokers,
                                        const Settings& settings);
// A consumer of one topic, all partitions, from what is its end when this returns.
[[nodiscard]] ClientHandle consumer_at_end(const std::string& brokers, const std::string& topic,
                                           int partitions);

// Sends without waiting for an answer, and knows its topics before the first record. One thread.
class PlainProducer {
 public:
  PlainProducer(const std::string& brokers, const std::vector<std::string>& topics,
                Settings settings);
  // Waits while librdkafka's own queue is full.
  void send(std::size_t topic, std::int32_t partition, std::string_view key,
            std::string_view value);
  void serve();
  // Until all is acknowledged.
  void flush();

 private:
  ClientHandle client_;
  std::vector<kafka::TopicHandle> topics_;
};

// Reads a topic (read committed) from its present end on, and tells each record on a thread of its
// own, until it goes.
class Follower {
 public:
  using Tell = std::function<void(const rd_kafka_message_t&)>;
  Follower(const std::string& brokers, const std::string& topic, int partitions, Tell tell);

 private:
  ClientHandle client_;
  std::jthread thread_;  // last: it ends first
};

}  // namespace crowdflow::bench
