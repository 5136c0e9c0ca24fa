#pragma once

#include <array>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "support/kafka_broker.h"

namespace crowdflow::test {

// Three real brokers that keep each partition three times, as a venue would run them: each may go,
// and the other two go on. A broker that is gone is noticed after three seconds.
// Threads: as KafkaBroker.
class KafkaCluster {
 public:
  static constexpr std::size_t kBrokers = 3;
  KafkaCluster();

  // All of them, for the first time.
  [[nodiscard]] testing::AssertionResult start();
  [[nodiscard]] KafkaBroker& broker(std::size_t index) { return *brokers_.at(index); }
  // All of them, with commas between.
  [[nodiscard]] std::string bootstrap() const;
  // Every partition of every topic has a leader and all its copies in sync, as kcat is told.
  [[nodiscard]] testing::AssertionResult in_sync() const;
  // How many partitions it leads.
  [[nodiscard]] std::size_t led_by(std::size_t index) const;

 private:
  std::array<std::unique_ptr<KafkaBroker>, kBrokers> brokers_;
};

}  // namespace crowdflow::test
