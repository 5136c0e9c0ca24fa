// The venue that `crowdflow demo` shows: what the engine makes of its simulated crowd.

#include <gmock/gmock.h>

#include "examples/example.h"
#include "unit/sim/watched.h"

namespace crowdflow::sim {
namespace {

Venue arena() { return test::example("arena"); }

TEST(Arena, HasAboutTwentyZonesWhoseOpeningsAreAllMeasured) {
  const Venue venue = arena();
  EXPECT_NEAR(static_cast<double>(venue.zones.size()), 20, 2);
  std::vector<bool> measured(venue.openings.size(), false);
  for (const Sensor& sensor : venue.sensors) {
    EXPECT_EQ(sensor.every, Span{std::chrono::seconds{1}}) << sensor.id;
    if (sensor.at) measured[*sensor.at] = true;
  }
  EXPECT_THAT(measured, testing::Each(true));
}

TEST(Arena, SurgesAtTheNorthGateInACycleOfTwoMinutes) {
  const Venue venue = arena();
  const Scenario scenario = scenario_for(venue);
  ASSERT_TRUE(scenario.surge);
  EXPECT_EQ(venue.zones[scenario.surge->zone].id, "north-entrance");
  Span cycle{0};
  for (const Phase& phase : scenario.phases)
    cycle += phase.length;
  EXPECT_EQ(cycle, std::chrono::minutes{2});
}

TEST(Arena, IsKnownToTheEngineAtEachSecondInEveryZone) {
  const Venue venue = arena();
  const Watched watched = watch(venue, 2, 1);
  EXPECT_GE(watched.seconds_compared, 220 * venue.zones.size());
  EXPECT_EQ(watched.differences, 0);
  EXPECT_EQ(watched.refused, 0);
}

TEST(Arena, RaisesOneAlarmPerCycleAndClearsIt) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed)
    expect_one_alarm_per_cycle(watch(arena(), 5, seed), 5, "north-entrance");
}

}  // namespace
}  // namespace crowdflow::sim
