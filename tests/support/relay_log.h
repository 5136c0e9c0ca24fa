#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"

// A log that passes everything on to another, for tests and benchmarks that want one thing of it
// otherwise. Threads: as the other's.
namespace crowdflow::test {

class RelayReader : public log::Reader {
 public:
  explicit RelayReader(std::unique_ptr<log::Reader> inner) : inner_(std::move(inner)) {}

  Result<void> join(std::span<const std::string> topics) override { return inner_->join(topics); }
  Result<void> start_at(std::span<const log::Position> positions) override {
    return inner_->start_at(positions);
  }
  [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
    return inner_->assignment();
  }
  Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                           std::chrono::milliseconds wait) override {
    return inner_->take(max, wait);
  }
  void wake() override { inner_->wake(); }
  void hold(const log::PartitionId& partition) override { inner_->hold(partition); }
  void release(const log::PartitionId& partition) override { inner_->release(partition); }
  [[nodiscard]] std::int64_t position(const log::PartitionId& partition) const override {
    return inner_->position(partition);
  }
  [[nodiscard]] std::optional<log::OffsetBounds> bounds(
      const log::PartitionId& partition) const override {
    return inner_->bounds(partition);
  }

 private:
  const std::unique_ptr<log::Reader> inner_;
};

class RelayWriter : public log::Writer {
 public:
  explicit RelayWriter(std::unique_ptr<log::Writer> inner) : inner_(std::move(inner)) {}

  Result<void> open() override { return inner_->open(); }
  Result<void> begin() override { return inner_->begin(); }
  Result<void> append(const log::Append& record) override { return inner_->append(record); }
  Result<void> send_positions(const log::Assignment& assignment,
                              std::span<const log::Position> positions) override {
    return inner_->send_positions(assignment, positions);
  }
  Result<void> commit() override { return inner_->commit(); }
  Result<void> abort() override { return inner_->abort(); }

 private:
  const std::unique_ptr<log::Writer> inner_;
};

// What it makes must not outlive the other.
class RelayLog : public log::Log {
 public:
  explicit RelayLog(log::Log& inner) : inner_(inner) {}

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    return inner_.reader(options);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    return inner_.writer(name);
  }
  Result<std::unique_ptr<log::Appender>> appender() override { return inner_.appender(); }
  Result<std::int32_t> partition_count(const std::string& topic) override {
    return inner_.partition_count(topic);
  }
  Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override {
    return inner_.query_bounds(partition);
  }
  Result<std::int64_t> offset_at(const log::PartitionId& partition, WallTime from) override {
    return inner_.offset_at(partition, from);
  }
  Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override {
    return inner_.committed(group, partitions);
  }
  [[nodiscard]] log::Health health() const override { return inner_.health(); }

 private:
  log::Log& inner_;
};

}  // namespace crowdflow::test
