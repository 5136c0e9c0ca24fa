#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>

#include <crowdflow/shard.h>

#include "concurrency/cache_line.h"
#include "concurrency/doorbell.h"
#include "concurrency/spsc_ring.h"
#include "log/log.h"
#include "processor/options.h"
#include "processor/partition_work.h"
#include "processor/progress.h"

namespace crowdflow::processor {

// What was pending, for the log thread to commit.
struct HandOver {
  std::int32_t partition = 0;
  PartitionWork::Pending pending;
  // Nothing before this offset was left to apply when it was handed over.
  std::int64_t position = 0;
  // It answers an Ask; otherwise it could not wait for one.
  bool asked = false;
  // How long applying all this took.
  std::chrono::steady_clock::duration busy{0};
  // The log thread's word, for the journal: the newest complete snapshot, and the record's number.
  std::optional<wire::SnapshotName> newest_snapshot;
  std::uint64_t page = 0;
  std::optional<Progress> progress;
};

// One partition between the log thread and its engine thread: what has to be applied goes one way
// and what follows from it the other, both in order and through lock-free rings.
//
//   log thread ── runs of records, ticks, asks ──► engine thread (owns the PartitionWork)
//              ◄─────────── hand-overs ───────────
//
// Everything that decides an answer comes in through the first ring and goes into the journal in
// the order in which it was applied, so it makes no difference how fast either thread is.
//
// Threads: the log thread's side, the engine thread's side, and before the engine thread starts and
//   after it has ended, whoever owns the lane.
// Limits: of what is on its way to the engine thread, `capacity` tasks, and when the bytes of its
//   records pass kMostBytes, no further run. Then it is full until the engine thread has begun the
//   last run.
class Lane {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
  // Hand-overs of alerts that wait for the log thread at most; more alerts wait for an ask.
  static constexpr std::size_t kAlertHandOvers = 3;

  // `bell`: of the engine thread.
  Lane(std::unique_ptr<PartitionWork> work, concurrency::Doorbell<>& bell,
       const ProcessorOptions& options);

  [[nodiscard]] std::int32_t partition() const { return partition_; }

  // ---- the log thread's side ----

  // Whether no run is to be pushed. When that has changed, the engine thread wakes the log thread,
  // unless it was ticks that left no room.
  [[nodiscard]] bool full();
  // `records` are of `batch`, one partition's. The lane must not be full.
  void push(std::shared_ptr<const log::Batch> batch, std::span<const log::Record> records);
  // False when there is no room; the engine thread is far behind then.
  [[nodiscard]] bool push(const Tick& tick);
  // A snapshot is to be cut here; the lane must have room.
  void push_cut(std::uint64_t generation);
  // For one more tick or cut.
  [[nodiscard]] bool has_room();
  // Asks for what is pending; always answered, and asked again only after that. `position`: all
  // that the log holds before it has been pushed. `emptied`: an earlier pending to be filled again.
  void ask(std::int64_t position, bool with_progress, PartitionWork::Pending emptied);
  [[nodiscard]] bool asked() const { return asked_; }
  // The next hand-over, when there is one.
  [[nodiscard]] bool take(HandOver& hand_over);

  // ---- the engine thread's side ----

  // Does the next task, or some of it when it is a long run; false when there is none. Calls `wake`
  // when the log thread has something to do because of it.
  bool step(const std::function<void()>& wake);

  // ---- its owner's, without an engine thread ----

  // What was applied and not handed over.
  [[nodiscard]] HandOver rest();

 private:
  struct Run {
    std::shared_ptr<const log::Batch> batch;
    std::span<const log::Record> records;  // still to be applied
    bool last = false;                     // the lane is full until this one is begun
  };
  struct Ask {
    std::int64_t position = 0;
    bool with_progress = false;
    PartitionWork::Pending emptied;
  };
  struct Cut {
    std::uint64_t generation = 0;
  };
  using Task = std::variant<Tick, Run, Ask, Cut>;

  void push(Task&& task);
  void apply_some(Run& run);
  void cut(const Cut& cut);
  void answer(Ask& ask, const std::function<void()>& wake);
  // Alerts do not wait to be asked for.
  void hand_over_alerts(const std::function<void()>& wake);
  [[nodiscard]] HandOver make_hand_over(PartitionWork::Pending emptied);

  const std::int32_t partition_;
  const ProcessorOptions& options_;
  concurrency::Doorbell<>& bell_;
  concurrency::SpscRing<Task> tasks_;
  concurrency::SpscRing<HandOver> hand_overs_;

  // The log thread's.
  bool asked_ = false;
  bool full_ = false;
  std::size_t pushed_since_full_ = 0;
  std::size_t bytes_ = 0;  // of runs, since none was on its way or since it was last full

  // The engine thread's.
  alignas(concurrency::kCacheLine) const std::unique_ptr<PartitionWork> work_;
  Task task_;                                    // in hand
  std::chrono::steady_clock::duration busy_{0};  // since the last hand-over
};

}  // namespace crowdflow::processor
