#include "sim/scenario.h"

#include <gmock/gmock.h>

#include "halls.h"

namespace crowdflow::sim {
namespace {

using std::chrono::seconds;

Span cycle_of(const Scenario& scenario) {
  Span sum{0};
  for (const Phase& phase : scenario.phases)
    sum += phase.length;
  return sum;
}

TEST(Scenario, TakesTwoMinutesAndNamesItsPhases) {
  const Scenario scenario = scenario_for(small_arena());
  ASSERT_EQ(scenario.phases.size(), 4);
  EXPECT_EQ(cycle_of(scenario), seconds{120});
  EXPECT_EQ(name_of(scenario.phases[0].kind), "calm");
  EXPECT_EQ(name_of(scenario.phases[1].kind), "arrivals");
  EXPECT_EQ(name_of(scenario.phases[2].kind), "surge");
  EXPECT_EQ(name_of(scenario.phases[3].kind), "recovery");
}

TEST(Scenario, IsAsShortAsToldButNotShorterThanTheSurgeNeeds) {
  EXPECT_EQ(cycle_of(scenario_for(small_arena(), seconds{240})), seconds{240});
  const Span shortest = cycle_of(scenario_for(small_arena(), seconds{10}));
  EXPECT_GT(shortest, seconds{30});
  EXPECT_LT(shortest, seconds{70});
  Venue quiet = small_arena();
  quiet.rules.clear();
  EXPECT_EQ(cycle_of(scenario_for(quiet, seconds{12})), seconds{12});
}

TEST(Scenario, SurgesAtTheGateOfTheZoneThatPassesItsLimitSoonest) {
  const Venue venue = small_arena();
  const Scenario scenario = scenario_for(venue);
  ASSERT_TRUE(scenario.surge);
  EXPECT_EQ(venue.zones[scenario.surge->zone].id, "west");
  EXPECT_EQ(scenario.surge->gate, 0);
  // The limit is 1.5 people/m2 on 60 m2; clearly over it is 35 % more.
  EXPECT_EQ(scenario.surge->peak, 121);
}

TEST(Scenario, StaysBelowTheNextLimitOfTheSameZone) {
  Venue venue = small_arena();
  Rule crush = venue.rules[0];
  crush.id = "crush";
  crush.over = 2;
  venue.rules.push_back(crush);
  const Scenario scenario = scenario_for(venue);
  ASSERT_TRUE(scenario.surge);
  EXPECT_EQ(scenario.surge->rule, 0);
  EXPECT_LT(scenario.surge->peak, 120);
  EXPECT_GT(scenario.surge->peak, 97);
}

TEST(Scenario, TakesLongerWhereTheGateIsNarrowOrTheWindowLong) {
  Venue narrow = small_arena();
  narrow.openings[0].width_m = 1;
  narrow.openings[1].width_m = 1;
  EXPECT_GT(cycle_of(scenario_for(narrow)), seconds{120});

  Venue slow = small_arena();
  slow.rules[0].window = WindowSpec{.size_s = 60, .hop_s = 60};
  EXPECT_GT(cycle_of(scenario_for(slow)), seconds{200});
}

TEST(Scenario, WaitsForCountersThatSpeakSeldom) {
  Venue seldom = small_arena();
  for (Sensor& sensor : seldom.sensors)
    sensor.every = seconds{60};
  // A minute more at the peak and a minute more of recovery, of which the calm gives ten seconds.
  EXPECT_GT(cycle_of(scenario_for(seldom)), seconds{180});
}

TEST(Scenario, PrefersAZoneWhoseOpeningsAreAllMeasured) {
  Venue venue = small_arena();
  std::erase_if(venue.sensors, [](const Sensor& sensor) { return sensor.at == 2U; });
  const Scenario scenario = scenario_for(venue);
  ASSERT_TRUE(scenario.surge);
  EXPECT_EQ(venue.zones[scenario.surge->zone].id, "east");
}

TEST(Scenario, HasNoSurgeWhereNoLimitCanBePassed) {
  Venue venue = small_arena();
  venue.rules[0].over = 5.3;  // 95 % of a jam is 5.1 people/m2
  EXPECT_FALSE(scenario_for(venue).surge);
  venue.rules.clear();
  EXPECT_FALSE(scenario_for(venue).surge);
  venue = small_arena();
  venue.sensors.erase(venue.sensors.begin(), venue.sensors.begin() + 2);
  EXPECT_FALSE(scenario_for(venue).surge);
}

TEST(Scenario, HasNoSurgeWhereTheGaugeCannotCountSoMany) {
  Venue venue = small_arena();
  for (const ZoneIndex zone : {0U, 1U}) {
    venue.sensors.push_back({.id = "area-" + std::to_string(zone),
                             .counts = CountKind::kOccupancy,
                             .in = zone,
                             .capped_at = 60});
  }
  EXPECT_FALSE(scenario_for(venue).surge);
}

TEST(Scenario, KeepsTheRoomInEveryZoneBelowItsLimitsAndItsCapacity) {
  Venue venue = small_arena();
  venue.zones[4].capacity = 20;
  const Scenario scenario = scenario_for(venue);
  ASSERT_EQ(scenario.room.size(), venue.zones.size());
  for (ZoneIndex zone = 0; zone < venue.zones.size(); ++zone) {
    EXPECT_GE(scenario.room[zone], 1);
    EXPECT_LE(static_cast<double>(scenario.room[zone]), 0.7 * 1.3 * venue.zones[zone].area_m2);
  }
  EXPECT_EQ(scenario.room[4], 20);
}

TEST(Scenario, IsThereForAVenueOfNothing) {
  const Scenario scenario = scenario_for(empty_hall());
  EXPECT_FALSE(scenario.surge);
  EXPECT_TRUE(scenario.room.empty());
}

}  // namespace
}  // namespace crowdflow::sim
