#pragma once

#include <cstdint>
#include <optional>

#include "app/log_connection.h"

namespace crowdflow::app {

struct TopicsOptions {
  LogOptions log;
  std::optional<std::int32_t> partitions;
  std::optional<std::int32_t> replication;
};

[[nodiscard]] int create_topics(const TopicsOptions& options);
[[nodiscard]] int check_topics(const TopicsOptions& options);

}  // namespace crowdflow::app
