#include "support/kafka_cluster.h"

#include <boost/json.hpp>
#include <cstdint>
#include <vector>

#include "support/port.h"
#include "support/process.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

// What all of the cluster is kept in, though a third of it is away.
const std::vector<std::string>& settings() {
  static const std::vector<std::string> all{
      "offsets.topic.replication.factor=3", "transaction.state.log.replication.factor=3",
      "transaction.state.log.min.isr=2", "min.insync.replicas=2"};
  return all;
}

// `topics` of `kcat -L -J`.
boost::json::array topics(const std::string& bootstrap) {
  const Finished listed = run_to_end({.argv = {"kcat", "-L", "-J", "-b", bootstrap}});
  boost::system::error_code error;
  const auto root = boost::json::parse(listed.out, error);
  if (error || !root.is_object() || !root.as_object().contains("topics")) return {};
  return root.at("topics").as_array();
}

}  // namespace

KafkaCluster::KafkaCluster() {
  std::array<KafkaBroker::Node, kBrokers> nodes;
  std::string voters;
  for (std::size_t i = 0; i < kBrokers; ++i) {
    KafkaBroker::Node& node = nodes.at(i);
    node.number = static_cast<int>(i) + 1;
    node.port = free_port();
    node.controller_port = free_port();
    voters += (i == 0 ? "" : ",") + std::to_string(node.number) +
              "@127.0.0.1:" + std::to_string(node.controller_port);
  }
  for (std::size_t i = 0; i < kBrokers; ++i) {
    nodes.at(i).voters = voters;
    brokers_.at(i) = std::make_unique<KafkaBroker>(nodes.at(i), settings());
  }
}

testing::AssertionResult KafkaCluster::start() {
  for (const auto& broker : brokers_) {
    if (auto begun = broker->begin_start(); !begun) return begun;
  }
  for (const auto& broker : brokers_) {
    if (auto ready = broker->becomes_ready(); !ready) return ready;
  }
  return testing::AssertionSuccess();
}

std::string KafkaCluster::bootstrap() const {
  std::string all;
  for (const auto& broker : brokers_)
    all += (all.empty() ? "" : ",") + broker->bootstrap();
  return all;
}

testing::AssertionResult KafkaCluster::in_sync() const {
  const auto all = topics(bootstrap());
  if (all.empty()) return testing::AssertionFailure() << "kcat is told of no topics";
  for (const auto& topic : all) {
    for (const auto& partition : topic.at("partitions").as_array()) {
      const auto& copies = partition.at("replicas").as_array();
      if (copies.size() == kBrokers && partition.at("isrs").as_array().size() == kBrokers &&
          partition.at("leader").as_int64() > 0) {
        continue;
      }
      return testing::AssertionFailure() << boost::json::serialize(topic);
    }
  }
  return testing::AssertionSuccess();
}

std::size_t KafkaCluster::led_by(std::size_t index) const {
  std::size_t count = 0;
  for (const auto& topic : topics(bootstrap())) {
    for (const auto& partition : topic.at("partitions").as_array())
      count += partition.at("leader").as_int64() == static_cast<std::int64_t>(index) + 1 ? 1 : 0;
  }
  return count;
}

}  // namespace crowdflow::test
