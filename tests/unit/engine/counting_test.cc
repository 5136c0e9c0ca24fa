// What readings do to the number of people: through a Shard, as users meet it.

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

constexpr auto kApplied = Outcome::kApplied;
constexpr auto kDuplicate = Outcome::kDuplicate;
constexpr auto kRevised = Outcome::kRevised;
constexpr auto kLate = Outcome::kLate;

// Everybody speaks of the second that ends at `time`, so that what is known goes until then.
void everybody_quiet(Stage& stage, double time) {
  for (const Sensor& sensor : stage.venue().sensors) {
    if (sensor.counts == CountKind::kDelta) stage.crossed(sensor.id, time, 0);
  }
}

TEST(Counting, MovesPeopleFromZoneToZone) {
  Stage stage(two_rooms());
  EXPECT_EQ(stage.crossed("gate-counter", 1, 10, 1), kApplied);
  EXPECT_EQ(stage.crossed("door-counter", 2, 4, 1), kApplied);
  everybody_quiet(stage, 3);
  EXPECT_EQ(stage.now("plaza").occupancy, 6);
  EXPECT_EQ(stage.now("corridor").occupancy, 3);
}

TEST(Counting, LosesNobodyBetweenZones) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 0, 200);
  stage.crossed("door-counter", 0, 100);
  std::int64_t inside = 200;
  for (int second = 1; second <= 100; ++second) {
    const int entered = second % 5;
    const int left = second % 3;
    stage.crossed("gate-counter", second, entered, left);
    stage.crossed("door-counter", second, (second * 7) % 4, (second * 3) % 2);
    inside += entered - left;
    ASSERT_EQ(stage.now("plaza").occupancy + stage.now("corridor").occupancy, inside) << second;
  }
}

TEST(Counting, TurnsAReversedSensorAround) {
  Stage stage(one_hall().reversed());
  stage.crossed("counter", 1, 2, 7);
  stage.quiet("counter", 2, 2);
  EXPECT_EQ(stage.now("hall").occupancy, 5);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].entries, 7);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].exits, 2);
}

TEST(Counting, ShowsNobodyWhereMoreLeftThanCame) {
  Stage stage(one_hall());
  stage.crossed("counter", 1, 0, 3);
  stage.quiet("counter", 2, 2);
  EXPECT_EQ(stage.now("hall").occupancy, 0);
  stage.crossed("counter", 3, 5);
  stage.quiet("counter", 4, 4);
  EXPECT_EQ(stage.now("hall").occupancy, 2) << "the balance was not clipped";
}

TEST(Counting, IgnoresADuplicate) {
  Stage stage(one_hall());
  EXPECT_EQ(stage.crossed("counter", 1, 5), kApplied);
  EXPECT_EQ(stage.crossed("counter", 1, 5), kDuplicate);
  stage.quiet("counter", 2, 2);
  EXPECT_EQ(stage.now("hall").occupancy, 5);
}

TEST(Counting, IgnoresADuplicateBySequence) {
  Stage stage(one_hall());
  const CountDelta five{.entries = 5};
  EXPECT_EQ(stage.say("counter", 1, five, 1s, 1), kApplied);
  EXPECT_EQ(stage.say("counter", 2, five, 1s, 2), kApplied);
  EXPECT_EQ(stage.say("counter", 1, five, 1s, 1), kDuplicate);
  EXPECT_EQ(stage.say("counter", 2, five, 1s, 2), kDuplicate);
  EXPECT_EQ(stage.now("hall").occupancy, 10);
}

TEST(Counting, ReplacesWhatIsRevised) {
  Stage stage(one_hall());
  stage.crossed("counter", 1, 5);
  EXPECT_EQ(stage.crossed("counter", 1, 3), kRevised);
  EXPECT_EQ(stage.crossed("counter", 1, 3), kDuplicate);
  stage.quiet("counter", 2, 2);
  EXPECT_EQ(stage.now("hall").occupancy, 3);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].entries, 3);
}

TEST(Counting, ReplacesWhatIsRevisedBySequenceEvenTheTime) {
  Stage stage(one_hall());
  stage.say("counter", 1, CountDelta{.entries = 5}, 1s, 1);
  stage.say("counter", 4, CountDelta{.entries = 1}, 1s, 2);
  EXPECT_EQ(stage.say("counter", 3, CountDelta{.entries = 2}, 2s, 1), kRevised);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 1)->occupancy, 0);
  EXPECT_EQ(stage.final("hall", 2)->occupancy, 1);
  EXPECT_EQ(stage.final("hall", 3)->occupancy, 2);
  EXPECT_EQ(stage.final("hall", 4)->occupancy, 3);
}

TEST(Counting, TakesASequenceThatBeginsAnewForARestartOfTheSensor) {
  Stage stage(one_hall());
  const CountDelta five{.entries = 5};
  stage.say("counter", 1, five, 1s, 100);
  EXPECT_EQ(stage.say("counter", 2, five, 1s, 1), kApplied);
  EXPECT_EQ(stage.say("counter", 3, five, 1s, 2), kApplied);
  EXPECT_EQ(stage.say("counter", 1, five, 1s, 100), kDuplicate);
  EXPECT_EQ(stage.now("hall").occupancy, 15);
}

TEST(Counting, TellsTwoRunsApartByBootId) {
  Stage stage(one_hall());
  const CountDelta five{.entries = 5};
  stage.say("counter", 1, five, 1s, 1, 11);
  EXPECT_EQ(stage.say("counter", 2, five, 1s, 1, 12), kApplied);
  EXPECT_EQ(stage.say("counter", 1, five, 1s, 1, 11), kDuplicate);
  EXPECT_EQ(stage.now("hall").occupancy, 10);
}

TEST(Counting, TakesOneKindAtOneInstantForOneReading) {
  Stage stage(one_hall());
  EXPECT_EQ(stage.crossed("counter", 1, 5), kApplied);
  EXPECT_EQ(stage.alive("counter", 1), kApplied) << "another kind";
  EXPECT_EQ(stage.alive("counter", 1), kDuplicate);
}

TEST(Counting, LetsAGaugeCorrectTheLevel) {
  Stage stage(one_hall().gauge("lidar", "hall"));
  stage.crossed("counter", 1, 5);
  stage.present("lidar", 1.5, 8);
  stage.crossed("counter", 2, 4);  // two of them after 1.5
  stage.present("lidar", 3, 20);
  stage.crossed("counter", 3, 1);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 1)->occupancy, 5);
  EXPECT_EQ(stage.final("hall", 2)->occupancy, 10);
  EXPECT_EQ(stage.final("hall", 3)->occupancy, 20) << "counted on the stroke of 3";
}

TEST(Counting, PutsALateGaugeBeforeWhatFollowedIt) {
  Stage stage(one_hall().gauge("lidar", "hall"));
  for (int second = 1; second <= 10; ++second)
    stage.crossed("counter", second, 1);
  EXPECT_EQ(stage.present("lidar", 4, 50), kApplied);
  EXPECT_EQ(stage.now("hall").occupancy, 56);
}

TEST(Counting, LetsTheFirstInTheVenueFileWinOfTwoGaugesOfOneInstant) {
  for (const bool first_comes_first : {true, false}) {
    Stage stage(one_hall().gauge("first", "hall").gauge("second", "hall"));
    if (first_comes_first) stage.present("first", 1, 10);
    stage.present("second", 1, 20);
    if (!first_comes_first) stage.present("first", 1, 10);
    EXPECT_EQ(stage.present("second", 0.9, 30), kApplied);
    stage.finish();
    EXPECT_EQ(stage.final("hall", 1)->occupancy, 10);
  }
}

TEST(Counting, LetsAPersonsCountWinOverItsOwnMachines) {
  for (const bool anchor_first : {true, false}) {
    Stage stage(one_hall().gauge("lidar", "hall"));
    const Anchor count{.zone_id = "hall", .people = 7};
    if (anchor_first) stage.say("lidar", 1, count);
    stage.present("lidar", 1, 9);
    if (!anchor_first) stage.say("lidar", 1, count);
    stage.finish();
    EXPECT_EQ(stage.final("hall", 1)->occupancy, 7);
  }
}

TEST(Counting, RevisesAGauge) {
  Stage stage(one_hall().gauge("lidar", "hall"));
  stage.present("lidar", 1.5, 10);
  stage.present("lidar", 1.2, 99);
  EXPECT_EQ(stage.present("lidar", 1.5, 12), kRevised);
  stage.crossed("counter", 3, 1);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 2)->occupancy, 12);
  EXPECT_EQ(stage.final("hall", 3)->occupancy, 13);
}

TEST(Counting, FallsBackToTheGaugeBeforeWhenOneIsMovedAway) {
  Stage stage(one_hall().gauge("lidar", "hall"));
  stage.say("lidar", 1.2, Occupancy{.people = 99}, 0s, 1);
  stage.say("lidar", 1.5, Occupancy{.people = 10}, 0s, 2);
  EXPECT_EQ(stage.say("lidar", 0.5, Occupancy{.people = 10}, 0s, 2), kRevised);
  stage.crossed("counter", 3, 0);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 1)->occupancy, 10);
  EXPECT_EQ(stage.final("hall", 3)->occupancy, 99);
}

TEST(Counting, EmptiesAllZonesByAnAnchorForTheVenue) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 10);
  stage.crossed("door-counter", 1, 4);
  EXPECT_EQ(stage.anchor("", 2, 0), kApplied);
  everybody_quiet(stage, 3);
  EXPECT_EQ(stage.now("plaza").occupancy, 0);
  EXPECT_EQ(stage.now("corridor").occupancy, 0);
  EXPECT_EQ(stage.now("plaza").quality, Quality::kGood) << "nobody is nowhere";
}

TEST(Counting, TakesAPersonsCountOfEachOfManyZonesAtOneInstant) {
  VenueBuilder builder;
  for (int i = 0; i < 400; ++i) {
    const std::string id = "zone-" + std::to_string(i);
    builder.zone(id).opening("door-" + id, "", id).counter("counter-" + id, "door-" + id);
  }
  Stage stage(builder);
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(stage.anchor("zone-" + std::to_string(i), 10, 300 + i), kApplied) << i;
    ASSERT_EQ(stage.now("zone-" + std::to_string(i)).occupancy, 300 + i);
  }
  EXPECT_EQ(stage.anchor("zone-0", 10, 300), kDuplicate);
  EXPECT_EQ(stage.anchor("zone-0", 10, 7), kRevised);
}

TEST(Counting, SpreadsACountOfTheVenueOverItsZonesAsTheyWereKnownToBe) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 9);
  stage.crossed("door-counter", 1, 3);
  EXPECT_EQ(stage.anchor("", 2, 11), kApplied);
  everybody_quiet(stage, 3);
  EXPECT_EQ(stage.now("plaza").occupancy, 7) << "two thirds, and the larger remainder";
  EXPECT_EQ(stage.now("corridor").occupancy, 4);
  EXPECT_EQ(stage.now("plaza").quality, Quality::kDegraded);
  EXPECT_EQ(stage.now("plaza").quality_reasons, bit(QualityReason::kApportioned));
}

TEST(Counting, SpreadsACountOfTheVenueAnewWhenMoreIsKnownOfTheTimeBefore) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 9);
  stage.crossed("door-counter", 1, 3);
  EXPECT_EQ(stage.anchor("", 2, 12), kApplied);
  everybody_quiet(stage, 3);
  EXPECT_EQ(stage.now("corridor").occupancy, 4);
  stage.say("door-counter", 0.5, CountDelta{.entries = 3});
  everybody_quiet(stage, 4);
  EXPECT_EQ(stage.now("plaza").occupancy, 4);
  EXPECT_EQ(stage.now("corridor").occupancy, 8);
}

TEST(Counting, SpreadsACountOfTheVenueByAreaWhenNothingElseIsKnown) {
  Stage stage(two_rooms().starts(StartLevel::kUnknown));
  everybody_quiet(stage, 1);
  EXPECT_EQ(stage.anchor("", 2, 12), kApplied);
  everybody_quiet(stage, 3);
  const double plaza = stage.venue().zones[0].area_m2;
  const double corridor = stage.venue().zones[1].area_m2;
  EXPECT_EQ(stage.now("plaza").occupancy, std::llround(12 * plaza / (plaza + corridor)));
  EXPECT_EQ(stage.now("plaza").occupancy + stage.now("corridor").occupancy, 12);
}

TEST(Counting, TakesAnAnchorForTheVenueForItsOnlyZone) {
  Stage stage(one_hall());
  stage.crossed("counter", 1, 10);
  EXPECT_EQ(stage.anchor("", 2, 5), kApplied);
  stage.quiet("counter", 3, 3);
  EXPECT_EQ(stage.now("hall").occupancy, 5);
}

TEST(Counting, RejectsWhatIsTooLateToTellFromARepeat) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 100);
  EXPECT_EQ(stage.crossed("counter", 34.5, 7), kApplied) << "5 s, 1 s and 60 s after the event";
  EXPECT_EQ(stage.crossed("counter", 33.5, 7), kLate);
  EXPECT_EQ(stage.crossed("counter", 34, 0), kDuplicate);
  EXPECT_EQ(stage.crossed("counter", 20, 3), kLate) << "a revision, but too late";
  EXPECT_EQ(stage.now("hall").occupancy, 7);
}

TEST(Counting, CorrectsTheLevelByWhatASensorKeptWhileItWasOffLine) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 20);
  stage.crossed("door-counter", 1, 0);
  stage.quiet("gate-counter", 2, 300);
  for (int second = 2; second <= 200; ++second) {
    ASSERT_EQ(stage.crossed("door-counter", second, second <= 6 ? 2 : 0), Outcome::kLateApplied);
  }
  EXPECT_EQ(stage.now("plaza").occupancy, 10);
  EXPECT_EQ(stage.now("corridor").occupancy, 10);
  EXPECT_EQ(stage.crossed("door-counter", 200, 0), kDuplicate);
  EXPECT_EQ(stage.crossed("door-counter", 199.5, 0), kLate) << "not newer than all before";
  EXPECT_EQ(stage.shard.sensor_totals("hall")[1].entries, 10);
}

TEST(Counting, CorrectsTheLevelByWhatWasKeptAlsoWhenTheSensorSpokeAgainFirst) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 20);
  stage.crossed("door-counter", 1, 0);
  stage.quiet("gate-counter", 2, 300);
  stage.alive("door-counter", 150);  // does not count: it says nothing about people
  EXPECT_EQ(stage.crossed("door-counter", 300, 1), kApplied);
  for (int second = 2; second <= 200; ++second) {
    ASSERT_EQ(stage.crossed("door-counter", second, second <= 6 ? 2 : 0), Outcome::kLateApplied);
  }
  stage.quiet("gate-counter", 301, 301);
  EXPECT_EQ(stage.now("corridor").occupancy, 11);
  EXPECT_EQ(stage.crossed("door-counter", 100, 5), kLate);
}

TEST(Counting, LetsALateCorrectionCountAfterTheLatestGaugeOnly) {
  Stage stage(one_hall().counter("other", "door"));
  stage.crossed("other", 1, 0);
  stage.quiet("counter", 1, 229);
  stage.anchor("hall", 230, 50);
  stage.quiet("counter", 230, 300);
  EXPECT_EQ(stage.crossed("other", 229, 3), Outcome::kLateApplied);
  EXPECT_EQ(stage.now("hall").occupancy, 50) << "counted by hand since";
  EXPECT_EQ(stage.crossed("other", 232, 4), Outcome::kLateApplied);
  EXPECT_EQ(stage.now("hall").occupancy, 54);
}

TEST(Counting, RejectsWhatItDoesNotKnowOrBelieve) {
  Stage stage(two_rooms().gauge("lidar", "corridor"));
  const CountDelta one{.entries = 1};
  EXPECT_EQ(stage.say({.venue_id = "nowhere", .event_time = at(1), .statement = one}),
            Outcome::kUnknownVenue);
  EXPECT_EQ(stage.say("nobody", 1, one), Outcome::kUnknownSensor);
  EXPECT_EQ(stage.say("", 1, one), Outcome::kUnknownSensor);
  EXPECT_EQ(stage.anchor("attic", 1, 0), Outcome::kUnknownSensor);
  EXPECT_EQ(stage.say("gate-counter", 1, Statement{}), Outcome::kImpossible);
  EXPECT_EQ(stage.say("gate-counter", 1, one, -1s), Outcome::kImpossible);
  EXPECT_EQ(stage.say("gate-counter", 1, one, 86'400s), kApplied);
  EXPECT_EQ(stage.say("gate-counter", 2, one, 86'401s), Outcome::kImpossible);
  EXPECT_EQ(stage.say("gate-counter", 2, CountDelta{.entries = 1'000'001}), Outcome::kImpossible);
  EXPECT_EQ(stage.say("gate-counter", 2, CountDelta{.exits = 1'000'001}), Outcome::kImpossible);
  EXPECT_EQ(stage.present("gate-counter", 2, 5), Outcome::kImpossible);
  EXPECT_EQ(stage.say("lidar", 2, one), Outcome::kImpossible);
  EXPECT_EQ(stage.say("lidar", 2, Occupancy{.people = 1, .stddev = std::nan("")}),
            Outcome::kImpossible);
  EXPECT_EQ(stage.say("lidar", 2, Occupancy{.people = 1, .stddev = -1}), Outcome::kImpossible);
  EXPECT_EQ(stage.say("lidar", 2, Anchor{.zone_id = "plaza"}), Outcome::kImpossible)
      << "it does not see the plaza";
  EXPECT_EQ(stage.say("lidar", 2, Motion{}), Outcome::kImpossible);
  EXPECT_EQ(stage.say("gate-counter", 2, CountTotal{}), Outcome::kImpossible);
  EXPECT_TRUE(stage.accounting.balanced());
  EXPECT_EQ(stage.accounting.of(kApplied), 1U);
}

TEST(Counting, RejectsStampsOutsideTheYears1970To2200) {
  Stage stage(one_hall());
  stage.clock(1e10);
  const auto stamped = [&](EventTime stamp, Span interval = Span{0}) {
    return stage.say({.venue_id = "hall",
                      .sensor_id = "counter",
                      .event_time = stamp,
                      .interval = interval,
                      .statement = CountDelta{}});
  };
  EXPECT_EQ(stamped(kEarliestEvent - Span{1}), Outcome::kImpossible);
  EXPECT_EQ(stamped(kEarliestEvent, 1s), Outcome::kImpossible);
  EXPECT_EQ(stamped(EventTime::min()), Outcome::kImpossible);
  EXPECT_EQ(stamped(EventTime::max()), Outcome::kImpossible);
  EXPECT_EQ(stamped(kLatestEvent + Span{1}), Outcome::kImpossible);
  EXPECT_EQ(stamped(kEarliestEvent + 1s, 1s), kApplied);
  EXPECT_EQ(stamped(kLatestEvent), kApplied);
}

TEST(Counting, RejectsMorePeopleThanTheSensorCanCount) {
  VenueBuilder builder = one_hall();
  builder.sensor().max_rate_per_minute = 60;
  Stage stage(builder);
  EXPECT_EQ(stage.crossed("counter", 10, 11, 11, 10s), kApplied);
  EXPECT_EQ(stage.crossed("counter", 20, 12, 0, 10s), Outcome::kImpossible);
  EXPECT_EQ(stage.crossed("counter", 20, 0, 12, 10s), Outcome::kImpossible);
  EXPECT_EQ(stage.crossed("counter", 20, 1, 0, 0s), kApplied) << "somebody crosses at an instant";
}

TEST(Counting, KeepsRecognizingRepeatsAtTwiceTheDeclaredRate) {
  Stage stage(one_hall());
  for (int half = 1; half <= 400; ++half)
    ASSERT_EQ(stage.crossed("counter", half / 2.0, 1, 0, 500ms), kApplied);
  for (int half = 270; half <= 400; ++half)
    ASSERT_EQ(stage.crossed("counter", half / 2.0, 1, 0, 500ms), kDuplicate) << half;
}

TEST(Counting, RejectsWhatItMayHaveForgottenOfASensorFarAboveItsRate) {
  Stage stage(one_hall());
  for (int i = 1; i <= 2000; ++i)
    ASSERT_EQ(stage.crossed("counter", i / 50.0, 1, 0, 20ms), kApplied);
  EXPECT_EQ(stage.crossed("counter", 100 / 50.0, 1, 0, 20ms), kLate);
  EXPECT_EQ(stage.now("hall").occupancy, 2000);
}

TEST(Counting, BalancesItsAccounts) {
  Stage stage(two_rooms());
  for (int second = 1; second <= 200; ++second) {
    stage.crossed("gate-counter", second, 1);
    stage.crossed("gate-counter", second, 1);
    if (second % 10 == 0) stage.crossed("gate-counter", second, 2);
    if (second % 20 == 0) stage.crossed("gate-counter", second - 150.5, 1);
    if (second % 50 == 0) stage.crossed("nobody", second, 1);
  }
  EXPECT_TRUE(stage.accounting.balanced());
  EXPECT_EQ(stage.accounting.of(kApplied), 200U);
  EXPECT_EQ(stage.accounting.of(kDuplicate), 200U);
  EXPECT_EQ(stage.accounting.of(kRevised), 20U);
  EXPECT_EQ(stage.accounting.of(Outcome::kUnknownSensor), 4U);
}

}  // namespace
}  // namespace crowdflow::testing
