#pragma once

#include <map>

#include "support/relay_log.h"
#include "unit/console/memory_log.h"

namespace crowdflow::processor {

// A log in memory in which everything has been committed.
class CommittedLog final : public test::RelayLog {
 public:
  CommittedLog() : RelayLog(records_) {}
  test::MemoryLog& records() { return records_; }
  // Whoever asks is told that this partition ends here, as by a broker that has just come back.
  void tell_end(const log::PartitionId& partition, std::int64_t end) { told_[partition] = end; }

  Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override {
    auto bounds = records_.query_bounds(partition);
    const auto told = told_.find(partition);
    if (bounds && told != told_.end()) bounds->high = told->second;
    return bounds;
  }

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
  std::map<log::PartitionId, std::int64_t> told_;
};

}  // namespace crowdflow::processor
