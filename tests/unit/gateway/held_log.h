#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"

// A log in memory, for writing outside transactions only: what the gateway sees of one. Its flushes
// can be held, and it can be made to fail in every way that a log may. Any thread.
namespace crowdflow::test {

struct KeptRecord {
  std::int32_t partition = 0;
  std::string key;
  std::string value;
  std::map<std::string, std::string> headers;
};

class HeldLog final : public log::Log {
 public:
  static constexpr std::int32_t kPartitions = 4;

  // What has been flushed.
  [[nodiscard]] std::vector<KeptRecord> records() const {
    const std::lock_guard lock(mutex_);
    return committed_;
  }
  [[nodiscard]] int flushes() const {
    const std::lock_guard lock(mutex_);
    return flushes_;
  }
  // Flushes wait until release().
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  // Whether a flush waits.
  [[nodiscard]] bool waits() const {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }
  // The next flush fails like this, and its records are lost; kUnavailable: they arrive with the
  // one after.
  void fail_next_flush(ErrorCode code) {
    const std::lock_guard lock(mutex_);
    failing_ = code;
  }
  // So many records are queued at most until they are flushed.
  void queue_at_most(std::size_t records) {
    const std::lock_guard lock(mutex_);
    room_ = records;
  }
  // Empty: it answers.
  void cut_off(std::string reason) {
    const std::lock_guard lock(mutex_);
    cut_off_ = std::move(reason);
  }
  void forget_topic() {
    const std::lock_guard lock(mutex_);
    has_topic_ = false;
  }

  Result<std::unique_ptr<log::Reader>> reader(const ReaderOptions&) override { return none(); }
  Result<std::unique_ptr<log::Writer>> writer(const std::string&) override { return none(); }
  Result<std::unique_ptr<log::Appender>> appender() override {
    return std::make_unique<HeldAppender>(*this);
  }
  Result<std::int32_t> partition_count(const std::string& topic) override {
    const std::lock_guard lock(mutex_);
    if (!has_topic_) return fail(ErrorCode::kNotFound, "there is no topic " + topic);
    return kPartitions;
  }
  Result<log::OffsetBounds> query_bounds(const log::PartitionId&) override { return none(); }
  Result<std::int64_t> offset_at(const log::PartitionId&, WallTime) override { return none(); }
  Result<std::vector<log::Position>> committed(const std::string&,
                                               std::span<const log::PartitionId>) override {
    return none();
  }
  log::Health health() const override {
    const std::lock_guard lock(mutex_);
    return {.reachable = cut_off_.empty(), .reason = cut_off_};
  }

 private:
  class HeldAppender final : public log::Appender {
   public:
    explicit HeldAppender(HeldLog& log) : log_(log) {}

    Result<void> append(const log::Append& record) override {
      const std::lock_guard lock(log_.mutex_);
      if (queued_.size() >= log_.room_) return fail(ErrorCode::kUnavailable, "the queue is full");
      KeptRecord kept{.partition = record.partition,
                      .key = std::string(record.key),
                      .value = std::string(record.value)};
      for (const log::Header& header : record.headers)
        kept.headers[std::string(header.name)] = header.value;
      queued_.push_back(std::move(kept));
      return {};
    }

    Result<void> flush(std::chrono::milliseconds wait) override {
      std::unique_lock lock(log_.mutex_);
      log_.waiting_ = true;
      const bool released = log_.changed_.wait_for(lock, wait, [&] { return !log_.held_; });
      log_.waiting_ = false;
      if (!released) return fail(ErrorCode::kUnavailable, "no answer in time");
      ++log_.flushes_;
      if (const auto code = std::exchange(log_.failing_, std::nullopt)) {
        if (*code != ErrorCode::kUnavailable) queued_.clear();
        return fail(*code, "the disk is full");
      }
      log_.committed_.insert(log_.committed_.end(), queued_.begin(), queued_.end());
      queued_.clear();
      return {};
    }

   private:
    HeldLog& log_;
    std::vector<KeptRecord> queued_;
  };

  static tl::unexpected<Error> none() {
    return fail(ErrorCode::kInvalid, "this log is for appending alone");
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<KeptRecord> committed_;
  int flushes_ = 0;
  bool held_ = false;
  bool waiting_ = false;
  bool has_topic_ = true;
  std::size_t room_ = 1'000'000;
  std::optional<ErrorCode> failing_;
  std::string cut_off_;
};

}  // namespace crowdflow::test
