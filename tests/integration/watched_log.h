#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "log/log.h"
#include "support/relay_log.h"

// A log of which a test sees how it is used. Any thread.
namespace crowdflow::test {

class LogWatch {
 public:
  struct Seen {
    std::size_t holds = 0;
    std::size_t releases = 0;
    std::size_t assignments = 0;
    std::size_t records = 0;                                 // taken
    std::size_t kept = 0;                                    // taken and not let go of yet
    std::size_t most_kept = 0;                               // at one time
    std::size_t most_in_batch = 0;                           // taken at once
    std::chrono::steady_clock::duration longest_silence{0};  // between two takes
  };

  [[nodiscard]] Seen seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  template <typename Change>
  void note(Change change) {
    const std::lock_guard lock(mutex_);
    change(seen_);
  }

 private:
  mutable std::mutex mutex_;
  Seen seen_;
};

class WatchedBatch final : public log::Batch {
 public:
  WatchedBatch(std::unique_ptr<log::Batch> inner, std::shared_ptr<LogWatch> watch)
      : inner_(std::move(inner)), watch_(std::move(watch)) {
    watch_->note([this](LogWatch::Seen& seen) {
      const std::size_t count = inner_->records().size();
      seen.assignments += inner_->assignment() ? 1 : 0;
      seen.records += count;
      seen.kept += count;
      seen.most_kept = std::max(seen.most_kept, seen.kept);
      seen.most_in_batch = std::max(seen.most_in_batch, count);
    });
  }
  ~WatchedBatch() override {
    watch_->note([this](LogWatch::Seen& seen) { seen.kept -= inner_->records().size(); });
  }
  [[nodiscard]] std::span<const log::Record> records() const override { return inner_->records(); }
  [[nodiscard]] const std::optional<log::AssignmentChange>& assignment() const override {
    return inner_->assignment();
  }

 private:
  const std::unique_ptr<log::Batch> inner_;
  const std::shared_ptr<LogWatch> watch_;
};

class WatchedReader final : public RelayReader {
 public:
  WatchedReader(std::unique_ptr<log::Reader> inner, std::shared_ptr<LogWatch> watch)
      : RelayReader(std::move(inner)), watch_(std::move(watch)) {}

  Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                           std::chrono::milliseconds wait) override {
    using Clock = std::chrono::steady_clock;
    const auto silence = Clock::now() - last_take_;
    auto batch = RelayReader::take(max, wait);
    last_take_ = Clock::now();
    watch_->note([&](LogWatch::Seen& seen) {
      seen.longest_silence = std::max(seen.longest_silence, silence);
    });
    if (!batch) return batch;
    return std::make_unique<WatchedBatch>(std::move(*batch), watch_);
  }
  void hold(const log::PartitionId& partition) override {
    watch_->note([](LogWatch::Seen& seen) { ++seen.holds; });
    RelayReader::hold(partition);
  }
  void release(const log::PartitionId& partition) override {
    watch_->note([](LogWatch::Seen& seen) { ++seen.releases; });
    RelayReader::release(partition);
  }

 private:
  const std::shared_ptr<LogWatch> watch_;
  std::chrono::steady_clock::time_point last_take_ = std::chrono::steady_clock::now();
};

// Watches members of groups; those who read on their own are left alone.
class WatchedLog final : public RelayLog {
 public:
  WatchedLog(log::Log& inner, std::shared_ptr<LogWatch> watch)
      : RelayLog(inner), watch_(std::move(watch)) {}

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions& options) override {
    auto made = RelayLog::reader(options);
    if (!made || options.group.empty()) return made;
    return std::make_unique<WatchedReader>(std::move(*made), watch_);
  }

 private:
  const std::shared_ptr<LogWatch> watch_;
};

}  // namespace crowdflow::test
