#pragma once

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "conformance/log_conformance.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {

// The Kafka side of the port, on the executable's broker, which looks for transactions whose time
// has run out more often than the default's every ten seconds.
class KafkaSide final : public LogSide {
 public:
  static KafkaEnvironment* install_broker() {
    return environment() = KafkaEnvironment::install(
               {"transaction.abort.timed.out.transaction.cleanup.interval.ms=500"});
  }
  static kafka::ConnectOptions options() {
    return {.brokers = environment()->broker().bootstrap(),
            .client_id = "test",
            .properties = {},
            .fetch_wait = std::chrono::milliseconds{100},
            .warm_topics = {}};
  }
  static std::unique_ptr<LogSide> make() { return std::make_unique<KafkaSide>(); }

  std::unique_ptr<log::Log> connect() override {
    auto made = kafka::connect(options());
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made ? std::move(*made) : nullptr;
  }
  void make_topic(const std::string& name, std::int32_t partitions) override {
    const auto made = kafka::create_topics(
        options(), {{.name = name, .partitions = partitions, .replication = 1, .configs = {}}});
    EXPECT_TRUE(made.has_value()) << made.error().message;
  }

 private:
  static KafkaEnvironment*& environment() {
    static KafkaEnvironment* installed = nullptr;
    return installed;
  }
};

}  // namespace crowdflow::test
