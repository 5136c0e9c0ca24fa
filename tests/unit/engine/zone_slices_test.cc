#include "engine/zone_slices.h"

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kRing = 20;
// One of three, whose neighbours are to stay as they are.
constexpr ZoneSlices::Column kZone = 1;

Crossing in(double start, double end, std::int64_t people) {
  return {.start = at(start), .end = at(end), .entered = people};
}
Crossing out_of(double start, double end, std::int64_t people) {
  return {.start = at(start), .end = at(end), .left = people};
}

// Slices in seconds since zero; its time begins at second 0.
class Slices {
 public:
  explicit Slices(std::int64_t level = 0, std::vector<std::int64_t> tumbling = {},
                  std::int64_t ring = kRing)
      : slices(ring, 3, std::move(tumbling), level) {
    slices.start_at(kZero);
  }
  Slices& move_to(std::int64_t second) {
    while (slices.head() < kZero + second)
      slices.advance();
    return *this;
  }
  Slices& add(const Crossing& crossing) {
    slices.add(kZone, crossing, 1);
    return *this;
  }
  Slices& take_back(const Crossing& crossing) {
    slices.add(kZone, crossing, -1);
    return *this;
  }
  Slices& gauge(double time, std::int64_t people, std::int64_t flow_after = 0) {
    slices.set_gauge(kZone, {.at = at(time), .people = people}, flow_after);
    return *this;
  }
  // The level at the end of each second from `first` to `last`.
  [[nodiscard]] std::vector<std::int64_t> levels(std::int64_t first, std::int64_t last) const {
    std::vector<std::int64_t> levels;
    for (std::int64_t second = first; second <= last; ++second)
      levels.push_back(slices.level_at_end_of(kZone, kZero + second));
    return levels;
  }
  [[nodiscard]] WindowTotals window(std::int64_t start, std::int64_t end,
                                    std::int64_t tumbling = 0) const {
    return slices.totals(kZone, kZero + start, kZero + end, tumbling);
  }

  ZoneSlices slices;
};

TEST(PeopleBefore, SpreadsEvenlyInWholePeople) {
  const Crossing ten = in(0, 4, 10);
  EXPECT_EQ(people_before(10, ten, at(0)), 0);
  EXPECT_EQ(people_before(10, ten, at(1)), 2);
  EXPECT_EQ(people_before(10, ten, at(2)), 5);
  EXPECT_EQ(people_before(10, ten, at(3)), 7);
  EXPECT_EQ(people_before(10, ten, at(4)), 10);
  EXPECT_EQ(people_before(10, ten, at(9)), 10);
}

TEST(PeopleBefore, PutsAnInstantAtItsTime) {
  const Crossing instant = in(1, 1, 3);
  EXPECT_EQ(people_before(3, instant, at(1)), 0);
  EXPECT_EQ(people_before(3, instant, at(1.000001)), 3);
}

TEST(PeopleBefore, HoldsTheMostPeopleOverTheLongestInterval) {
  const Crossing most = in(0, 86'400, 1'000'000);
  EXPECT_EQ(people_before(1'000'000, most, at(43'200)), 500'000);
  EXPECT_EQ(people_before(1'000'000, most, at(86'399)), 999'988);
}

TEST(ZoneSlices, SpreadACrossingOverItsSeconds) {
  Slices slices;
  slices.move_to(5).add(in(0.5, 4.5, 8));
  EXPECT_THAT(slices.levels(0, 5), ElementsAre(1, 3, 5, 7, 8, 8));
  EXPECT_EQ(slices.window(1, 3).entered, 4);
  EXPECT_EQ(slices.window(0, 6).entered, 8);
}

TEST(ZoneSlices, PutACrossingThatEndsOnTheStrokeIntoTheSecondBefore) {
  Slices slices;
  slices.move_to(3).add(in(1, 2, 5));
  EXPECT_THAT(slices.levels(0, 2), ElementsAre(0, 5, 5));
}

TEST(ZoneSlices, PutAnInstantOnTheStrokeIntoTheSecondThatBegins) {
  Slices slices;
  slices.move_to(3).add(in(2, 2, 5));
  EXPECT_THAT(slices.levels(1, 2), ElementsAre(0, 5));
}

TEST(ZoneSlices, TakeACrossingBackWithoutATrace) {
  Slices slices;
  slices.move_to(5).add(in(1.3, 4.1, 7)).add(out_of(0, 5, 3));
  slices.take_back(in(1.3, 4.1, 7));
  Slices only_the_other;
  only_the_other.move_to(5).add(out_of(0, 5, 3));
  EXPECT_EQ(slices.levels(0, 5), only_the_other.levels(0, 5));
}

TEST(ZoneSlices, MoveSomeoneFromOneZoneToTheOtherInTheSameSecond) {
  Slices from(10);
  Slices to;
  from.move_to(4).add(out_of(0.7, 3.9, 10));
  to.move_to(4).add(in(0.7, 3.9, 10));
  for (std::int64_t second = 0; second <= 4; ++second) {
    EXPECT_EQ(from.levels(second, second)[0] + to.levels(second, second)[0], 10);
  }
}

TEST(ZoneSlices, LetAGaugeTellTheLevelFromItsInstantOn) {
  Slices slices;
  slices.move_to(5).add(in(0, 1, 3)).add(in(4, 5, 2)).gauge(2.5, 10);
  EXPECT_THAT(slices.levels(0, 5), ElementsAre(3, 3, 10, 10, 12, 12));
}

TEST(ZoneSlices, LetAGaugeOnTheStrokeTellTheLevelAtThatTime) {
  Slices slices;
  slices.move_to(3).gauge(2, 10);
  EXPECT_THAT(slices.levels(0, 3), ElementsAre(0, 10, 10, 10));
  ASSERT_TRUE(slices.slices.gauge_of(kZone, kZero + 1).has_value());
  EXPECT_FALSE(slices.slices.gauge_of(kZone, kZero + 2).has_value());
}

TEST(ZoneSlices, CountFlowAfterAGaugeWithinItsSecond) {
  Slices slices;
  // Of ten people in [0, 1), four cross after 0.6.
  slices.add(in(0, 1, 10)).gauge(0.6, 100, 4);
  EXPECT_THAT(slices.levels(0, 0), ElementsAre(104));
  // Of five in [0.5, 1), one crosses before 0.6.
  slices.add(out_of(0.5, 1, 5));
  EXPECT_THAT(slices.levels(0, 0), ElementsAre(100));
  slices.take_back(out_of(0.5, 1, 5));
  EXPECT_THAT(slices.levels(0, 0), ElementsAre(104));
}

TEST(ZoneSlices, PutALateGaugeInPlaceBeforeTheFlowThatFollowedIt) {
  Slices slices;
  slices.move_to(9).add(in(1, 2, 1)).add(in(5, 6, 1)).add(in(8, 9, 1));
  EXPECT_THAT(slices.levels(0, 9), ElementsAre(0, 1, 1, 1, 1, 2, 2, 2, 3, 3));
  slices.gauge(3.5, 20);
  EXPECT_THAT(slices.levels(0, 9), ElementsAre(0, 1, 1, 20, 20, 21, 21, 21, 22, 22));
}

TEST(ZoneSlices, GoBackToTheFlowWhenAGaugeIsTakenBack) {
  Slices slices;
  slices.move_to(5).add(in(0, 1, 3)).gauge(2.5, 10);
  slices.slices.clear_gauge(kZone, kZero + 2);
  EXPECT_THAT(slices.levels(0, 5), ElementsAre(3, 3, 3, 3, 3, 3));
}

TEST(ZoneSlices, DoNotClipBelowZeroInside) {
  Slices slices;
  slices.move_to(4).add(out_of(0, 1, 2)).add(in(2, 3, 5));
  EXPECT_THAT(slices.levels(0, 3), ElementsAre(-2, -2, 3, 3));
  const WindowTotals totals = slices.window(0, 4);
  EXPECT_EQ(totals.level_sum, 6) << "shown, it is never below 0";
  EXPECT_EQ(totals.level_maximum, 3);
}

TEST(ZoneSlices, KnowNoLevelUntilAGaugeTellsIt) {
  Slices slices(ZoneSlices::kUnknown);
  slices.move_to(5).add(in(0, 1, 3)).add(in(4, 5, 2)).gauge(2.5, 10);
  constexpr auto kUnknown = ZoneSlices::kUnknown;
  EXPECT_THAT(slices.levels(0, 4), ElementsAre(kUnknown, kUnknown, 10, 10, 12));
  const WindowTotals totals = slices.window(0, 5);
  EXPECT_EQ(totals.seconds, 5);
  EXPECT_EQ(totals.level_seconds, 3) << "a mean is taken over the seconds with a known level";
  EXPECT_EQ(totals.level_sum, 32);
}

TEST(ZoneSlices, ForgetTheLevelUntilTheNextGauge) {
  Slices slices(5);
  slices.move_to(5).gauge(1.5, 9);
  slices.slices.forget_level(kZone);
  EXPECT_EQ(slices.slices.present_level(kZone), ZoneSlices::kUnknown);
  slices.add(in(4, 5, 3));
  EXPECT_EQ(slices.slices.present_level(kZone), ZoneSlices::kUnknown);
  slices.gauge(4.5, 7);
  EXPECT_EQ(slices.slices.present_level(kZone), 7);
}

TEST(ZoneSlices, KeepTheLevelWhenItsSecondsLeaveTheRing) {
  Slices slices;
  slices.move_to(5).add(in(0, 1, 3)).gauge(2.5, 10).add(in(4, 5, 2));
  slices.move_to(200);
  EXPECT_EQ(slices.slices.present_level(kZone), 12);
  ASSERT_TRUE(slices.slices.gauge_before_end_of(kZone, kZero + 200).has_value());
  EXPECT_EQ(slices.slices.gauge_before_end_of(kZone, kZero + 200)->people, 10);
}

TEST(ZoneSlices, CountInTheLevelWhatCrossedBeforeTheRing) {
  Slices slices;
  slices.move_to(100);  // the ring begins with second 81
  slices.add(in(41, 91, 50));
  EXPECT_THAT(slices.levels(80, 91), ElementsAre(40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 50));
  slices.take_back(in(41, 91, 50));
  EXPECT_THAT(slices.levels(80, 82), ElementsAre(0, 0, 0));
}

TEST(ZoneSlices, LeaveOutWhatCrossedBeforeAGaugeThatHasLeftTheRing) {
  Slices slices;
  slices.move_to(50).gauge(45.5, 10);
  slices.move_to(100);
  slices.add(in(40, 50, 10));  // of ten, five crossed before the gauge counted
  EXPECT_EQ(slices.slices.present_level(kZone), 15);
  slices.add(in(30, 31, 4));
  EXPECT_EQ(slices.slices.present_level(kZone), 15);
}

TEST(ZoneSlices, FoldATumblingWindowAsIfItHadNeverLeftTheRing) {
  Slices small(0, {60}, 20);
  Slices large(0, {60}, 400);
  for (int second = 1; second <= 330; ++second) {
    for (Slices* slices : {&small, &large}) {
      slices->move_to(second);
      slices->add(in(second - 1, second, second % 7));
      if (second % 3 == 0) slices->add(out_of(second - 3, second, second % 10));
      if (second % 50 == 0) slices->gauge(second - 0.5, second % 40);
    }
    const std::int64_t start = second / 60 * 60;
    const WindowTotals folded = small.window(start, start + 60, 60);
    const WindowTotals direct = large.window(start, start + 60);
    ASSERT_EQ(folded.entered, direct.entered) << second;
    ASSERT_EQ(folded.left, direct.left) << second;
    ASSERT_EQ(folded.seconds, direct.seconds) << second;
    ASSERT_EQ(folded.level_sum, direct.level_sum) << second;
    ASSERT_EQ(folded.level_maximum, direct.level_maximum) << second;
  }
}

TEST(ZoneSlices, ReachBackToTheFirstSecondThatAnythingWasSaidAbout) {
  Slices slices;
  EXPECT_EQ(slices.slices.first(kZone), kZero);
  slices.add(in(-3, 0, 3));
  EXPECT_EQ(slices.slices.first(kZone), kZero - 3);
  EXPECT_EQ(slices.window(-10, 1).seconds, 4);
  slices.add(in(-1000, 0, 0));
  EXPECT_EQ(slices.slices.first(kZone), kZero - kRing + 1) << "not further than the ring";
  slices.move_to(100).add(in(99, 100, 1));
  EXPECT_EQ(slices.slices.first(kZone), kZero - kRing + 1) << "and never forward";
}

TEST(ZoneSlices, KeepTheLevelOverALeap) {
  Slices slices(0, {60});
  slices.move_to(5).add(in(0, 1, 3)).gauge(2.5, 10).add(in(4, 5, 2));
  slices.slices.start_at(kZero + 30'000);
  EXPECT_EQ(slices.slices.present_level(kZone), 12);
  EXPECT_EQ(slices.window(0, 30'000).seconds, 0);
  EXPECT_EQ(slices.slices.gauge_before_end_of(kZone, kZero + 30'000)->people, 10);
  slices.add(in(29'999, 30'000.5, 1));
  EXPECT_EQ(slices.slices.present_level(kZone), 13);
}

class Adopting : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(Adopting, KeepsLevelsGaugesAndTheOpenTumblingWindow) {
  Slices old(0, {60, 300});
  Slices fresh(0, {60}, GetParam());
  old.move_to(10).add(in(5, 10, 5));
  old.move_to(70).add(in(61, 62, 7)).gauge(65.5, 30);
  old.move_to(100).add(out_of(95, 96, 2));
  fresh.slices.start_at(kZero + 100);
  fresh.slices.adopt(kZone, old.slices, kZone);
  EXPECT_EQ(fresh.slices.present_level(kZone), 28);
  EXPECT_EQ(fresh.slices.gauge_before_end_of(kZone, kZero + 100)->people, 30);
  const auto expect_same_minute = [&] {
    const WindowTotals before = old.window(60, 120, 60);
    const WindowTotals after = fresh.window(60, 120, 60);
    EXPECT_EQ(after.entered, before.entered);
    EXPECT_EQ(after.left, before.left);
    EXPECT_EQ(after.seconds, before.seconds);
    EXPECT_EQ(after.level_sum, before.level_sum);
    EXPECT_EQ(after.level_maximum, before.level_maximum);
  };
  expect_same_minute();
  for (Slices* slices : {&old, &fresh})
    slices->move_to(119).add(in(118, 119, 1));
  expect_same_minute();
}

INSTANTIATE_TEST_SUITE_P(ARingAsLongAsBeforeOrShorterOrLonger, Adopting,
                         ::testing::Values(kRing, kRing / 2, 5, kRing + 7, kRing * 10));

}  // namespace
}  // namespace crowdflow::testing
