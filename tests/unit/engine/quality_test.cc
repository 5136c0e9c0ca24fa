// How far what is said can be relied on.

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

QualityReasons only(QualityReason reason) { return bit(reason); }

TEST(Quality, IsGoodWhenAllSensorsSpeakAndTheStartIsKnown) {
  Stage stage(two_rooms());
  for (int second = 1; second <= 30; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("door-counter", second, 0);
  }
  EXPECT_EQ(stage.now("plaza").quality, Quality::kGood);
  EXPECT_EQ(stage.now("plaza").quality_reasons, 0);
}

// A counter that speaks each second may be silent for three of them and the lateness of 5 s.
TEST(Quality, IsStaleWhenASensorIsSilentForTooLong) {
  Stage stage(one_hall());
  stage.tick(10);
  stage.quiet("counter", 1, 10);
  stage.tick(10);
  stage.ticks(11, 18);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
  stage.tick(19);
  EXPECT_EQ(stage.now("hall").quality, Quality::kStale);
  EXPECT_EQ(stage.now("hall").quality_reasons, only(QualityReason::kSensorSilent));
  ASSERT_FALSE(stage.lives("hall").empty());
  EXPECT_EQ(stage.lives("hall").back().quality, Quality::kStale) << "and it is said at once";
}

TEST(Quality, IsNotStaleByTicksThatProveNothing) {
  Stage stage(one_hall());
  stage.clock(10);
  stage.quiet("counter", 1, 10);
  for (int now = 11; now <= 1000; ++now)
    stage.clock(now);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
}

TEST(Quality, IsStaleInBothZonesThatASensorFeedsWhenTheOthersSpeakOn) {
  Stage stage(
      two_rooms().zone("foyer").opening("arch", "", "foyer").counter("arch-counter", "arch"));
  stage.crossed("door-counter", 1, 0);
  for (int second = 1; second <= 20; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("arch-counter", second, 1);
  }
  EXPECT_EQ(stage.now("plaza").quality, Quality::kStale);
  EXPECT_EQ(stage.now("corridor").quality, Quality::kStale);
  EXPECT_EQ(stage.now("foyer").quality, Quality::kGood);
}

TEST(Quality, IsKeptUpByHeartbeats) {
  Stage stage(one_hall());
  stage.crossed("counter", 1, 1);
  for (int second = 2; second <= 100; ++second)
    stage.alive("counter", second);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
}

TEST(Quality, IsNotKeptUpByRepeats) {
  Stage stage(two_rooms());
  stage.crossed("door-counter", 1, 0);
  for (int second = 1; second <= 30; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("door-counter", 1, 0);
  }
  EXPECT_EQ(stage.now("corridor").quality, Quality::kStale);
}

TEST(Quality, OfAWindowIsThatOfItsEndAlsoWhenItClosesLater) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 10);
  stage.quiet("counter", 30, 60);
  EXPECT_EQ(stage.final("hall", 18)->quality, Quality::kGood);
  EXPECT_EQ(stage.final("hall", 19)->quality, Quality::kStale);
  EXPECT_EQ(stage.final("hall", 29)->quality, Quality::kStale);
  EXPECT_EQ(stage.final("hall", 30)->quality, Quality::kGood);
}

TEST(Quality, OfAClosedWindowIsRevisedByWhatComesLate) {
  for (const bool by_heartbeat : {false, true}) {
    Stage stage(two_rooms());
    stage.quiet("door-counter", 1, 10);
    stage.quiet("gate-counter", 1, 40);
    ASSERT_EQ(stage.final("corridor", 25)->quality, Quality::kStale);
    for (int second = 11; second <= 40; ++second) {
      if (by_heartbeat) {
        stage.alive("door-counter", second);
      } else {
        stage.crossed("door-counter", second, 0);
      }
    }
    stage.quiet("gate-counter", 41, 41);
    EXPECT_EQ(stage.final("corridor", 25)->quality, Quality::kGood);
    EXPECT_EQ(stage.final("corridor", 25)->revision, 1U);
  }
}

TEST(Quality, IsUnknownWhereNothingWasHeardYet) {
  Stage stage(two_rooms().zone("attic").gauge("lidar", "attic"));
  for (int second = 1; second <= 10; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("door-counter", second, 0);
  }
  EXPECT_EQ(stage.now("plaza").quality, Quality::kGood);
  const ZoneState attic = stage.now("attic");
  EXPECT_EQ(attic.quality, Quality::kUnknown);
  EXPECT_TRUE(has(attic, QualityReason::kNeverHeard));
  stage.present("lidar", 11, 3);
  stage.crossed("gate-counter", 12, 0);
  stage.crossed("door-counter", 12, 0);
  stage.present("lidar", 12, 4);
  EXPECT_EQ(stage.now("attic").quality, Quality::kGood);
  EXPECT_EQ(stage.now("attic").occupancy, 4);
  stage.finish();
  EXPECT_EQ(stage.final("attic", 10)->quality, Quality::kUnknown);
  EXPECT_EQ(stage.final("attic", 11)->quality, Quality::kGood);
}

TEST(Quality, IsUnknownWhereThereIsNoSensor) {
  Stage stage(one_hall().zone("attic"));
  stage.quiet("counter", 1, 20);
  EXPECT_EQ(stage.now("attic").quality, Quality::kUnknown);
  EXPECT_EQ(stage.now("attic").quality_reasons, only(QualityReason::kNoSensor));
  stage.anchor("attic", 20, 5);
  stage.quiet("counter", 21, 21);
  EXPECT_EQ(stage.now("attic").quality, Quality::kGood);
  EXPECT_EQ(stage.now("attic").occupancy, 5);
}

TEST(Quality, IsUnknownWhenTheFileSaysThatTheStartIsAndNothingHasToldIt) {
  Stage stage(one_hall().starts(StartLevel::kUnknown));
  for (int second = 1; second <= 20; ++second)
    stage.crossed("counter", second, 6);
  ZoneState hall = stage.now("hall");
  EXPECT_EQ(hall.quality, Quality::kUnknown);
  EXPECT_EQ(hall.quality_reasons, only(QualityReason::kStartUnknown));
  EXPECT_EQ(hall.occupancy, 0);
  EXPECT_EQ(hall.density_mean, 0);
  EXPECT_EQ(hall.density_maximum, 0);
  EXPECT_EQ(hall.inflow, 360) << "who crosses is known all the same";
  stage.anchor("hall", 19, 50);
  stage.quiet("counter", 21, 21);
  hall = stage.now("hall");
  EXPECT_EQ(hall.quality, Quality::kGood);
  EXPECT_EQ(hall.occupancy, 56);
}

TEST(Quality, IsDegradedWhenTheStartWasAssumedUntilAnAnchor) {
  Stage stage(one_hall().starts(StartLevel::kAssumedEmpty));
  stage.crossed("counter", 1, 6);
  stage.quiet("counter", 2, 20);
  ZoneState hall = stage.now("hall");
  EXPECT_EQ(hall.quality, Quality::kDegraded);
  EXPECT_EQ(hall.quality_reasons, only(QualityReason::kUnanchored));
  EXPECT_EQ(hall.occupancy, 6);
  stage.anchor("hall", 20, 4);
  stage.quiet("counter", 21, 300);
  EXPECT_EQ(stage.now("hall").quality, Quality::kGood);
  EXPECT_EQ(stage.now("hall").occupancy, 4);
}

TEST(Quality, IsUnknownWhenHistoryIsMissingUntilAGaugeOrAnAnchor) {
  Stage stage(two_rooms().gauge("lidar", "corridor"));
  stage.shard.forget_levels();
  for (int second = 1; second <= 10; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("door-counter", second, 0);
    if (second > 5) stage.present("lidar", second, 7);
  }
  EXPECT_EQ(stage.now("plaza").quality, Quality::kUnknown);
  EXPECT_EQ(stage.now("plaza").quality_reasons, only(QualityReason::kHistoryMissing));
  EXPECT_EQ(stage.now("corridor").quality, Quality::kGood);
  EXPECT_EQ(stage.now("corridor").occupancy, 7);
  stage.anchor("plaza", 10, 30);
  stage.crossed("gate-counter", 11, 2);
  stage.crossed("door-counter", 11, 0);
  EXPECT_EQ(stage.now("plaza").quality, Quality::kGood);
  EXPECT_EQ(stage.now("plaza").occupancy, 32);
}

TEST(Quality, IsUnknownAlsoInAVenueThatComesAfterHistoryWasFoundMissing) {
  Shard shard;
  Outputs out;
  shard.forget_levels();
  const auto venue = one_hall().build();
  shard.put_venue(venue, out);
  shard.tick({.now = wall(100)}, out);
  for (int second = 1; second <= 3; ++second) {
    EXPECT_EQ(shard.apply({.venue_id = "hall",
                           .sensor_id = "counter",
                           .event_time = at(second),
                           .interval = 1s,
                           .statement = CountDelta{.entries = 1}},
                          out),
              Outcome::kApplied);
  }
  out.clear();
  shard.present("hall", out);
  ASSERT_EQ(out.states.size(), 1U);
  EXPECT_EQ(out.states[0].quality_reasons, only(QualityReason::kHistoryMissing));
}

TEST(Quality, IsDegradedWhenAGaugeIsAtItsCap) {
  VenueBuilder builder = VenueBuilder().zone("hall").gauge("lidar", "hall");
  builder.sensor().capped_at = 50;
  Stage stage(builder);
  const auto said = [&](double time, const Occupancy& occupancy) {
    stage.say("lidar", time, occupancy);
    return has(stage.now("hall"), QualityReason::kCapped);
  };
  EXPECT_FALSE(said(1, {.people = 49}));
  EXPECT_TRUE(said(2, {.people = 50})) << "as the file says";
  EXPECT_FALSE(said(3, {.people = 49}));
  EXPECT_TRUE(said(4, {.people = 40, .capped_at = 40})) << "as the reading says";
  EXPECT_EQ(stage.now("hall").quality, Quality::kDegraded);
}

TEST(Quality, IsDegradedWherePeopleMayPassUnseen) {
  Stage stage(
      one_hall().opening("back-door", "", "hall").zone("annex").opening("arch", "hall", "annex"));
  stage.quiet("counter", 1, 10);
  EXPECT_EQ(stage.now("hall").quality_reasons, only(QualityReason::kUnmeasuredOpening));
  EXPECT_EQ(stage.now("annex").quality_reasons & only(QualityReason::kUnmeasuredOpening),
            only(QualityReason::kUnmeasuredOpening));
  Stage gauged(one_hall().opening("back-door", "", "hall").gauge("lidar", "hall"));
  gauged.quiet("counter", 1, 1);
  gauged.present("lidar", 2, 1);
  gauged.quiet("counter", 2, 2);
  EXPECT_EQ(gauged.now("hall").quality, Quality::kGood) << "somebody sees who is there";
}

}  // namespace
}  // namespace crowdflow::testing
