#include "sim/simulation.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <numeric>

#include "halls.h"

namespace crowdflow::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using People = std::vector<std::int64_t>;

People truth_of(const Simulation& simulation) {
  return {simulation.truth().begin(), simulation.truth().end()};
}

// What passed the openings, as the zones' balance.
People balance(const Venue& venue, const Crowd& crowd) {
  People people(venue.zones.size(), 0);
  for (OpeningIndex index = 0; index < venue.openings.size(); ++index) {
    const Opening& opening = venue.openings[index];
    const Passed& passed = crowd.passed()[index];
    const auto net = static_cast<std::int64_t>(passed.entries - passed.exits);
    if (opening.to != kOutside) people[opening.to] += net;
    if (opening.from != kOutside) people[opening.from] -= net;
  }
  return people;
}

TEST(Simulation, ConservesPeople) {
  const Venue venue = small_arena();
  Simulation simulation(venue, scenario_for(venue), 1, kNoon);
  for (int second = 0; second < 600; ++second) {
    (void)simulation.step(seconds{1});
    const People people = truth_of(simulation);
    ASSERT_EQ(people, balance(venue, simulation.crowd())) << "second " << second;
    ASSERT_EQ(std::accumulate(people.begin(), people.end(), std::int64_t{0}),
              simulation.crowd().inside());
    ASSERT_THAT(people, testing::Each(testing::Ge(0)));
  }
  EXPECT_GT(simulation.crowd().inside(), 20);
}

struct Story {
  std::vector<std::string> readings;
  People truth;
  friend bool operator==(const Story&, const Story&) = default;
};

Story tell(std::uint64_t seed, Span step, Span length) {
  const Venue venue = small_arena();
  Simulation simulation(venue, scenario_for(venue), seed, kNoon + milliseconds{37});
  Story story;
  for (Span gone{0}; gone < length; gone += step) {
    for (const SensorReading& said : simulation.step(step)) {
      std::string line = venue.sensors[said.sensor].id + ' ' + std::to_string(said.sequence) + ' ' +
                         to_rfc3339(said.event_time) + ' ' + std::to_string(said.interval.count());
      if (const auto* delta = std::get_if<CountDelta>(&said.statement)) {
        line += " +" + std::to_string(delta->entries) + " -" + std::to_string(delta->exits);
      } else {
        line += " =" + std::to_string(std::get<Occupancy>(said.statement).people);
      }
      story.readings.push_back(line);
    }
  }
  story.truth = truth_of(simulation);
  return story;
}

TEST(Simulation, TellsTheSameStoryForASeed) {
  EXPECT_EQ(tell(5, seconds{1}, seconds{130}), tell(5, seconds{1}, seconds{130}));
  EXPECT_NE(tell(5, seconds{1}, seconds{130}), tell(6, seconds{1}, seconds{130}));
}

TEST(Simulation, TellsTheSameStoryHoweverTimeIsCut) {
  const Story whole = tell(5, seconds{130}, seconds{130});
  EXPECT_EQ(tell(5, seconds{1}, seconds{130}), whole);
  EXPECT_EQ(tell(5, milliseconds{13}, seconds{130}), whole);
}

// The sum of all that was said, to notice a platform on which it is different.
TEST(Simulation, TellsTheSameStoryOnEveryPlatform) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::string& line : tell(2018, seconds{1}, seconds{240}).readings) {
    for (const char c : line)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  EXPECT_EQ(hash, 11'742'838'753'880'609'140U);
}

TEST(Simulation, PassesTheLimitInTheSurgeAndIsCalmAgainAfterTheRecovery) {
  const Venue venue = small_arena();
  const Scenario scenario = scenario_for(venue);
  Simulation simulation(venue, scenario, 3, kNoon);
  const ZoneIndex zone = scenario.surge->zone;
  const double limit = venue.rules[0].over * venue.zones[zone].area_m2;
  std::map<std::pair<std::uint64_t, PhaseKind>, double> highest;
  std::map<std::uint64_t, double> at_the_end;
  while (simulation.cycle() <= 5) {
    const auto people = static_cast<double>(simulation.truth()[zone]);
    double& most = highest[{simulation.cycle(), simulation.phase().kind}];
    most = std::max(most, people);
    at_the_end[simulation.cycle()] = people;
    (void)simulation.step(milliseconds{100});
  }
  for (std::uint64_t cycle = 1; cycle <= 5; ++cycle) {
    EXPECT_LT((highest[{cycle, PhaseKind::kCalm}]), limit / 2);
    EXPECT_LT((highest[{cycle, PhaseKind::kArrivals}]), limit / 2);
    EXPECT_GT((highest[{cycle, PhaseKind::kSurge}]), limit * 1.2);
    EXPECT_LT(at_the_end[cycle], limit / 2);
  }
}

TEST(Simulation, KeepsEveryOtherZoneBelowItsLimit) {
  const Venue venue = small_arena();
  const Scenario scenario = scenario_for(venue);
  Simulation simulation(venue, scenario, 4, kNoon);
  for (int step = 0; step < 6000; ++step) {
    (void)simulation.step(milliseconds{100});
    for (ZoneIndex zone = 0; zone < venue.zones.size(); ++zone) {
      if (zone == scenario.surge->zone) continue;
      ASSERT_LE(simulation.truth()[zone], scenario.room[zone]) << venue.zones[zone].id;
    }
  }
}

TEST(Simulation, KeepsAVenueEmptyThatHasNoGate) {
  Venue venue = small_arena();
  venue.openings.erase(venue.openings.begin(), venue.openings.begin() + 2);
  venue.sensors.clear();
  venue.sensors.push_back({.id = "area", .counts = CountKind::kOccupancy, .in = 2U});
  Simulation simulation(venue, scenario_for(venue), 1, kNoon);
  const auto said = simulation.step(seconds{60});
  EXPECT_EQ(simulation.crowd().inside(), 0);
  ASSERT_GE(said.size(), 58U);
  EXPECT_EQ(said[0].statement, Statement{Occupancy{}});
}

TEST(Simulation, KeepsAZoneEmptyThatNobodyCanWalkTo) {
  Venue venue = small_arena();
  const ZoneIndex cellar = add_zone(venue, "cellar", ZoneKind::kSeating, 5000);
  add_opening(venue, cellar, add_zone(venue, "vault", ZoneKind::kSeating, 5000), 2);
  Simulation simulation(venue, scenario_for(venue), 1, kNoon);
  (void)simulation.step(seconds{240});
  EXPECT_EQ(simulation.truth()[cellar], 0);
  EXPECT_GT(simulation.crowd().inside(), 20);
}

TEST(Simulation, PassesTheLimitOfAVenueWithOneZoneAndOneDoor) {
  Venue venue = empty_hall();
  add_opening(venue, kOutside, add_zone(venue, "shop", ZoneKind::kOther, 50), 2);
  venue.rules.push_back({.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 60});
  const Scenario scenario = scenario_for(venue);
  ASSERT_TRUE(scenario.surge);
  Simulation simulation(venue, scenario, 1, kNoon);
  std::int64_t most = 0;
  while (simulation.cycle() == 1) {
    (void)simulation.step(seconds{1});
    most = std::max(most, simulation.truth()[0]);
  }
  EXPECT_GT(most, 70);
  EXPECT_LT(simulation.truth()[0], 40);
}

}  // namespace
}  // namespace crowdflow::sim
