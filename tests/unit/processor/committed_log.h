#pragma once

#include "support/relay_log.h"
#include "unit/console/memory_log.h"

namespace crowdflow::processor {

// A log in memory in which everything has been committed.
class CommittedLog final : public test::RelayLog {
 public:
  CommittedLog() : RelayLog(records_) {}
  test::MemoryLog& records() { return records_; }

  Result<std::vector<log::Position>> committed(
      const std::string&, std::span<const log::PartitionId> partitions) override {
    std::vector<log::Position> positions;
    for (const log::PartitionId& at : partitions) {
      const auto bounds = records_.query_bounds(at);
      if (!bounds) return tl::unexpected(bounds.error());
      positions.push_back({.at = at, .offset = bounds->high});
    }
    return positions;
  }

 private:
  test::MemoryLog records_;
};

}  // namespace crowdflow::processor
