#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"

// A log that passes everything on to another and tells what passes.
namespace crowdflow::bench {

// Is told; all of it does nothing unless said otherwise. Several threads may tell at once.
class LogObserver {
 public:
  virtual ~LogObserver() = default;
  // Of the reader of this group (empty: one of its own).
  virtual void changed(const std::string& /*group*/, const log::AssignmentChange& /*change*/) {}
  virtual void starts(const std::string& /*group*/, std::span<const log::Position> /*at*/) {}
  virtual void took(const std::string& /*group*/, std::span<const log::Record> /*records*/) {}
  virtual void committed(std::span<const log::Position> /*positions*/) {}
};

class RelayReader final : public log::Reader {
 public:
  RelayReader(std::unique_ptr<log::Reader> inner, std::string group, LogObserver& observer)
      : inner_(std::move(inner)), group_(std::move(group)), observer_(observer) {}

  Result<void> join(std::span<const std::string> topics) override { return inner_->join(topics); }
  Result<void> start_at(std::span<const log::Position> positions) override {
    observer_.starts(group_, positions);
    return inner_->start_at(positions);
  }
  [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
    return inner_->assignment();
  }
  Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                           std::chrono::milliseconds wait) override {
    auto batch = inner_->take(max, wait);
    if (!batch) return batch;
    if ((*batch)->assignment()) observer_.changed(group_, *(*batch)->assignment());
    if (!(*batch)->records().empty()) observer_.took(group_, (*batch)->records());
    return batch;
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
  const std::string group_;
  LogObserver& observer_;
};

class RelayWriter final : public log::Writer {
 public:
  RelayWriter(std::unique_ptr<log::Writer> inner, LogObserver& observer)
      : inner_(std::move(inner)), observer_(observer) {}
  Result<void> open() override { return inner_->open(); }
  Result<void> begin() override { return inner_->begin(); }
  Result<void> append(const log::Append& record) override { return inner_->append(record); }
  Result<void> send_positions(const log::Assignment& assignment,
                              std::span<const log::Position> positions) override {
    positions_.assign(positions.begin(), positions.end());
    return inner_->send_positions(assignment, positions);
  }
  Result<void> commit() override {
    auto done = inner_->commit();
    if (done) observer_.committed(positions_);
    return done;
  }
  Result<void> abort() override { return inner_->abort(); }

 private:
  const std::unique_ptr<log::Writer> inner_;
  LogObserver& observer_;
  std::vector<log::Position> positions_;
};

// What it makes must not outlive it.
class RelayLog : public log::Log {
 public:
  RelayLog(log::Log& inner, LogObserver& observer) : inner_(inner), observer_(observer) {}

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    auto made = inner_.reader(options);
    if (!made) return made;
    return std::make_unique<RelayReader>(std::move(*made), options.group, observer_);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    auto made = inner_writer(name);
    if (!made) return made;
    return std::make_unique<RelayWriter>(std::move(*made), observer_);
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

 protected:
  virtual Result<std::unique_ptr<log::Writer>> inner_writer(const std::string& name) {
    return inner_.writer(name);
  }
  log::Log& inner_;

 private:
  LogObserver& observer_;
};

}  // namespace crowdflow::bench
