#include "sim/sensors.h"

#include <gmock/gmock.h>
#include <map>
#include <set>

#include "halls.h"
#include "sim/simulation.h"

namespace crowdflow::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr SensorFaults kNone{.delay = Span{0}, .late = Span{0}, .late_per_mille = 0};

std::vector<SensorReading> listen(const Venue& venue, Span length, const SensorFaults& faults,
                                  EventTime start = kNoon) {
  Simulation simulation(venue, scenario_for(venue), 11, start, faults);
  const auto said = simulation.step(length);
  return {said.begin(), said.end()};
}

TEST(Sensors, SpeakAtMultiplesOfTheirEvery) {
  Venue venue = small_arena();
  venue.sensors[0].every = seconds{10};
  venue.sensors[1].every = milliseconds{250};
  std::map<SensorIndex, std::vector<SensorReading>> by_sensor;
  for (const SensorReading& said : listen(venue, seconds{20}, kNone, kNoon + milliseconds{4500}))
    by_sensor[said.sensor].push_back(said);

  ASSERT_EQ(by_sensor[0].size(), 2);
  EXPECT_EQ(by_sensor[0][0].event_time, kNoon + seconds{10});
  // It has watched since the beginning only.
  EXPECT_EQ(by_sensor[0][0].interval, milliseconds{5500});
  EXPECT_EQ(by_sensor[0][1].event_time, kNoon + seconds{20});
  EXPECT_EQ(by_sensor[0][1].interval, seconds{10});
  ASSERT_EQ(by_sensor[1].size(), 80);
  EXPECT_EQ(by_sensor[1][0].event_time, kNoon + milliseconds{4750});
  EXPECT_EQ(by_sensor[1][1].interval, milliseconds{250});
  ASSERT_EQ(by_sensor[2].size(), 20);
  EXPECT_EQ(by_sensor[2][0].event_time, kNoon + seconds{5});
  for (const auto& [sensor, readings] : by_sensor) {
    for (std::size_t i = 0; i < readings.size(); ++i)
      EXPECT_EQ(readings[i].sequence, i + 1);
  }
}

TEST(Sensors, SayWhatPassedAndWhoIsThere) {
  Venue venue = small_arena();
  Simulation simulation(venue, scenario_for(venue), 1, kNoon, kNone);
  std::map<SensorIndex, Passed> sums;
  for (int second = 0; second < 200; ++second) {
    for (const SensorReading& said : simulation.step(seconds{1})) {
      if (const auto* delta = std::get_if<CountDelta>(&said.statement)) {
        sums[said.sensor].entries += delta->entries;
        sums[said.sensor].exits += delta->exits;
      } else {
        EXPECT_EQ(std::get<Occupancy>(said.statement).people, simulation.truth()[2]);
      }
    }
  }
  for (const auto& [sensor, sum] : sums) {
    const Passed& passed = simulation.crowd().passed()[*venue.sensors[sensor].at];
    const bool reversed = venue.sensors[sensor].entries == Direction::kBackward;
    EXPECT_EQ(sum.entries, reversed ? passed.exits : passed.entries);
    EXPECT_EQ(sum.exits, reversed ? passed.entries : passed.exits);
  }
  EXPECT_GT(sums[0].entries, 50);
}

TEST(Sensors, KeepATotalWhereTheyCountTotals) {
  Venue venue = small_arena();
  venue.sensors[0].counts = CountKind::kTotal;
  Simulation simulation(venue, scenario_for(venue), 1, kNoon, kNone);
  CountTotal last;
  bool first = true;
  for (const SensorReading& said : simulation.step(seconds{100})) {
    if (said.sensor != 0) continue;
    last = std::get<CountTotal>(said.statement);
    if (first) {
      EXPECT_EQ(said.event_time, kNoon);
      EXPECT_EQ(last, CountTotal{});
      first = false;
    }
  }
  EXPECT_EQ(last.entries, simulation.crowd().passed()[0].entries);
  EXPECT_EQ(last.exits, simulation.crowd().passed()[0].exits);
}

TEST(Sensors, CountNobodyBeyondTheirCap) {
  Venue venue = small_arena();
  venue.sensors.back().capped_at = 5;
  for (const SensorReading& said : listen(venue, seconds{120}, kNone)) {
    if (const auto* occupancy = std::get_if<Occupancy>(&said.statement)) {
      EXPECT_LE(occupancy->people, 5);
      EXPECT_EQ(occupancy->capped_at, 5);
    }
  }
}

TEST(Sensors, SpeakOfMotionAndAccess) {
  Venue venue = small_arena();
  venue.sensors.back().counts = CountKind::kMotion;
  venue.sensors[0].counts = CountKind::kAccess;
  std::uint64_t admitted = 0;
  for (const SensorReading& said : listen(venue, seconds{100}, kNone)) {
    if (const auto* motion = std::get_if<Motion>(&said.statement)) {
      EXPECT_GT(motion->mean_speed, 0.0);
      EXPECT_LE(motion->mean_speed, 1.34);
    }
    if (const auto* access = std::get_if<Access>(&said.statement)) admitted += access->admitted;
  }
  EXPECT_GT(admitted, 0U);
}

TEST(Sensors, ArriveLateAndOutOfOrderAndLoseNothing) {
  const Venue venue = small_arena();
  const auto said =
      listen(venue, seconds{100}, {.late = milliseconds{3000}, .late_per_mille = 200});
  bool out_of_order = false;
  std::map<SensorIndex, std::set<std::uint64_t>> sequences;
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_TRUE(sequences[said[i].sensor].insert(said[i].sequence).second);
    if (i > 0 && said[i].event_time < said[i - 1].event_time) out_of_order = true;
  }
  EXPECT_TRUE(out_of_order);
  for (const auto& [sensor, known] : sequences) {
    // All but those of the last three seconds must have come.
    EXPECT_TRUE(known.contains(96));
    EXPECT_GE(known.size(), 97U);
  }
}

TEST(Sensors, MissSomePeopleWhenToldTo) {
  const Venue venue = small_arena();
  std::map<SensorIndex, std::uint64_t> seen;
  Simulation simulation(venue, scenario_for(venue), 1, kNoon,
                        {.missed_per_mille = 100, .delay = Span{0}, .late_per_mille = 0});
  for (const SensorReading& said : simulation.step(seconds{600})) {
    if (const auto* delta = std::get_if<CountDelta>(&said.statement))
      seen[said.sensor] += delta->entries;
  }
  const auto passed = static_cast<double>(simulation.crowd().passed()[1].entries);
  ASSERT_GT(passed, 300);
  EXPECT_NEAR(static_cast<double>(seen[1]) / passed, 0.9, 0.06);
}

TEST(Sensors, NameVenueAndSensorInTheirReadings) {
  const Venue venue = small_arena();
  const auto said = listen(venue, seconds{2}, kNone);
  ASSERT_FALSE(said.empty());
  const Reading reading = to_reading(venue, said[0]);
  EXPECT_EQ(reading.venue_id, "hall");
  EXPECT_EQ(reading.sensor_id, "counter-0");
  EXPECT_EQ(reading.sequence, 1);
  EXPECT_EQ(reading.event_time, kNoon + seconds{1});
  EXPECT_EQ(reading.interval, seconds{1});
}

}  // namespace
}  // namespace crowdflow::sim
