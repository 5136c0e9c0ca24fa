#include "processor/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "unit/processor/hall.h"

namespace crowdflow::processor {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A lane whose both sides are the test's.
class LaneTest : public ::testing::Test {
 protected:
  void push(std::int64_t first, std::int64_t count, std::uint64_t entries = 1) {
    const auto records = run_of(0, first, count, entries);
    lane_.push(records, records->records());
  }
  bool step() {
    return lane_.step([this] { ++wakes_; });
  }
  std::vector<HandOver> take_all() {
    std::vector<HandOver> all;
    for (HandOver next; lane_.take(next);)
      all.push_back(std::move(next));
    return all;
  }

  int wakes_ = 0;
  concurrency::Doorbell<> bell_;
  ProcessorOptions options_ = with_capacity(8);
  Lane lane_{work_of(0), bell_, options_};
};

TEST_F(LaneTest, HandsOverWhatWasAppliedBeforeItWasAsked) {
  EXPECT_FALSE(step());
  push(0, 3);
  const Tick tick{.now = wall(kStart + 3), .proven = true};
  ASSERT_TRUE(lane_.push(tick));
  push(3, 2);
  lane_.ask(7, true, {});
  push(7, 1);
  EXPECT_TRUE(lane_.asked());
  while (step()) {
  }
  EXPECT_GT(wakes_, 0);
  const auto all = take_all();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_FALSE(lane_.asked());
  const HandOver& answer = all.front();
  EXPECT_TRUE(answer.asked);
  EXPECT_EQ(answer.position, 7) << "what is no record lies before it";
  EXPECT_EQ(answer.pending.accounting.consumed, 5u);
  EXPECT_TRUE(answer.pending.accounting.balanced());
  const std::vector<wire::JournalEntry> entries{wire::OffsetRange{.first = 0, .end = 3}, tick,
                                                wire::OffsetRange{.first = 3, .end = 5}};
  ASSERT_THAT(answer.pending.entries, SizeIs(3));
  EXPECT_EQ(std::get<wire::OffsetRange>(answer.pending.entries[0]),
            std::get<wire::OffsetRange>(entries[0]));
  EXPECT_TRUE(std::get<Tick>(answer.pending.entries[1]).proven);
  EXPECT_EQ(std::get<wire::OffsetRange>(answer.pending.entries[2]),
            std::get<wire::OffsetRange>(entries[2]));
  ASSERT_TRUE(answer.progress);
  ASSERT_THAT(answer.progress->venues, SizeIs(1));
  EXPECT_TRUE(answer.progress->venues.front().progress.started);

  const HandOver rest = lane_.rest();
  EXPECT_EQ(rest.position, 8);
  EXPECT_EQ(rest.pending.accounting.consumed, 1u);
}

TEST_F(LaneTest, IsFullWhereTicksHaveTakenTheRoomOfRuns) {
  EXPECT_FALSE(lane_.full());
  while (lane_.push(Tick{.now = wall(kStart + 1)})) {
  }
  EXPECT_TRUE(lane_.full());
  lane_.ask(0, false, {});  // always has room
  while (step()) {
  }
  EXPECT_FALSE(lane_.full());
  push(0, 1);
}

TEST_F(LaneTest, AnswersAnAskWithNothingPending) {
  lane_.ask(0, false, {});
  EXPECT_TRUE(step());
  const auto all = take_all();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_THAT(all.front().pending.entries, IsEmpty());
  EXPECT_FALSE(all.front().progress);
}

TEST_F(LaneTest, LetsGoOfABatchThatWasApplied) {
  auto records = run_of(0, 0, 3);
  const std::weak_ptr<const Records> watch = records;
  lane_.push(records, records->records());
  records.reset();
  EXPECT_FALSE(watch.expired());
  EXPECT_TRUE(step());
  EXPECT_TRUE(watch.expired());
}

TEST_F(LaneTest, IsFullUntilTheLastRunIsBegun) {
  std::int64_t offset = 0;
  for (; !lane_.full(); ++offset)
    push(offset, 1);
  ASSERT_GE(offset, 2);
  int ticks = 0;
  while (lane_.push(Tick{.now = wall(kStart + offset)}))
    ++ticks;
  EXPECT_GT(ticks, 0) << "a full lane has room for ticks";
  lane_.ask(offset, false, {});  // and for an ask, always

  for (std::int64_t i = 0; i + 1 < offset; ++i) {
    EXPECT_TRUE(step());
    EXPECT_TRUE(lane_.full()) << i;
    EXPECT_EQ(wakes_, 0) << i;
  }
  // The log thread is woken before the last run is applied, not after it.
  bool full_when_woken = true;
  EXPECT_TRUE(lane_.step([&] { full_when_woken = lane_.full(); }));
  EXPECT_FALSE(full_when_woken);
  push(offset, 1);
  while (step()) {
  }
  EXPECT_EQ(lane_.rest().position, offset + 1);
}

TEST_F(LaneTest, IsFullWhenItsRecordsAreLarge) {
  auto large = std::make_shared<Records>(0);
  large->add(0, std::string(Lane::kMostBytes / 2 + 1, 'x'));
  lane_.push(large, large->records());
  EXPECT_FALSE(lane_.full());
  auto larger = std::make_shared<Records>(0);
  larger->add(1, std::string(Lane::kMostBytes / 2 + 1, 'x'));
  lane_.push(larger, larger->records());
  EXPECT_TRUE(lane_.full());
  EXPECT_TRUE(step());
  EXPECT_TRUE(lane_.full());
  EXPECT_TRUE(step());
  EXPECT_FALSE(lane_.full());
  EXPECT_EQ(wakes_, 1);
}

TEST_F(LaneTest, HandsOverAlertsWithoutBeingAsked) {
  push(0, 2, 1);
  EXPECT_TRUE(step());
  EXPECT_THAT(take_all(), IsEmpty());
  push(2, 2, 20);
  EXPECT_TRUE(step());
  EXPECT_EQ(wakes_, 1);
  const auto all = take_all();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_FALSE(all.front().asked);
  EXPECT_FALSE(all.front().pending.outputs.alerts.empty());
  EXPECT_EQ(all.front().pending.accounting.consumed, 4u) << "with all that came before";
  EXPECT_EQ(all.front().position, 4);
}

}  // namespace
}  // namespace crowdflow::processor
