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

TEST(SimulatedVenue, IsKnownWithEveryKindOfCounter) {
  Venue venue = small_arena();
  // Registers: one that is soon full, one that is reset at midnight, which is in three minutes.
  for (const SensorIndex index : {0, 2})
    venue.sensors[index].counts = CountKind::kTotal;
  venue.sensors[0].bits = 16;
  venue.sensors[2].resets_at_midnight = true;
  const auto second_of_day = 1'700'000'000 % 86'400;
  venue.utc_offsets = {{.from = EventTime{}, .seconds = seconds{86'400 - second_of_day - 180}}};
  // A gate that admits people whom a counter counts too, and a sensor that sees how people walk.
  venue.sensors.push_back({.id = "access", .counts = CountKind::kAccess, .at = 1});
  venue.sensors.push_back({.id = "speeds", .counts = CountKind::kMotion, .in = 3});
  SensorFaults faults;
  faults.registers_begin_at = 65'500;
  faults.reboots_per_mille = 2;

  const Watched watched = watch(venue, 4, 1, seconds{120}, faults);
  EXPECT_GE(watched.seconds_compared, 450 * venue.zones.size());
  EXPECT_EQ(watched.differences, 0);
  EXPECT_EQ(watched.refused, 0);
  EXPECT_GT(watched.motions, 400);
  const auto times = [&](SensorIndex sensor, Oddity oddity) {
    return watched.sensors[sensor].oddities[static_cast<std::size_t>(oddity)];
  };
  EXPECT_EQ(times(0, Oddity::kFirstValue), 1U);
  // Each of the two numbers by itself.
  EXPECT_EQ(times(0, Oddity::kRollOver), 2U);
  EXPECT_EQ(times(2, Oddity::kMidnightReset), 2U);
  std::uint32_t reboots = 0;
  for (SensorIndex index = 0; index < venue.sensors.size(); ++index)
    reboots += times(index, Oddity::kReboot);
  EXPECT_GT(reboots, 3U);
}

TEST(SimulatedVenue, RaisesNothingWhereThereIsNoSurge) {
  Venue venue = small_arena();
  venue.rules[0].over = 5.3;
  EXPECT_TRUE(watch(venue, 3, 1).alerts.empty());
}

}  // namespace
}  // namespace crowdflow::sim
