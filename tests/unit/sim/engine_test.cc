// The simulation and the engine, joined: what the engine makes of what the sensors say is the
// truth, and alarms come when they should and at no other time.

#include <gmock/gmock.h>

#include "halls.h"
#include "watched.h"

namespace crowdflow::sim {
namespace {

using std::chrono::seconds;

TEST(SimulatedVenue, IsKnownToTheEngineAtEachSecondInEveryZone) {
  const Venue venue = small_arena();
  const Watched watched = watch(venue, 3, 1);
  EXPECT_GE(watched.seconds_compared, 340 * venue.zones.size());
  EXPECT_EQ(watched.differences, 0);
  EXPECT_EQ(watched.refused, 0);
}

TEST(SimulatedVenue, RaisesOneAlarmInEachSurgeAndClearsItInTheRecovery) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    expect_one_alarm_per_cycle(watch(small_arena(), 4, seed), 4, "west");
}

TEST(SimulatedVenue, DoesSoWithAWindowAndDelays) {
  Venue venue = small_arena();
  venue.rules[0].window = WindowSpec{.size_s = 10, .hop_s = 1};
  venue.rules[0].on_delay = seconds{3};
  venue.rules[0].off_delay = seconds{10};
  expect_one_alarm_per_cycle(watch(venue, 4, 1), 4, "west");
}

TEST(SimulatedVenue, DoesSoWithNeitherDelayNorDeadband) {
  Venue venue = small_arena();
  venue.rules[0].deadband = 0;
  venue.rules[0].off_delay = seconds{0};
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    expect_one_alarm_per_cycle(watch(venue, 4, seed), 4, "west");
}

TEST(SimulatedVenue, DoesSoInShortCycles) {
  expect_one_alarm_per_cycle(watch(small_arena(), 8, 1, seconds{30}), 8, "west");
}

TEST(SimulatedVenue, DoesSoWithLongTumblingWindowsAndPeopleAsTheLimit) {
  Venue venue = small_arena();
  venue.rules[0].when = RuleKind::kOccupancy;
  venue.rules[0].over = 90;
  venue.rules[0].deadband = 10;
  venue.rules[0].window = WindowSpec{.size_s = 30, .hop_s = 30};
  // Both forecourts have the same limit now, and the east gate is wider.
  expect_one_alarm_per_cycle(watch(venue, 3, 1), 3, "east");
}

TEST(SimulatedVenue, RaisesNothingWhereThereIsNoSurge) {
  Venue venue = small_arena();
  venue.rules[0].over = 5.3;
  EXPECT_TRUE(watch(venue, 3, 1).alerts.empty());
}

}  // namespace
}  // namespace crowdflow::sim
