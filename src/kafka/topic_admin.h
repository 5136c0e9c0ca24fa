#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "kafka/kafka_log.h"
#include "log/topics.h"

// Makes our topics, and says what is wrong with those that are there.
namespace crowdflow::kafka {

struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  std::int32_t replication = 1;
  std::map<std::string, std::string> configs;  // as Kafka names and writes them
};

inline constexpr std::chrono::hours kDefaultRetention{7 * 24};

// All of our topics. `retention`: of readings and of what is kept as long as they are (zone-states,
// journal, snapshots, dead-letters); commands and alerts are kept for 400 days, and
// alerts-current is compacted.
[[nodiscard]] std::vector<TopicSpec> topic_specs(
    const log::TopicNames& names, std::int32_t partitions, std::int32_t replication,
    std::chrono::milliseconds retention = kDefaultRetention);

struct CreatedTopics {
  std::vector<std::string> created;
  std::vector<std::string> existing;  // left as they are: check_topics() says whether they will do
};

// Makes those that are missing and waits until every partition has a leader.
[[nodiscard]] Result<CreatedTopics> create_topics(const ConnectOptions& options,
                                                  const std::vector<TopicSpec>& specs);

struct TopicFinding {
  enum class Severity {
    kAdvice,  // works, but something will be missing some day
    kBroken,  // the engine would be wrong or stop: it refuses to start
  };
  Severity severity = Severity::kBroken;
  std::string topic;
  // What is, what it should be, and the way out, in words.
  std::string text;
};

// Compares what the brokers have with what we need; nothing found: all is well. Partition counts
// and retention are compared with those of the readings topic that is there, not with a wish.
[[nodiscard]] Result<std::vector<TopicFinding>> check_topics(const ConnectOptions& options,
                                                             const log::TopicNames& names);

}  // namespace crowdflow::kafka
