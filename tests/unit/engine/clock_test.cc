// What moves time, and what does not.

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

constexpr auto kApplied = Outcome::kApplied;
constexpr auto kFuture = Outcome::kFuture;

TEST(Clock, HoldsAllForTheFutureBeforeItsFirstTick) {
  Shard shard;
  Outputs out;
  const auto venue = one_hall().build();
  shard.put_venue(venue, out);
  const Reading reading{.venue_id = venue->id,
                        .sensor_id = "counter",
                        .event_time = at(0),
                        .statement = CountDelta{}};
  EXPECT_EQ(shard.apply(reading, out), kFuture);
  EXPECT_FALSE(shard.progress()[0].started);
}

TEST(Clock, RefusesStampsMoreThanAMinuteAhead) {
  Stage stage(one_hall());
  stage.clock(100);
  EXPECT_EQ(stage.crossed("counter", 160.000001, 1), kFuture);
  EXPECT_EQ(stage.crossed("counter", 160, 1), kApplied);
}

TEST(Clock, NeverGoesBack) {
  Stage stage(one_hall());
  stage.clock(100);
  stage.clock(50);
  EXPECT_EQ(stage.crossed("counter", 160, 1), kApplied);
  stage.tick(100);
  stage.tick(40);
  stage.tick(101);
  EXPECT_EQ(stage.venue_time(), 101) << "one second since the tick at 100, not sixty-one";
}

TEST(Clock, BelievesASensorThatIsTwoSecondsAhead) {
  Stage stage(one_hall());
  stage.clock(100);
  stage.crossed("counter", 102, 1);
  EXPECT_EQ(stage.venue_time(), 102);
  stage.clock(103);
  stage.crossed("counter", 104, 0);
  EXPECT_FALSE(has(stage.now("hall"), QualityReason::kClockSkewed));
}

TEST(Clock, TakesWhatASkewedSensorSaysAtThePresent) {
  Stage stage(two_rooms());
  stage.clock(100);
  stage.crossed("gate-counter", 99, 1);
  stage.crossed("door-counter", 99, 0);
  stage.clock(101);
  EXPECT_EQ(stage.crossed("gate-counter", 103.000001, 4), kApplied);
  EXPECT_EQ(stage.venue_time(), 101) << "nobody's time moves by its clock";
  EXPECT_EQ(stage.crossed("gate-counter", 103.000001, 4), Outcome::kDuplicate);
  stage.crossed("door-counter", 101, 0);
  stage.clock(104);
  stage.crossed("door-counter", 102, 0);
  const ZoneState plaza = stage.now("plaza");
  EXPECT_EQ(plaza.occupancy, 5);
  EXPECT_EQ(plaza.quality, Quality::kDegraded);
  EXPECT_TRUE(has(plaza, QualityReason::kClockSkewed));
  EXPECT_FALSE(has(stage.now("corridor"), QualityReason::kClockSkewed));

  stage.crossed("gate-counter", 104, 0);
  EXPECT_FALSE(has(stage.now("plaza"), QualityReason::kClockSkewed)) << "its clock was set";
}

TEST(Clock, FollowsTheReadings) {
  Stage stage(one_hall());
  stage.crossed("counter", 5, 0);
  EXPECT_EQ(stage.venue_time(), 5);
  stage.crossed("counter", 7.25, 0);
  stage.crossed("counter", 6, 0);
  EXPECT_EQ(stage.venue_time(), 7.25);
  EXPECT_EQ(since_zero(stage.shard.progress()[0].frontier), 7.25);
  EXPECT_EQ(since_zero(stage.shard.progress()[0].watermark), 2.25);
}

TEST(Clock, MovesOnByProvenTicksOnly) {
  Stage stage(one_hall());
  stage.clock(10);
  stage.crossed("counter", 10, 0);
  for (int now = 11; now <= 30; ++now)
    stage.clock(now);
  EXPECT_EQ(stage.venue_time(), 10);
  stage.tick(31);
  EXPECT_EQ(stage.venue_time(), 10) << "nothing is proven about the step before it";
  stage.tick(32);
  EXPECT_EQ(stage.venue_time(), 11);
  stage.clock(33);
  stage.tick(34);
  EXPECT_EQ(stage.venue_time(), 11);
  stage.tick(35.5);
  EXPECT_EQ(stage.venue_time(), 12.5);
  EXPECT_EQ(since_zero(stage.shard.progress()[0].frontier), 10) << "that is the readings' alone";
}

TEST(Clock, LetsARecordedDayKeepItsOwnTime) {
  Stage stage(one_hall());
  stage.tick(1e6);
  stage.crossed("counter", 10, 0);
  stage.ticks(1'000'001, 1'000'004);
  EXPECT_EQ(stage.venue_time(), 13) << "the first tick ends a step that began without readings";
}

TEST(Clock, CountsWhatReadingsMovedAsPartOfTheStep) {
  Stage stage(one_hall());
  stage.tick(100);
  stage.crossed("counter", 99.5, 0);
  stage.tick(101);
  EXPECT_EQ(stage.venue_time(), 99.5);
  stage.tick(102);
  EXPECT_EQ(stage.venue_time(), 100.5);
  stage.crossed("counter", 101.2, 0);
  stage.tick(103);
  EXPECT_EQ(stage.venue_time(), 101.5);
  stage.crossed("counter", 102.8, 0);
  stage.tick(104);
  EXPECT_EQ(stage.venue_time(), 102.8);
}

TEST(Clock, IsEachVenuesOwn) {
  Shard shard;
  Outputs out;
  const auto one = one_hall().id("one").build();
  const auto two = one_hall().id("two").build();
  shard.put_venue(two, out);
  shard.put_venue(one, out);
  shard.tick({.now = wall(1000), .proven = true}, out);
  const auto say = [&](std::string_view venue, double time) {
    return shard.apply({.venue_id = venue,
                        .sensor_id = "counter",
                        .event_time = at(time),
                        .statement = CountDelta{}},
                       out);
  };
  EXPECT_EQ(say("one", 10), kApplied);
  EXPECT_EQ(say("two", 500), kApplied);
  shard.tick({.now = wall(1001), .proven = true}, out);
  shard.tick({.now = wall(1002), .proven = true}, out);
  ASSERT_EQ(shard.progress().size(), 2U);
  EXPECT_EQ(shard.progress()[0].venue->id, "one");
  EXPECT_EQ(since_zero(shard.progress()[0].venue_time), 11);
  EXPECT_EQ(since_zero(shard.progress()[1].venue_time), 501);
}

TEST(Clock, ClosesNothingByItselfWhileLagging) {
  Stage stage(one_hall());
  stage.clock(10);
  stage.crossed("counter", 10, 1);
  stage.out.clear();
  for (int now = 11; now <= 1000; ++now)
    stage.clock(now);
  EXPECT_TRUE(stage.out.empty());
}

}  // namespace
}  // namespace crowdflow::testing
