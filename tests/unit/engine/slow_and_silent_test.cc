// Sensors that speak seldom, were away, or have a clock of their own, beside others that speak each
// second: nobody else waits for them, nothing jumps, and nobody is alarmed by what they tell late.

#include <algorithm>
#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::IsEmpty;

constexpr WindowSpec kSecond{.size_s = 1, .hop_s = 1};

TEST(OfflineForTwoHours, CorrectsTheLevelOnceAndRaisesNothingOnTheWay) {
  Stage stage(one_hall()
                  .counter("other", "door")
                  .rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 100}));
  stage.clock(0);
  stage.crossed("counter", 0, 0);
  for (int second = 60; second <= 7200; second += 60) {
    stage.clock(second);
    stage.crossed("other", second, 0, 0, 60s);
  }
  EXPECT_EQ(stage.now("hall").quality, Quality::kStale);

  EXPECT_EQ(stage.alive("counter", 7199), Outcome::kApplied) << "the heartbeat comes first";
  // It empties its buffer: 600 came in the first hour, and all but 40 left in the second. Told one
  // minute after the other, the hall is full in between; it never was since the limit is judged.
  for (int minute = 1; minute <= 120; ++minute) {
    const bool coming = minute <= 60;
    const Outcome outcome = stage.crossed("counter", 60 * minute - 2, coming ? 10 : 0,
                                          coming || minute > 116 ? 0 : 10, 60s);
    ASSERT_FALSE(is_rejection(outcome)) << minute;
  }
  EXPECT_EQ(stage.accounting.of(Outcome::kLateApplied), 118U) << "the last two are not late";
  for (int second = 7201; second <= 7215; ++second) {
    stage.clock(second);
    stage.crossed("other", second, 0);
    stage.crossed("counter", second, 0);
  }
  EXPECT_EQ(stage.now("hall").occupancy, 40);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
  EXPECT_THAT(stage.alerts(), IsEmpty());
  EXPECT_TRUE(stage.accounting.balanced());
}

TEST(HourlySensor, FreezesNobodyAndItsOwnZoneWaitsForIt) {
  Stage stage(VenueBuilder()
                  .zone("hall")
                  .zone("annexe")
                  .opening("door", "", "hall")
                  .opening("side", "", "annexe")
                  .counter("counter", "door")
                  .counter("hourly", "side", 60min)
                  .windows({kMinute}));
  stage.crossed("hourly", 0, 0, 0, 60min);
  stage.quiet("counter", 1, 3599);
  EXPECT_TRUE(stage.final("hall", 3540, kMinute)) << "closed long ago";
  EXPECT_FALSE(stage.final("annexe", 3540, kMinute)) << "may still be told of";
  EXPECT_EQ(stage.now("annexe").quality, Quality::kGood) << "it need not have spoken yet";
  stage.crossed("hourly", 3600, 60, 0, 60min);
  stage.quiet("counter", 3600, 7300);
  ASSERT_TRUE(stage.final("annexe", 1800, kMinute));
  EXPECT_EQ(stage.final("annexe", 1800, kMinute)->occupancy, 30);
  EXPECT_EQ(stage.final("annexe", 1800, kMinute)->revision, 0U);
}

TEST(FastClock, MovesNobodyElsesTime) {
  Stage stage(two_rooms().windows({kSecond}));
  for (int second = 1; second <= 30; ++second) {
    stage.clock(second);
    EXPECT_EQ(stage.crossed("door-counter", second + 50, 1), Outcome::kApplied);
    EXPECT_EQ(stage.crossed("gate-counter", second, 2), Outcome::kApplied);
    EXPECT_EQ(stage.venue_time(), second);
  }
  EXPECT_TRUE(has(stage.now("plaza"), QualityReason::kClockSkewed));
  EXPECT_EQ(stage.now("plaza").occupancy, 30);
  EXPECT_EQ(stage.now("corridor").occupancy, 30);
  EXPECT_EQ(times(stage, Oddity::kClockAhead, 1), 30U);
}

// The hall's counter speaks each second, the annexe every five minutes. What the counter said is
// forgotten long before the annexe can no longer change what was then.
class BesideSlowSensors : public ::testing::Test {
 protected:
  BesideSlowSensors() {
    stage.crossed("slow", 0, 0, 0, 300s);
    for (int second = 1; second <= 299; ++second) {
      stage.crossed("counter", second, second == 5 ? 6 : second == 11 ? 4 : 0);
      if (second == 10) stage.anchor("", 10.25, 12);
    }
    EXPECT_EQ(stage.now("hall").occupancy, 12 + 3) << "three of four came after the count";
  }
  Stage stage{VenueBuilder()
                  .zone("hall")
                  .zone("annexe")
                  .opening("door", "", "hall")
                  .opening("side", "", "annexe")
                  .counter("counter", "door")
                  .counter("slow", "side", 5min)
                  .gauge("rare", "annexe", 5min)
                  .windows({{.size_s = 300, .hop_s = 10}})
                  .revise_for(7s)};
};

TEST_F(BesideSlowSensors, ACountOfTheVenueIsSpreadAnewWithoutLosingWhoCameAfterIt) {
  EXPECT_EQ(stage.crossed("slow", 300, 60, 0, 300s), Outcome::kApplied);
  stage.quiet("counter", 300, 302);
  EXPECT_EQ(stage.now("hall").occupancy, 9 + 3) << "before the count two were in the annexe";
}

TEST_F(BesideSlowSensors, AGaugeInTheSecondOfACountOfTheVenueIsOfItsOwnZoneOnly) {
  EXPECT_EQ(stage.present("rare", 10.75, 40), Outcome::kApplied);
  stage.quiet("counter", 300, 302);
  EXPECT_EQ(stage.now("hall").occupancy, 12 + 3);
  EXPECT_EQ(stage.now("annexe").occupancy, 40);
}

}  // namespace
}  // namespace crowdflow::testing
