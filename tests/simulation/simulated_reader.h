#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "log/log.h"
#include "simulation/broker.h"

namespace crowdflow::simulation {

class SimulatedBatch final : public log::Batch {
 public:
  [[nodiscard]] std::span<const log::Record> records() const override { return records_; }
  [[nodiscard]] const std::optional<log::AssignmentChange>& assignment() const override {
    return assignment_;
  }

 private:
  friend class SimulatedReader;
  std::shared_ptr<Broker> broker_;  // owns what the records point to
  std::vector<log::Record> records_;
  std::optional<log::AssignmentChange> assignment_;
};

struct SimulatedAssignment final : log::Assignment {
  std::string group;
  Membership membership;
  std::vector<log::PartitionId> partitions;
};

// Takes some of what is there, as chance will have it, in any order of the partitions.
class SimulatedReader final : public log::Reader {
 public:
  SimulatedReader(std::shared_ptr<Broker> broker, std::shared_ptr<Process> process,
                  const log::Log::ReaderOptions& options);
  ~SimulatedReader() override;

  [[nodiscard]] Result<void> join(std::span<const std::string> topics) override;
  [[nodiscard]] Result<void> start_at(std::span<const log::Position> positions) override;
  [[nodiscard]] std::shared_ptr<const log::Assignment> assignment() const override {
    return assignment_;
  }
  [[nodiscard]] Result<std::unique_ptr<log::Batch>> take(std::size_t max,
                                                         std::chrono::milliseconds wait) override;
  void wake() override { woken_ = true; }
  void hold(const log::PartitionId& partition) override;
  void release(const log::PartitionId& partition) override;
  [[nodiscard]] std::int64_t position(const log::PartitionId& partition) const override;
  [[nodiscard]] std::optional<log::OffsetBounds> bounds(
      const log::PartitionId& partition) const override;

 private:
  struct Cursor {
    log::PartitionId at;
    std::int64_t next = 0;
    bool held = false;
    std::optional<log::OffsetBounds> bounds;
    // What has been fetched up to now, and may be taken.
    std::int64_t fetched = 0;
  };

  [[nodiscard]] Cursor* find(const log::PartitionId& partition);
  [[nodiscard]] std::int64_t readable(const Cursor& cursor) const;
  [[nodiscard]] bool anything_new() const;
  [[nodiscard]] bool group_has_news() const;
  // Nothing: the group has nothing to say.
  [[nodiscard]] Result<std::optional<log::AssignmentChange>> hear_the_group();
  void note_restore(std::span<const log::Position> positions);
  void judge_giving_back();
  void give_back();
  void fetch(Cursor& cursor);
  [[nodiscard]] Result<bool> drain(std::size_t max, SimulatedBatch& batch);
  void take_records(Cursor& cursor, std::size_t max, SimulatedBatch& batch);

  const std::shared_ptr<Broker> broker_;
  const std::shared_ptr<Process> process_;
  const log::Log::ReaderOptions options_;
  std::vector<Cursor> cursors_;
  Membership membership_;
  std::shared_ptr<const SimulatedAssignment> assignment_ = std::make_shared<SimulatedAssignment>();
  bool joined_ = false;
  // What start_at() has to answer.
  enum class Asked : std::uint8_t { kNothing, kToTake, kToGiveBack, kToJoinAgain };
  Asked asked_by_group_ = Asked::kNothing;
  bool asked_with_work_ = false;  // records were taken and not committed
  std::atomic<bool> woken_ = false;
};

}  // namespace crowdflow::simulation
