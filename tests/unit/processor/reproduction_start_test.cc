#include "processor/reproduction_start.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

#include "unit/processor/committed_hall.h"

namespace crowdflow::processor {
namespace {

// A hall whose snapshots are cut at seconds 10, 20, 30, ...
class LatestStart : public ::testing::Test {
 protected:
  explicit LatestStart(std::int64_t snapshots = 40) {
    hall_.live(1, 10, 0);
    for (std::int64_t i = 0; i < snapshots; ++i) {
      cuts_.push_back(hall_.cut());
      hall_.live(10 * (i + 1), 10 * (i + 2), 0);
    }
    hall_.options().parse_venue = [this](const wire::VenueFile&) {
      ++loaded_;
      return hall();
    };
  }
  // The latest whose state has taken nothing of this second or later.
  ReproductionStart latest_before(std::int64_t second, std::optional<WallTime> named_until = {}) {
    auto start = find_latest_start(
        hall_.log(), hall_.options(), 0, named_until, [second](const PartitionWork& work) {
          return work.venue_time("hall") < start_of_second(kStart + second);
        });
    EXPECT_TRUE(start) << start.error().message;
    return start ? std::move(*start) : ReproductionStart{};
  }
  void break_snapshot(std::size_t number) {
    hall_.log().change(CommittedHall::in(hall_.topics().snapshots),
                       static_cast<std::int64_t>(number), "");
  }

  CommittedHall hall_;
  std::vector<std::int64_t> cuts_;  // in the journal
  int loaded_ = 0;
};

TEST_F(LatestStart, IsTheLatestSnapshotThatIsEarlyEnough) {
  for (std::size_t i = 0; i < cuts_.size(); ++i) {
    const auto second = static_cast<std::int64_t>(10 * (i + 1));
    const ReproductionStart start = latest_before(second);
    EXPECT_EQ(start.journal_from, cuts_[i]);
    EXPECT_EQ(start.readings_from, second - 1);
    EXPECT_EQ(start.said_after, wall(kStart + second - 1) + std::chrono::milliseconds{250});
    EXPECT_EQ(latest_before(second + 9).journal_from, cuts_[i]);
  }
}

TEST_F(LatestStart, IsTheBeginningWhenNoSnapshotIsEarlyEnough) {
  const ReproductionStart start = latest_before(9);
  EXPECT_EQ(start.journal_from, 0);
  EXPECT_FALSE(start.said_after);
}

TEST_F(LatestStart, LoadsFewOfManySnapshots) {
  latest_before(400);
  EXPECT_LE(loaded_, 2);
  loaded_ = 0;
  latest_before(50);
  EXPECT_LE(loaded_, 12);  // of 36 that are later
}

TEST_F(LatestStart, DoesNotLookAtSnapshotsThatWereNamedLater) {
  latest_before(50, wall(kStart + 55));
  EXPECT_EQ(loaded_, 1);
}

TEST_F(LatestStart, IsFoundWhereTheNextWasCutBeforeAnyRecordNamedIt) {
  const std::int64_t cut = hall_.cut();
  hall_.take(reading_of(kStart + 410, 0));
  hall_.cut();
  hall_.live(411, 420, 0);
  EXPECT_EQ(latest_before(410).journal_from, cut);
}

TEST_F(LatestStart, PassesOverSnapshotsThatAreGoneOrBroken) {
  std::mt19937 random(7);
  std::set<std::size_t> broken;
  while (broken.size() < cuts_.size()) {
    const std::size_t next = random() % cuts_.size();
    if (!broken.insert(next).second) continue;
    break_snapshot(next);
    const std::size_t wanted = random() % cuts_.size();
    std::int64_t expected = 0;  // the beginning
    for (std::size_t i = 0; i <= wanted; ++i) {
      if (!broken.contains(i)) expected = cuts_[i];
    }
    EXPECT_EQ(latest_before(static_cast<std::int64_t>(10 * (wanted + 1))).journal_from, expected)
        << "snapshot " << wanted << ", " << broken.size() << " broken";
  }
}

TEST_F(LatestStart, UsesNoSnapshotWhoseCutOrReadingsHaveExpired) {
  hall_.log().expire_before(CommittedHall::in(hall_.topics().journal), cuts_[5]);
  EXPECT_EQ(latest_before(60).journal_from, cuts_[5]);
  hall_.log().expire_before(CommittedHall::in(hall_.topics().readings), 60);
  // What is left is late, and better than nothing.
  EXPECT_EQ(latest_before(60).journal_from, cuts_[6]);
  EXPECT_EQ(latest_before(85).journal_from, cuts_[7]);
}

}  // namespace
}  // namespace crowdflow::processor
