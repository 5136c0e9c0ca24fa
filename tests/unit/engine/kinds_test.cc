// The kinds of counters beside plain counts and gauges, through a Shard.

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

constexpr auto kApplied = Outcome::kApplied;

VenueBuilder a_gate() { return VenueBuilder().zone("hall").opening("gate", "", "hall", 1.0); }

TEST(Access, CountsWhoIsLetInWhenNobodyElseDoes) {
  Stage stage(a_gate().access("scanner", "gate"));
  EXPECT_EQ(stage.say("scanner", 1, Access{.admitted = 4, .refused = 3}, 1s), kApplied);
  EXPECT_EQ(stage.now("hall").occupancy, 4);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].entries, 4);
}

TEST(Access, LeavesTheCountingToACounterAtTheSameOpening) {
  Stage stage(a_gate().access("scanner", "gate").counter("camera", "gate"));
  stage.crossed("camera", 1, 5, 1);
  EXPECT_EQ(stage.say("scanner", 1, Access{.admitted = 4}, 1s), kApplied);
  EXPECT_EQ(stage.now("hall").occupancy, 4) << "five came and one left";
  stage.quiet("camera", 2, 60);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood) << "a silent scanner hides nobody";
}

TEST(Directions, MapEachOfASensorsNumbersByItself) {
  VenueBuilder builder = a_gate().counter("exit-only", "gate");
  builder.sensor().entries = Direction::kIgnored;
  Stage stage(builder);
  stage.crossed("exit-only", 1, 9, 0);
  stage.anchor("hall", 1, 20);
  stage.crossed("exit-only", 2, 9, 3);
  EXPECT_EQ(stage.now("hall").occupancy, 17);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].entries, 0);

  builder.sensor().entries = Direction::kBackward;
  Stage both_out(builder);
  both_out.anchor("hall", 1, 20);
  both_out.crossed("exit-only", 2, 9, 3);
  EXPECT_EQ(both_out.now("hall").occupancy, 8);
}

TEST(Scale, TurnsDevicesIntoPeople) {
  VenueBuilder builder = VenueBuilder().zone("square").gauge("wifi", "square");
  builder.sensor().scale = 1.55;
  builder.sensor().capped_at = 100;
  Stage stage(builder);
  stage.present("wifi", 1, 90);
  EXPECT_EQ(stage.now("square").occupancy, 140) << "139.5";
  EXPECT_FALSE(has(stage.now("square"), QualityReason::kCapped)) << "the cap counts devices";
  stage.present("wifi", 2, 100);
  stage.present("wifi", 3, 90);
  EXPECT_EQ(times(stage, Oddity::kCapped), 1U);
}

TEST(MotionSensor, TellsHowPeopleMoveAndNotHowManyThereAre) {
  Stage stage(a_gate().counter("camera", "gate").motion("tracker", "hall"));
  stage.quiet("camera", 1, 5);
  EXPECT_FALSE(stage.now("hall").motion);
  EXPECT_EQ(stage.say("tracker", 5, Motion{.mean_speed = 1.25, .velocity_variance = 0.04}),
            kApplied);
  ASSERT_TRUE(stage.now("hall").motion);
  EXPECT_DOUBLE_EQ(stage.now("hall").motion->mean_speed, 1.25);
  EXPECT_DOUBLE_EQ(stage.now("hall").motion->velocity_variance, 0.04);
  EXPECT_EQ(stage.say("tracker", 6, Motion{.mean_speed = 20.5}), Outcome::kImpossible);
  EXPECT_EQ(stage.say("tracker", 6, Motion{.velocity_variance = -1}), Outcome::kImpossible);
  stage.quiet("camera", 6, 30);
  EXPECT_FALSE(stage.now("hall").motion) << "what it said is old";
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood) << "the level does not rest on it";
}

TEST(MotionSensor, SpeaksForTheWindowInWhichItSpoke) {
  Stage stage(a_gate().counter("camera", "gate").motion("tracker", "hall"));
  stage.quiet("camera", 1, 5);
  stage.say("tracker", 5, Motion{.mean_speed = 1.5});
  stage.quiet("camera", 6, 7);
  stage.say("tracker", 7, Motion{.mean_speed = 0.5});
  stage.quiet("camera", 8, 20);
  stage.finish();
  EXPECT_DOUBLE_EQ(stage.final("hall", 6)->motion->mean_speed, 1.5);
  EXPECT_DOUBLE_EQ(stage.final("hall", 7)->motion->mean_speed, 0.5);
}

TEST(Rates, BelowTheLeastAreAnOddity) {
  VenueBuilder builder = a_gate().counter("camera", "gate", 60s);
  builder.sensor().min_rate_per_minute = 3;
  Stage stage(builder);
  stage.crossed("camera", 60, 2, 1, 60s);
  EXPECT_EQ(times(stage, Oddity::kBelowMinimumRate), 0U);
  stage.crossed("camera", 120, 1, 1, 60s);
  EXPECT_EQ(times(stage, Oddity::kBelowMinimumRate), 1U);
  stage.crossed("camera", 130, 0, 0, 10s);
  EXPECT_EQ(times(stage, Oddity::kBelowMinimumRate), 1U) << "of half a person nothing is missed";
}

TEST(Numbering, CountsGapsUntilTheyAreFilled) {
  Stage stage(one_hall());
  const auto numbered = [&](double time, std::uint64_t sequence) {
    return stage.say("counter", time, CountDelta{.entries = 1}, 1s, sequence);
  };
  numbered(1, 1);
  numbered(5, 5);
  EXPECT_EQ(times(stage, Oddity::kSequenceGap), 3U);
  numbered(3, 3);
  EXPECT_EQ(times(stage, Oddity::kSequenceGap), 2U);
  numbered(6, 1);
  EXPECT_EQ(times(stage, Oddity::kReboot), 1U) << "a smaller number, newer than all";
}

TEST(Clock, AheadOfTheWallIsCounted) {
  Stage stage(one_hall());
  stage.clock(10);
  stage.crossed("counter", 11, 1);
  EXPECT_EQ(times(stage, Oddity::kClockAhead), 0U);
  stage.crossed("counter", 15, 1);
  EXPECT_EQ(times(stage, Oddity::kClockAhead), 1U);
}

TEST(Percentile, IsTheDensityNotPassedForThatShareOfTheSeconds) {
  Stage stage(one_hall().percentile(90).windows({kTenSeconds, kFiveMinutes}));
  // 1, 2, ... 10 people at the ends of ten seconds.
  for (int second = 1; second <= 10; ++second)
    stage.crossed("counter", second, 1);
  stage.quiet("counter", 11, 400);
  EXPECT_DOUBLE_EQ(*stage.final("hall", 10)->density_percentile, 0.09);
  EXPECT_DOUBLE_EQ(stage.final("hall", 10)->density_maximum, 0.10);
  EXPECT_DOUBLE_EQ(*stage.final("hall", 300, kFiveMinutes)->density_percentile, 0.10)
      << "also over a window that is longer than lateness and revisions";
  Stage without(one_hall());
  without.quiet("counter", 1, 20);
  EXPECT_FALSE(without.final("hall", 10)->density_percentile);
}

TEST(SlowCounter, MakesNoJumpBesideACameraThatCountsWhoIsThere) {
  Stage stage(a_gate().counter("quarterly", "gate", 15min).gauge("camera", "hall"));
  for (int second = 1; second <= 1800; ++second) {
    stage.present("camera", second, 50);
    if (second % 900 == 0) stage.crossed("quarterly", second, 700, 690, 15min);
    ASSERT_EQ(stage.now("hall").occupancy, 50) << second;
  }
  stage.present("camera", 1801, 50);
  EXPECT_EQ(stage.now("hall").occupancy, 50);
}

}  // namespace
}  // namespace crowdflow::testing
