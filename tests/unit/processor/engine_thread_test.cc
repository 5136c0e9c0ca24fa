#include "processor/engine_thread.h"

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/processor/hall.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

constexpr std::int64_t kRecords = 3000;  // of each partition
constexpr std::int64_t kRun = 7;

// The test is the log thread: it feeds lanes as fast as they take it, and collects.
class LogThread {
 public:
  LogThread(std::int32_t partitions, std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
      threads_.push_back(std::make_unique<EngineThread>([this] { woken_.ring(); }));
    std::vector<std::vector<Lane*>> of_thread(threads);
    for (std::int32_t p = 0; p < partitions; ++p) {
      const std::size_t thread = static_cast<std::size_t>(p) % threads;
      lanes_.push_back(std::make_unique<Lane>(work_of(p), threads_[thread]->bell(), options_));
      of_thread[thread].push_back(lanes_.back().get());
    }
    for (std::size_t i = 0; i < threads; ++i)
      threads_[i]->start(std::move(of_thread[i]));
  }

  void feed_and_collect_everything() {
    std::vector<std::int64_t> next(lanes_.size());
    while (true) {
      const auto heard = woken_.heard();
      bool pushed = false;
      bool more = false;
      for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (next[i] < kRecords && !lanes_[i]->full()) {
          push(*lanes_[i], next[i]);
          pushed = true;
        }
        collect(*lanes_[i]);
        const bool all_in = position(*lanes_[i]) == kRecords;
        if (!lanes_[i]->asked() && !all_in) lanes_[i]->ask(next[i], false, {});
        more |= !all_in;
      }
      if (!more) return;
      if (!pushed) woken_.wait(heard);
    }
  }

  // Ends them in the middle of whatever they do.
  void end_the_engine_threads() {
    threads_.clear();
    for (const auto& lane : lanes_) {
      collect(*lane);
      hand_overs_[lane->partition()].push_back(lane->rest());
    }
  }

  void push(Lane& lane, std::int64_t& next) {
    const auto records = run_of(lane.partition(), next, std::min(kRun, kRecords - next));
    lane.push(records, records->records());
    next += static_cast<std::int64_t>(records->records().size());
  }

  [[nodiscard]] Lane& lane(std::size_t i) { return *lanes_[i]; }
  [[nodiscard]] const std::vector<HandOver>& hand_overs(std::int32_t partition) {
    return hand_overs_[partition];
  }

 private:
  void collect(Lane& lane) {
    for (HandOver next; lane.take(next);)
      hand_overs_[lane.partition()].push_back(std::move(next));
  }
  std::int64_t position(const Lane& lane) {
    const auto& all = hand_overs_[lane.partition()];
    return all.empty() ? 0 : all.back().position;
  }

  concurrency::Doorbell<> woken_;
  const ProcessorOptions options_ = with_capacity(8);
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::map<std::int32_t, std::vector<HandOver>> hand_overs_;
  std::vector<std::unique_ptr<EngineThread>> threads_;
};

// Whether the journal tells every record from 0 on once and in order, and the accounts say as much.
std::int64_t told_by(const std::vector<HandOver>& hand_overs) {
  std::int64_t next = 0;
  for (const HandOver& hand_over : hand_overs) {
    const std::int64_t before = next;
    for (const wire::JournalEntry& entry : hand_over.pending.entries) {
      const auto& range = std::get<wire::OffsetRange>(entry);
      EXPECT_EQ(range.first, next);
      next = range.end;
    }
    EXPECT_EQ(hand_over.pending.accounting.consumed, static_cast<std::uint64_t>(next - before));
    EXPECT_TRUE(hand_over.pending.accounting.balanced());
    EXPECT_EQ(hand_over.position, next) << "nothing is handed over that was not applied";
  }
  return next;
}

std::uint64_t seconds_said(const std::vector<HandOver>& hand_overs) {
  std::uint64_t seconds = 0;
  for (const HandOver& hand_over : hand_overs)
    seconds += hand_over.pending.outputs.seconds.size();
  return seconds;
}

TEST(EngineThread, AppliesEachRecordOnceHoweverManyThreadsThereAre) {
  std::vector<std::uint64_t> said;
  for (const auto& [partitions, threads] : {std::pair{1, 1}, {2, 1}, {3, 2}, {2, 2}}) {
    LogThread log_thread(partitions, static_cast<std::size_t>(threads));
    log_thread.feed_and_collect_everything();
    for (std::int32_t p = 0; p < partitions; ++p) {
      EXPECT_EQ(told_by(log_thread.hand_overs(p)), kRecords);
      said.push_back(seconds_said(log_thread.hand_overs(p)));
    }
  }
  EXPECT_GT(said.front(), 0u);
  EXPECT_EQ(said, std::vector(said.size(), said.front()));
}

TEST(EngineThread, EndsAtOnceWhateverIsOnItsWayAndTellsWhatWasApplied) {
  for (int round = 0; round < 20; ++round) {
    LogThread log_thread(2, 1);
    std::int64_t pushed = 0;
    while (!log_thread.lane(0).full())
      log_thread.push(log_thread.lane(0), pushed);
    log_thread.lane(0).ask(pushed, false, {});
    log_thread.lane(1).ask(0, false, {});
    log_thread.end_the_engine_threads();
    EXPECT_LE(told_by(log_thread.hand_overs(0)), pushed);
  }
}

}  // namespace
}  // namespace crowdflow::processor
