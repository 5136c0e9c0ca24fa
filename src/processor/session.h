#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include <crowdflow/result.h>

#include "concurrency/doorbell.h"
#include "log/log.h"
#include "processor/commits.h"
#include "processor/engine_thread.h"
#include "processor/lane.h"
#include "processor/options.h"
#include "processor/partition_work.h"
#include "processor/report.h"
#include "processor/restore.h"
#include "processor/snapshot_sender.h"
#include "processor/tick_clock.h"

namespace crowdflow::processor {

// One life of the engine: connect, restore, then take, apply and commit until told to stop or until
// something goes wrong. Whatever was not committed is forgotten with it; the next life reads it
// again.
//
// Threads: the log thread is the one that calls run(); it starts the engine threads, and ends them
// with each assignment. Between them are the lanes, one for each partition. Commits run beside all
// of them; what is handed over meanwhile waits in its lane for the next one.
class Session {
 public:
  Session(log::Log& log, const ProcessorOptions& options, Report& report);

  // Returns when asked to stop, with everything committed that was taken, or with the error that
  // ended it.
  [[nodiscard]] Result<void> run(std::stop_token stop);

 private:
  using Clock = std::chrono::steady_clock;

  // A partition, as the log thread knows it.
  struct Owned {
    std::unique_ptr<Lane> lane;
    // The next offset to push into the lane: all before it was.
    std::int64_t position = 0;
    // Of what was handed over and committed last.
    std::int64_t committed = 0;
    std::uint64_t page = 0;  // of the journal, that was
    // Pushed into the lane since it was last asked.
    bool fed = false;
    // Of records pushed since a commit was begun that took what was collected of it.
    std::size_t uncommitted_bytes = 0;
    // How far what was handed over goes, and the bytes that each record of the last of it had made
    // to be written, on average.
    std::int64_t handed_over = 0;
    std::size_t made_by_a_record = 0;
    bool held = false;
    WallTime now{};  // of the last tick
    // What the partition held at the tick before.
    std::int64_t held_at_tick = 0;
    bool held_known = false;
    // Alerts may wait in the lane for want of room.
    bool ask_again = false;
    PartitionWork::Pending emptied;
    std::optional<SnapshotSender> snapshots;
    // For the status: to be asked for; heard since the last one.
    bool progress_wanted = false;
    std::optional<Progress> progress;
  };

  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<void> check_topics();
  [[nodiscard]] Result<void> change(const log::AssignmentChange& assignment);
  [[nodiscard]] Result<void> own(const std::vector<log::PartitionId>& partitions);
  using Restored = std::vector<Result<RestoredPartition>>;
  [[nodiscard]] Result<Restored> restore(const std::vector<log::PartitionId>& partitions);
  [[nodiscard]] Result<void> take(std::chrono::milliseconds wait);
  [[nodiscard]] std::chrono::milliseconds until_something_is_due() const;
  void push(const std::shared_ptr<const log::Batch>& batch);
  void hold_and_release();
  [[nodiscard]] bool too_much_uncommitted() const;
  void tick();
  [[nodiscard]] std::chrono::milliseconds tick_interval() const;
  [[nodiscard]] bool proven(const Owned& owned) const;
  void step_lanes();
  void cut_snapshots();
  [[nodiscard]] bool sending_snapshots() const;
  void ask();
  void collect();
  static void note_what_records_make(Owned& owned, const HandOver& hand_over);
  [[nodiscard]] bool commit_due() const;
  [[nodiscard]] bool is_urgent() const;
  void begin_commit();
  [[nodiscard]] std::optional<std::int32_t> next_to_send() const;
  [[nodiscard]] Result<void> end_commit();
  [[nodiscard]] Result<void> finish();
  void report_progress();
  [[nodiscard]] log::PartitionId readings(std::int32_t partition) const;

  log::Log& log_;
  const ProcessorOptions& options_;
  Report& report_;

  std::stop_token stop_;
  std::unique_ptr<log::Reader> reader_;
  std::shared_ptr<const log::Assignment> assignment_;  // that owned_ came with
  std::int32_t partition_count_ = 0;
  std::shared_ptr<const wire::ConfiguredVenues> configured_;
  std::map<std::int32_t, Owned> owned_;
  std::vector<HandOver> collected_;  // for the next commit, in the order of each lane
  bool left_over_ = false;           // some of it by the commit before
  std::unique_ptr<Commits> commits_;

  TickClock clock_;
  Clock::time_point last_ask_{};
  Clock::time_point last_report_{};
  Clock::time_point last_commit_{};
  Clock::time_point next_cut_{};         // not before
  std::optional<std::int32_t> sending_;  // the partition whose snapshot was sent last
  bool took_records_ = false;
  bool reachable_at_tick_ = false;

  concurrency::Doorbell<> unheard_bell_;  // of lanes without an engine thread
  // Last, so that they end first.
  std::vector<std::unique_ptr<EngineThread>> engine_threads_;
};

}  // namespace crowdflow::processor
