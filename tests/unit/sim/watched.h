// What the engine makes of a simulated venue.
#pragma once

#include <gmock/gmock.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/shard.h>

#include "sim/simulation.h"

namespace crowdflow::sim {

struct Raised {
  std::string rule;
  std::string zone;
  bool active = false;
  std::uint64_t cycle = 0;
  PhaseKind phase = PhaseKind::kCalm;
};

struct Watched {
  std::size_t seconds_compared = 0;
  std::size_t differences = 0;
  std::vector<Raised> alerts;
  std::uint64_t refused = 0;
  std::uint64_t motions = 0;  // states that tell of motion
  std::vector<SensorTotals> sensors;
};

// Lets the engine watch a simulated venue for so many cycles, and compares at each second.
inline Watched watch(const Venue& from, std::uint64_t cycles, std::uint64_t seed,
                     Span cycle = std::chrono::seconds{120}, const SensorFaults& faults = {}) {
  const auto venue = std::make_shared<const Venue>(from);
  Simulation simulation(*venue, scenario_for(*venue, cycle), seed, start_of_second(1'700'000'000),
                        faults);
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  std::map<EventTime, std::vector<std::int64_t>> truth;
  Watched watched;

  const auto take = [&] {
    for (const ZoneState& state : out.states) {
      if (state.motion) ++watched.motions;
      if (!state.final || !truth.contains(state.window_end)) continue;
      ++watched.seconds_compared;
      if (state.occupancy != truth[state.window_end][state.zone]) ++watched.differences;
    }
    for (const auto& [of, alert] : out.alerts) {
      watched.alerts.push_back({.rule = of->rules[alert.rule].id,
                                .zone = of->zones[alert.zone].id,
                                .active = alert.condition_active,
                                .cycle = simulation.cycle(),
                                .phase = simulation.phase().kind});
    }
    out.clear();
  };

  while (simulation.cycle() <= cycles) {
    const auto said = simulation.step(std::chrono::seconds{1});
    truth[simulation.now()] = {simulation.truth().begin(), simulation.truth().end()};
    shard.tick({.now = WallTime{simulation.now().time_since_epoch()}, .proven = true}, out);
    for (const SensorReading& reading : said) {
      if (is_rejection(shard.apply(to_reading(*venue, reading), out))) ++watched.refused;
    }
    take();
  }
  watched.sensors = shard.sensor_totals(venue->id);
  return watched;
}

inline void expect_one_alarm_per_cycle(const Watched& watched, std::uint64_t cycles,
                                       const std::string& zone) {
  std::string alerts;
  for (const Raised& raised : watched.alerts) {
    alerts += raised.rule + (raised.active ? " raised in " : " cleared in ") + raised.zone +
              ", cycle " + std::to_string(raised.cycle) + ", " +
              std::string(name_of(raised.phase)) + "\n";
  }
  ASSERT_EQ(watched.alerts.size(), 2 * cycles) << alerts;
  for (std::uint64_t cycle = 1; cycle <= cycles; ++cycle) {
    const Raised& raised = watched.alerts[2 * (cycle - 1)];
    EXPECT_EQ(raised.zone, zone);
    EXPECT_TRUE(raised.active);
    EXPECT_EQ(raised.cycle, cycle);
    EXPECT_EQ(raised.phase, PhaseKind::kSurge);
    const Raised& cleared = watched.alerts[2 * (cycle - 1) + 1];
    EXPECT_EQ(cleared.zone, zone);
    EXPECT_FALSE(cleared.active);
    EXPECT_EQ(cleared.cycle, cycle);
    EXPECT_EQ(cleared.phase, PhaseKind::kRecovery);
  }
}

}  // namespace crowdflow::sim
