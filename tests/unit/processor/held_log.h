#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "support/relay_log.h"
#include "unit/console/memory_log.h"

namespace crowdflow::processor {

// A log in memory whose commits can be held, and made to come to nothing. Nothing was committed
// before. Any thread.
class HeldLog final : public test::RelayLog {
 public:
  HeldLog() : RelayLog(records_) {}
  test::MemoryLog& records() { return records_; }
  const test::MemoryLog& records() const { return records_; }

  // A commit that is begun now waits.
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  // The one that waits goes on; the next one waits.
  void let_one_go() {
    const std::lock_guard lock(mutex_);
    ++may_go_;
    changed_.notify_all();
  }
  // The next commit comes to nothing, and the writer knows.
  void abort_next() {
    const std::lock_guard lock(mutex_);
    abort_next_ = true;
  }
  // What the newest commit, which may still wait, says of positions.
  [[nodiscard]] std::vector<log::Position> positions() const {
    const std::lock_guard lock(mutex_);
    return positions_;
  }
  // Commits that wait at this moment.
  [[nodiscard]] int waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  [[nodiscard]] int aborted() const {
    const std::lock_guard lock(mutex_);
    return aborted_;
  }

  Result<std::unique_ptr<log::Writer>> writer(const std::string&) override {
    return std::make_unique<HeldWriter>(*this);
  }
  Result<std::unique_ptr<log::Appender>> appender() override {
    return std::make_unique<SmallAppender>(records_);
  }
  Result<std::vector<log::Position>> committed(
      const std::string&, std::span<const log::PartitionId> partitions) override {
    std::vector<log::Position> positions;
    for (const log::PartitionId& at : partitions)
      positions.push_back({.at = at, .offset = -1});
    return positions;
  }

  // Records that an appender queues at most.
  static constexpr std::size_t kQueued = 4;

 private:
  class SmallAppender final : public log::Appender {
   public:
    explicit SmallAppender(test::MemoryLog& records) : records_(records) {}
    Result<void> append(const log::Append& record) override {
      if (queued_.size() == kQueued) return fail(ErrorCode::kUnavailable, "the queue is full");
      queued_.emplace_back(log::PartitionId{std::string(record.topic), record.partition},
                           std::string(record.value));
      return {};
    }
    Result<void> flush(std::chrono::milliseconds) override {
      for (auto& [at, value] : std::exchange(queued_, {}))
        records_.put(at, {}, "", std::move(value));
      return {};
    }

   private:
    test::MemoryLog& records_;
    std::vector<std::pair<log::PartitionId, std::string>> queued_;
  };
  class HeldWriter final : public log::Writer {
   public:
    explicit HeldWriter(HeldLog& log) : log_(log) {}
    Result<void> open() override { return {}; }
    Result<void> begin() override { return {}; }
    Result<void> append(const log::Append& record) override {
      appended_.emplace_back(log::PartitionId{std::string(record.topic), record.partition},
                             std::string(record.value));
      return {};
    }
    Result<void> send_positions(const log::Assignment&,
                                std::span<const log::Position> positions) override {
      const std::lock_guard lock(log_.mutex_);
      log_.positions_.assign(positions.begin(), positions.end());
      return {};
    }
    Result<void> commit() override {
      if (!log_.lets_commit()) return fail(ErrorCode::kAborted, "it was to come to nothing");
      for (auto& [at, value] : std::exchange(appended_, {}))
        log_.records_.put(at, {}, "", std::move(value));
      return {};
    }
    Result<void> abort() override {
      appended_.clear();
      const std::lock_guard lock(log_.mutex_);
      ++log_.aborted_;
      return {};
    }

   private:
    HeldLog& log_;
    std::vector<std::pair<log::PartitionId, std::string>> appended_;
  };

  bool lets_commit() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.wait(lock, [this] { return !held_ || may_go_ > 0; });
    --waiting_;
    if (held_) --may_go_;
    return !std::exchange(abort_next_, false);
  }

  test::MemoryLog records_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  int may_go_ = 0;
  bool abort_next_ = false;
  std::vector<log::Position> positions_;
  int waiting_ = 0;
  int aborted_ = 0;
};

}  // namespace crowdflow::processor
