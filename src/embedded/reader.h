#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "embedded/batch.h"
#include "embedded/board.h"
#include "embedded/log_file.h"
#include "log/log.h"

namespace crowdflow::embedded {

struct EmbeddedAssignment final : log::Assignment {
  std::string group;
  Membership membership;
  std::vector<log::PartitionId> partitions;
};

// Reads what is committed, from a connection of its own; waits at the board, which a commit rings.
// Nothing is read ahead: a partition that is held takes no memory.
class EmbeddedReader final : public log::Reader {
 public:
  EmbeddedReader(std::shared_ptr<LogFile> file, log::Log::ReaderOptions options);
  ~EmbeddedReader() override;  // leaves the group
  EmbeddedReader(const EmbeddedReader&) = delete;
  EmbeddedReader& operator=(const EmbeddedReader&) = delete;

  [[nodiscard]] Result<void> join(std::span<const std::string> topics) override;
  [[nodiscard]] Result<void> start_at(std::span<const log::Position> positions) override;
  [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
    return assignment_;
  }
  [[nodiscard]] Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                                         std::chrono::milliseconds wait) override;
  void wake() override;
  void hold(const log::PartitionId& partition) override;
  void release(const log::PartitionId& partition) override;
  [[nodiscard]] std::int64_t position(const log::PartitionId& partition) const override;
  [[nodiscard]] std::optional<log::OffsetBounds> bounds(
      const log::PartitionId& partition) const override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Cursor {
    const Partition* partition = nullptr;
    std::int64_t next = 0;
    bool held = false;
  };
  // What start_at() has to answer.
  enum class Asked : std::uint8_t { kNothing, kToTake, kToGiveBack, kToJoinAgain };

  // With the board's lock.
  [[nodiscard]] Result<std::optional<log::AssignmentChange>> hear_the_group_locked();
  [[nodiscard]] bool has_news_locked() const;
  // Whether to look again; false: woken, or the time is up.
  [[nodiscard]] bool wait(Clock::time_point deadline);

  // Whether any position has moved.
  [[nodiscard]] Result<bool> read(std::size_t max, EmbeddedBatch& batch);
  [[nodiscard]] Cursor* find(const log::PartitionId& partition);

  const std::shared_ptr<LogFile> file_;
  Board& board_;
  const log::Log::ReaderOptions options_;
  ReadConnection connection_;
  std::vector<Cursor> cursors_;
  std::size_t first_ = 0;  // whose turn it is to be read first
  Waiter waiter_;
  Membership membership_;
  bool joined_ = false;
  Asked asked_by_group_ = Asked::kNothing;
  std::shared_ptr<const EmbeddedAssignment> assignment_ = std::make_shared<EmbeddedAssignment>();
};

}  // namespace crowdflow::embedded
