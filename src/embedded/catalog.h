#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "embedded/board.h"
#include "embedded/sqlite.h"

// Topics and partitions in the file.
namespace crowdflow::embedded {

struct TopicSpec {
  std::string name;
  std::int32_t partitions = 1;
  std::chrono::milliseconds kept_for{-1};  // negative: for ever
  std::int64_t kept_bytes = -1;            // of each partition; negative: any number
  bool compacted = false;                  // of each key the latest record is kept, and no limits
};

// The topics that are there, by name.
[[nodiscard]] Result<std::vector<TopicSpec>> read_topics(Connection& connection);
// Puts every partition on the board.
[[nodiscard]] Result<void> read_partitions(Connection& connection, Board& board);
// Puts on the board where the partitions that it knows begin and end, of one state of the file.
[[nodiscard]] Result<void> read_ends(Connection& connection, Board& board);
// Within the caller's transaction: makes the topic, or gives it new limits. Whether it is new.
// Partitions are made once and for all: a file's topics keep their number.
[[nodiscard]] Result<bool> write_topic(Connection& connection, const TopicSpec& topic);

}  // namespace crowdflow::embedded
