#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"

// A log in memory, for reading only: what the console sees of one. Records are put in by the test;
// it can be cut off, and a reader can be broken. Any thread.
namespace crowdflow::test {

class MemoryLog final : public log::Log {
 public:
  void create(const std::string& topic, std::int32_t partitions) {
    const std::lock_guard lock(mutex_);
    for (std::int32_t p = 0; p < partitions; ++p)
      records_[{topic, p}];
    counts_[topic] = partitions;
  }
  // A tombstone when there is no value.
  void put(const log::PartitionId& at, WallTime timestamp, std::optional<std::string> key,
           std::optional<std::string> value,
           std::vector<std::pair<std::string, std::string>> headers = {}) {
    const std::lock_guard lock(mutex_);
    Stored& stored = records_.at(at).emplace_back();
    stored.timestamp = timestamp;
    stored.key = std::move(key);
    stored.value = std::move(value);
    stored.headers = std::move(headers);
    for (const auto& [name, text] : stored.headers)
      stored.header_views.push_back({.name = name, .value = text});
    changed_.notify_all();
  }
  // Records before this offset are no longer kept.
  void expire_before(const log::PartitionId& at, std::int64_t low) {
    const std::lock_guard lock(mutex_);
    low_[at] = low;
  }
  // Another value in the place of one.
  void change(const log::PartitionId& at, std::int64_t offset, std::string value) {
    const std::lock_guard lock(mutex_);
    records_.at(at).at(static_cast<std::size_t>(offset)).value = std::move(value);
  }
  // The newest record is gone.
  void drop_last(const log::PartitionId& at) {
    const std::lock_guard lock(mutex_);
    records_.at(at).pop_back();
  }
  // Every value that was put, in their order.
  [[nodiscard]] std::vector<std::string> values(const log::PartitionId& at) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> values;
    for (const Stored& stored : records_.at(at))
      values.push_back(stored.value.value_or(""));
    return values;
  }
  // Empty: it answers again.
  void cut_off(std::string reason) {
    const std::lock_guard lock(mutex_);
    cut_off_ = std::move(reason);
    changed_.notify_all();
  }
  // The next take() of every reader that exists now fails.
  void break_readers() {
    const std::lock_guard lock(mutex_);
    ++breaks_;
    changed_.notify_all();
  }
  // The offset up to which the partition was taken by whoever took of it last.
  [[nodiscard]] std::int64_t taken(const log::PartitionId& at) const {
    const std::lock_guard lock(mutex_);
    const auto found = taken_.find(at);
    return found == taken_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t readers_made() const {
    const std::lock_guard lock(mutex_);
    return readers_made_;
  }

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions&) override {
    const std::lock_guard lock(mutex_);
    if (!cut_off_.empty()) return fail(ErrorCode::kUnavailable, cut_off_);
    ++readers_made_;
    return std::make_unique<MemoryReader>(*this, breaks_);
  }
  Result<std::unique_ptr<log::Writer>> writer(const std::string&) override { return none(); }
  Result<std::unique_ptr<log::Appender>> appender() override { return none(); }
  Result<std::int32_t> partition_count(const std::string& topic) override {
    const std::lock_guard lock(mutex_);
    if (!cut_off_.empty()) return fail(ErrorCode::kUnavailable, cut_off_);
    const auto count = counts_.find(topic);
    if (count == counts_.end()) return fail(ErrorCode::kNotFound, "there is no topic " + topic);
    return count->second;
  }
  Result<log::OffsetBounds> query_bounds(const log::PartitionId& partition) override {
    const std::lock_guard lock(mutex_);
    if (!cut_off_.empty()) return fail(ErrorCode::kUnavailable, cut_off_);
    const auto low = low_.find(partition);
    return log::OffsetBounds{low == low_.end() ? 0 : low->second,
                             static_cast<std::int64_t>(records_.at(partition).size())};
  }
  Result<std::int64_t> offset_at(const log::PartitionId& partition, WallTime from) override {
    const std::lock_guard lock(mutex_);
    if (!cut_off_.empty()) return fail(ErrorCode::kUnavailable, cut_off_);
    const auto& records = records_.at(partition);
    std::size_t offset = 0;
    while (offset < records.size() && records[offset].timestamp < from)
      ++offset;
    return static_cast<std::int64_t>(offset);
  }
  Result<std::vector<log::Position>> committed(const std::string&,
                                               std::span<const log::PartitionId>) override {
    return none();
  }
  log::Health health() const override {
    const std::lock_guard lock(mutex_);
    return {.reachable = cut_off_.empty(), .reason = cut_off_};
  }

 private:
  struct Stored {
    WallTime timestamp{};
    std::optional<std::string> key;
    std::optional<std::string> value;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<log::Header> header_views;
  };

  class MemoryBatch final : public log::Batch {
   public:
    std::span<const log::Record> records() const override { return records_; }
    const std::optional<log::AssignmentChange>& assignment() const override { return assignment_; }

    std::vector<log::Record> records_;

   private:
    std::optional<log::AssignmentChange> assignment_;
  };

  class MemoryReader final : public log::Reader {
   public:
    MemoryReader(MemoryLog& log, int breaks) : log_(log), breaks_(breaks) {}

    Result<void> join(std::span<const std::string>) override { return none(); }
    Result<void> start_at(std::span<const log::Position> positions) override {
      held_.clear();
      for (const log::Position& position : positions)
        next_[position.at] = position.offset;
      return {};
    }
    [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
      return std::make_shared<log::Assignment>();  // nothing is written under it
    }
    Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                             std::chrono::milliseconds wait) override {
      auto batch = std::make_unique<MemoryBatch>();
      std::unique_lock lock(log_.mutex_);
      log_.changed_.wait_for(lock, wait, [&] {
        return woken_ || breaks_ != log_.breaks_ || (log_.cut_off_.empty() && has_more());
      });
      woken_ = false;
      if (breaks_ != log_.breaks_) return fail(ErrorCode::kUnavailable, "the reader broke");
      if (!log_.cut_off_.empty()) return batch;
      for (auto& [at, offset] : next_) {
        if (held_.contains(at)) continue;
        const auto& stored = log_.records_.at(at);
        while (offset < static_cast<std::int64_t>(stored.size()) && batch->records_.size() < max) {
          batch->records_.push_back(record(at, offset, stored[static_cast<std::size_t>(offset)]));
          ++offset;
        }
        log_.taken_[at] = offset;
      }
      return batch;
    }
    void wake() override {
      const std::lock_guard lock(log_.mutex_);
      woken_ = true;
      log_.changed_.notify_all();
    }
    void hold(const log::PartitionId& partition) override { held_.insert(partition); }
    void release(const log::PartitionId& partition) override { held_.erase(partition); }
    std::int64_t position(const log::PartitionId& partition) const override {
      return next_.at(partition);
    }
    std::optional<log::OffsetBounds> bounds(const log::PartitionId&) const override { return {}; }

   private:
    bool has_more() const {
      for (const auto& [at, offset] : next_) {
        if (held_.contains(at)) continue;
        if (offset < static_cast<std::int64_t>(log_.records_.at(at).size())) return true;
      }
      return false;
    }
    // Views of what the log keeps: nothing is ever taken out of it.
    static log::Record record(const log::PartitionId& at, std::int64_t offset,
                              const Stored& stored) {
      return {.topic = at.topic,
              .partition = at.partition,
              .offset = offset,
              .timestamp = stored.timestamp,
              .key = stored.key ? std::string_view(*stored.key) : std::string_view(),
              .value = stored.value ? std::string_view(*stored.value) : std::string_view(),
              .has_key = stored.key.has_value(),
              .has_value = stored.value.has_value(),
              .headers = stored.header_views};
    }

    MemoryLog& log_;
    const int breaks_;
    bool woken_ = false;
    std::map<log::PartitionId, std::int64_t> next_;
    std::set<log::PartitionId> held_;
  };

  static tl::unexpected<Error> none() {
    return fail(ErrorCode::kInvalid, "this log is for reading alone");
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<log::PartitionId, std::deque<Stored>> records_;
  std::map<std::string, std::int32_t> counts_;
  std::map<log::PartitionId, std::int64_t> low_;
  std::map<log::PartitionId, std::int64_t> taken_;
  std::string cut_off_;
  int breaks_ = 0;
  std::size_t readers_made_ = 0;
};

}  // namespace crowdflow::test
