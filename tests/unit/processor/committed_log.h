#pragma once

#include "log/log.h"
#include "unit/console/memory_log.h"

namespace crowdflow::processor {

// A log in memory in which everything has been committed.
class CommittedLog final : public log::Log {
 public:
  test::MemoryLog& records() { return records_; }

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    return records_.reader(options);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    return records_.writer(name);
  }
  Result<std::unique_ptr<log::Appender>> appender() override { return records_.appender(); }
  Result<std::int32_t> partition_count(const std::string& topic) override {
    return records_.partition_count(topic);
  }
  Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override {
    return records_.query_bounds(partition);
  }
  Result<std::int64_t> offset_at(const log::PartitionId& partition, WallTime from) override {
    return records_.offset_at(partition, from);
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
  [[nodiscard]] log::Health health() const override { return records_.health(); }

 private:
  test::MemoryLog records_;
};

}  // namespace crowdflow::processor
