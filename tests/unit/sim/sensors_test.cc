#include "sim/sensors.h"

#include <cmath>
#include <gmock/gmock.h>
#include <map>
#include <optional>
#include <set>

#include "engine/register_step.h"
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

// What the engine makes of a register: people by its steps, and how often each oddity was seen.
struct Steps {
  Passed people;
  std::map<Oddity, int> oddities;
};

Steps steps_of(const Venue& venue, SensorIndex sensor, const std::vector<SensorReading>& said) {
  Steps steps;
  std::optional<RegisterValue> before;
  for (const SensorReading& reading : said) {
    if (reading.sensor != sensor) continue;
    const auto& total = std::get<CountTotal>(reading.statement);
    const RegisterValue after{.time = reading.event_time,
                              .boot_id = reading.boot_id,
                              .entries = static_cast<std::int64_t>(total.entries),
                              .exits = static_cast<std::int64_t>(total.exits)};
    if (before) {
      const RegisterStep step =
          step_between(*before, after, venue.sensors[sensor], venue.utc_offsets);
      steps.people.entries += static_cast<std::uint64_t>(step.entries);
      steps.people.exits += static_cast<std::uint64_t>(step.exits);
      if (step.entries_oddity) ++steps.oddities[*step.entries_oddity];
    }
    before = after;
  }
  return steps;
}

// Listens to a register at the first opening, and compares what passed with what it told.
Steps listen_to_register(Venue venue, const SensorFaults& faults,
                         std::vector<SensorReading>* heard = nullptr) {
  venue.sensors[0].counts = CountKind::kTotal;
  Simulation simulation(venue, scenario_for(venue), 11, kNoon, faults);
  const auto said = simulation.step(seconds{300});
  const std::vector<SensorReading> readings{said.begin(), said.end()};
  Steps steps = steps_of(venue, 0, readings);
  EXPECT_EQ(steps.people.entries, simulation.crowd().passed()[0].entries);
  EXPECT_EQ(steps.people.exits, simulation.crowd().passed()[0].exits);
  EXPECT_GT(steps.people.entries, 60U);
  if (heard != nullptr) *heard = readings;
  return steps;
}

TEST(Sensors, LetARegisterRollOverWhenItIsFull) {
  Venue venue = small_arena();
  venue.sensors[0].bits = 16;
  SensorFaults faults = kNone;
  faults.registers_begin_at = 65'500;
  EXPECT_THAT(listen_to_register(venue, faults).oddities,
              testing::ElementsAre(testing::Pair(Oddity::kRollOver, 1)));
}

TEST(Sensors, ResetARegisterAtLocalMidnight) {
  Venue venue = small_arena();
  venue.sensors[0].resets_at_midnight = true;
  // So that it is midnight a minute and a half after the beginning.
  const auto second_of_day = second_of(kNoon) % 86'400;
  venue.utc_offsets = {{.from = EventTime{}, .seconds = seconds{86'400 - second_of_day - 90}}};
  std::vector<SensorReading> heard;
  SensorFaults faults = kNone;
  faults.registers_begin_at = 1000;
  EXPECT_THAT(listen_to_register(venue, faults, &heard).oddities,
              testing::ElementsAre(testing::Pair(Oddity::kMidnightReset, 1)));
  for (const SensorReading& said : heard) {
    if (said.sensor != 0) continue;
    const bool before = said.event_time < kNoon + seconds{90};
    EXPECT_EQ(std::get<CountTotal>(said.statement).entries >= 1000, before);
  }
}

TEST(Sensors, StartAnewWhenToldTo) {
  std::vector<SensorReading> heard;
  SensorFaults faults = kNone;
  faults.reboots_per_mille = 20;
  const Steps steps = listen_to_register(small_arena(), faults, &heard);
  EXPECT_GT(steps.oddities.at(Oddity::kReset), 0);
  std::map<std::pair<SensorIndex, std::uint64_t>, std::uint64_t> last;
  for (const SensorReading& said : heard) {
    const std::uint64_t next = ++last[std::pair{said.sensor, said.boot_id}];
    EXPECT_EQ(said.sequence, next);
  }
  EXPECT_GT(last.size(), small_arena().sensors.size());
}

TEST(Sensors, SayTheirNumbersAsTheirDirectionsAre) {
  Venue venue = small_arena();
  venue.sensors[0].entries = Direction::kBackward;
  venue.sensors[0].exits = Direction::kIgnored;
  venue.sensors[1].exits = Direction::kForward;
  Simulation simulation(venue, scenario_for(venue), 1, kNoon, kNone);
  std::map<SensorIndex, std::int64_t> forward;
  std::map<SensorIndex, std::int64_t> backward;
  for (const SensorReading& said : simulation.step(seconds{300})) {
    if (said.sensor > 1) continue;
    const auto& delta = std::get<CountDelta>(said.statement);
    const auto entries = static_cast<std::int64_t>(delta.entries);
    const auto exits = static_cast<std::int64_t>(delta.exits);
    const Sensor& sensor = venue.sensors[said.sensor];
    forward[said.sensor] += sensor.people(Direction::kForward, entries, exits);
    backward[said.sensor] += sensor.people(Direction::kBackward, entries, exits);
  }
  const std::vector<Passed>& passed = simulation.crowd().passed();
  EXPECT_EQ(forward[0], 0);
  EXPECT_EQ(backward[0], passed[0].exits);
  EXPECT_EQ(forward[1], passed[1].entries);
  EXPECT_EQ(backward[1], 0);
  EXPECT_GT(passed[0].exits, 20);
}

TEST(Sensors, CountDevicesWhereTheyHaveAScale) {
  Venue venue = small_arena();
  venue.sensors.back().scale = 2;
  Simulation simulation(venue, scenario_for(venue), 1, kNoon, kNone);
  std::uint64_t most = 0;
  for (int second = 0; second < 200; ++second) {
    for (const SensorReading& said : simulation.step(seconds{1})) {
      const auto* occupancy = std::get_if<Occupancy>(&said.statement);
      if (occupancy == nullptr) continue;
      const auto people = static_cast<std::uint64_t>(simulation.truth()[2]);
      EXPECT_EQ(occupancy->people, (people + 1) / 2);
      most = std::max(most, occupancy->people);
    }
  }
  EXPECT_GT(most, 5U);
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
      EXPECT_NEAR(motion->velocity_variance, std::pow(0.19 * motion->mean_speed, 2), 0.001);
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
