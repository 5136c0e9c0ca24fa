// Another version of a venue file comes into force while the venue is full of people.

#include <gmock/gmock.h>
#include <map>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NewVersion, KeepsWhatIsKnown) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 10);
  stage.crossed("door-counter", 1, 4);
  stage.put(VenueBuilder()
                .zone("foyer")
                .zone("corridor", 25)
                .zone("plaza", 200)
                .opening("gate", "", "plaza")
                .opening("arch", "foyer", "plaza")
                .opening("door", "plaza", "corridor")
                .counter("arch-counter", "arch")
                .counter("door-counter", "door")
                .counter("gate-counter", "gate"));
  EXPECT_EQ(stage.venue_time(), 1);
  EXPECT_EQ(stage.crossed("gate-counter", 1, 10), Outcome::kDuplicate);
  EXPECT_EQ(stage.crossed("door-counter", 1, 5), Outcome::kRevised);
  stage.crossed("gate-counter", 2, 1);
  stage.crossed("arch-counter", 2, 1);
  stage.crossed("door-counter", 2, 0);
  EXPECT_EQ(stage.now("plaza").occupancy, 7);
  EXPECT_EQ(stage.now("corridor").occupancy, 5);
  EXPECT_EQ(stage.now("corridor").density_at_end, 0.2) << "by the new area";
  EXPECT_EQ(stage.shard.sensor_totals("hall")[2].entries, 11);
}

// A person counts, and counts again under the same number.
Outcome count(Stage& stage, const std::string& zone, std::uint64_t people) {
  return stage.say("", 1, Anchor{.zone_id = zone, .people = people}, Span{0}, 1, 7);
}

TEST(NewVersion, TakesACountOfAZoneBackFromThatZoneWhereverItStandsInTheFile) {
  const auto with_door = [](VenueBuilder zones) {
    return zones.opening("door", "", "hall").counter("counter", "door");
  };
  Stage stage(with_door(VenueBuilder().zone("hall").zone("foyer").zone("attic")));
  count(stage, "attic", 5);
  stage.put(with_door(VenueBuilder().zone("attic").zone("hall").zone("foyer")));
  EXPECT_EQ(count(stage, "attic", 6), Outcome::kRevised);
  stage.crossed("counter", 2, 1);
  EXPECT_EQ(stage.now("attic").occupancy, 6);
  EXPECT_EQ(stage.now("foyer").occupancy, 0);
}

TEST(NewVersion, ForgetsACountOfAZoneThatIsGone) {
  VenueBuilder many;
  for (int i = 0; i < 400; ++i)
    many.zone("z" + std::to_string(i));
  Stage stage(many.opening("door", "", "z0").counter("counter", "door"));
  count(stage, "z399", 5);
  stage.put(
      VenueBuilder().zone("z0").zone("z1").opening("door", "", "z0").counter("counter", "door"));
  EXPECT_EQ(count(stage, "z1", 6), Outcome::kApplied);
  stage.crossed("counter", 2, 1);
  EXPECT_EQ(stage.now("z1").occupancy, 6);
}

TEST(NewVersion, MayComeBeforeTheFirstReading) {
  Stage stage(one_hall());
  stage.put(one_hall().windows({kMinute}));
  stage.crossed("counter", 1, 3);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 60, kMinute)->occupancy, 3);
}

// The files that windows have to survive.
class WindowsOverANewVersion : public ::testing::TestWithParam<VenueBuilder> {};

TEST_P(WindowsOverANewVersion, CloseEachOnceAndNoneIsForgotten) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute}));
  for (int second = 1; second <= 90; ++second)
    stage.crossed("counter", second, 1);
  stage.put(GetParam());
  for (int second = 91; second <= 200; ++second)
    stage.crossed("counter", second, 1);
  stage.finish();
  std::map<double, int> times;
  for (const ZoneState& state : stage.finals("hall")) {
    ++times[since_zero(state.window_end)];
    EXPECT_EQ(state.revision, 0U);
    EXPECT_EQ(state.quality, Quality::kGood);
  }
  EXPECT_EQ(times.size(), 209U);
  for (const auto& [end, count] : times)
    EXPECT_EQ(count, 1) << end;
  EXPECT_EQ(stage.final("hall", 95)->inflow, 60);
  EXPECT_EQ(stage.final("hall", 95)->occupancy, 95);
  EXPECT_THAT(stage.ends(stage.finals("hall", kMinute)), ElementsAre(60, 120, 180, 240));
  EXPECT_EQ(stage.final("hall", 120, kMinute)->inflow, 60);
  EXPECT_EQ(stage.final("hall", 120, kMinute)->density_mean, 0.905);
}

INSTANTIATE_TEST_SUITE_P(
    OfTheFile, WindowsOverANewVersion,
    ::testing::Values(one_hall().windows({kTenSeconds, kMinute}),
                      one_hall().windows({kTenSeconds, kMinute}).lateness(10s),
                      one_hall().windows({kTenSeconds, kMinute}).lateness(0s),
                      one_hall().windows({kTenSeconds, kMinute}).revise_for(0s),
                      one_hall().windows({kTenSeconds, kMinute}).revise_for(600s),
                      one_hall().windows({{.size_s = 5, .hop_s = 1},
                                          kTenSeconds,
                                          kMinute,
                                          {.size_s = 120, .hop_s = 10}}),
                      one_hall()
                          .windows({kTenSeconds, kMinute})
                          .opening("back-door", "", "hall")
                          .counter("slow", "back-door", 60s)));

TEST(NewVersion, GoesOnRevising) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 11, 30);
  stage.crossed("counter", 10, 6);
  stage.put(one_hall().windows({{.size_s = 5, .hop_s = 1}, kTenSeconds}));
  stage.quiet("counter", 31, 31);
  EXPECT_EQ(stage.final("hall", 12)->revision, 1U) << "told before, to be said";
  EXPECT_EQ(stage.final("hall", 12)->occupancy, 6);
  stage.crossed("counter", 10, 7);
  stage.quiet("counter", 32, 32);
  EXPECT_EQ(stage.final("hall", 12)->revision, 2U);
}

TEST(NewVersion, ClearsTheAlarmsOfRulesThatAreGone) {
  const Rule full{.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 10};
  Stage stage(one_hall().rule(full));
  stage.crossed("counter", 1, 11);
  ASSERT_EQ(stage.alerts().size(), 1U);
  stage.out.clear();
  stage.put(one_hall().rule(full));
  EXPECT_THAT(stage.alerts(), IsEmpty());
  stage.put(one_hall());
  ASSERT_EQ(stage.alerts().size(), 1U);
  const auto& [venue, alert] = stage.alerts()[0];
  EXPECT_EQ(venue->rules[alert.rule].id, "full") << "the old file is kept for its words";
  EXPECT_EQ(alert.state, AlarmState::kNormal);
  EXPECT_EQ(alert.event_time, at(1));
  EXPECT_EQ(stage.shard.progress()[0].active_alarms[1], 0U);
}

TEST(NewVersion, JudgesEachSecondOfItsRulesWindowsOnce) {
  Rule rule{.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 10};
  rule.window = WindowSpec{.size_s = 1, .hop_s = 1};
  rule.on_delay = 4s;
  const VenueBuilder builder =
      one_hall().opening("arch", "", "hall").counter("other", "arch").rule(rule);
  Stage stage(builder);
  stage.crossed("other", 1, 0);
  stage.crossed("counter", 1, 0);
  stage.crossed("other", 2, 11);  // what is known of the hall goes until 1
  stage.put(builder);
  for (int second = 2; second <= 10; ++second) {
    stage.crossed("counter", second, 0);
    stage.crossed("other", second + 1, 0);
  }
  ASSERT_EQ(stage.alerts().size(), 1U);
  EXPECT_EQ(stage.alerts()[0].alert.event_time, at(6)) << "above the limit since 2";
}

TEST(NewVersion, StillTellsRepeatsFromNewsAfterMuchWasForgotten) {
  Stage stage(one_hall());
  for (int i = 1; i <= 2000; ++i)
    stage.crossed("counter", i / 50.0, 1, 0, 20ms);
  stage.put(one_hall());
  EXPECT_EQ(stage.crossed("counter", 100 / 50.0, 1, 0, 20ms), Outcome::kLate);
  EXPECT_EQ(stage.now("hall").occupancy, 2000);
}

TEST(NewVersion, TakesNothingBackWhereASensorHasMoved) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 1, 10);
  stage.put(VenueBuilder()
                .zone("plaza")
                .zone("corridor")
                .opening("gate", "", "plaza")
                .opening("door", "plaza", "corridor")
                .counter("gate-counter", "door")
                .counter("door-counter", "gate"));
  stage.crossed("gate-counter", 2, 4);
  stage.crossed("door-counter", 2, 0);
  EXPECT_EQ(stage.now("plaza").occupancy, 6);
  EXPECT_EQ(stage.now("corridor").occupancy, 4);
}

TEST(NewVersion, OfALargeVenueTakesOverAtOnce) {
  VenueBuilder builder;
  for (int i = 0; i < 20'000; ++i)
    builder.zone("zone-" + std::to_string(i));
  builder.opening("door", "", "zone-7").counter("counter", "door", 60s).windows({kMinute});
  Stage stage(builder);
  stage.crossed("counter", 60, 3, 0, 60s);
  stage.put(builder);
  stage.crossed("counter", 61, 0, 0, 1s);
  EXPECT_EQ(stage.now("zone-7").occupancy, 3);
}

}  // namespace
}  // namespace crowdflow::testing
