#pragma once

#include <chrono>
#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <map>
#include <string>
#include <vector>

#include <crowdflow/result.h>

namespace crowdflow::kafka {

// The largest record batch of any topic but journal and dead-letters: Kafka's own default.
inline constexpr std::int64_t kLargestReading = 1'048'588;
// A journal record holds the venue files that come into force with it: 6 MB for 20,000 zones. A
// dead letter is a whole record, which came compressed perhaps. It is what the clients take at most
// (message.max.bytes).
inline constexpr std::int64_t kLargestPage = 16 * 1024 * 1024;
inline constexpr std::chrono::hours kAlertRetention{400 * 24};

// A topic as it is.
struct TopicFacts {
  std::string name;
  bool exists = false;
  std::int32_t partitions = 0;
  bool led = false;                            // every partition has a leader
  std::map<std::string, std::string> configs;  // see ask_about_configs()

  // A number among the configs; `otherwise` when it is not there.
  [[nodiscard]] std::int64_t number(const std::string& config, std::int64_t otherwise) const;
};

// In the order of `names`, without configs.
[[nodiscard]] Result<std::vector<TopicFacts>> ask_about_topics(
    rd_kafka_t* client, const std::vector<std::string>& names, std::chrono::milliseconds patience);

// Fills in the configs of those that exist.
[[nodiscard]] Result<void> ask_about_configs(rd_kafka_t* client, std::vector<TopicFacts>& topics,
                                             std::chrono::milliseconds patience);

}  // namespace crowdflow::kafka
