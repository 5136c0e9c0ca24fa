#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace crowdflow::app {

// The configuration file, and what replaces single values of it.
struct TopicsOptions {
  std::string config_file;
  std::optional<std::string> brokers;
  std::optional<std::string> prefix;
  std::optional<std::int32_t> partitions;
  std::optional<std::int32_t> replication;
};

[[nodiscard]] int create_topics(const TopicsOptions& options);
[[nodiscard]] int check_topics(const TopicsOptions& options);

}  // namespace crowdflow::app
