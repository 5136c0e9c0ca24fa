// The same facts in any order within revise_for give the same last final states, and these are what
// a slow and obvious implementation computes from all facts at once.
//
// CROWDFLOW_RANDOM_DAYS=5000 tries that many days in each of the blocks below, which begin with
// seeds far apart; CROWDFLOW_RANDOM_SEED=17 tries the day of that seed alone.

#include <cstdlib>
#include <gmock/gmock.h>
#include <map>

#include "random_day.h"
#include "reference.h"
#include "stage.h"

namespace crowdflow::testing {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Said {
  std::map<Reference::Window, Expected> finals;
  Accounting accounting;
};

// `again`: how often, on average in a thousand readings, the same venue file comes into force anew.
Said run(const RandomDay& day, const std::vector<Reading>& readings, int again = 0) {
  Stage stage(day.venue());
  std::mt19937_64 random(readings.size());
  for (const Reading& reading : readings) {
    if (again > 0 && random() % 1000 < static_cast<std::uint64_t>(again)) {
      stage.shard.put_venue(std::make_shared<const Venue>(*day.venue()), stage.out);
    }
    stage.say(reading);
  }
  stage.finish();

  Said said{.finals = {}, .accounting = stage.accounting};
  std::map<Reference::Window, std::uint32_t> revisions;
  for (const ZoneState& state : stage.out.states) {
    if (!state.final) continue;
    const Reference::Window window{state.zone,
                                   second_of(state.window_end) - second_of(state.window_start),
                                   second_of(state.window_end)};
    EXPECT_EQ(state.revision, revisions[window]++) << "revisions count up from 0";
    Expected& last = said.finals[window];
    last.state = state;
    last.flows.clear();
    for (std::uint32_t i = 0; i < state.flow_count; ++i) {
      last.flows.push_back(stage.out.flows[state.first_flow + i].people_per_metre_per_minute);
    }
  }
  return said;
}

std::string in_words(const Reference::Window& window) {
  const auto& [zone, size, end] = window;
  return "zone " + std::to_string(zone) + ", " + std::to_string(size) + " s until " +
         std::to_string(end - kZero);
}

void expect_equal(const Expected& actual, const Expected& expected) {
  EXPECT_EQ(actual.state.quality, expected.state.quality);
  EXPECT_EQ(actual.state.quality_reasons, expected.state.quality_reasons);
  EXPECT_EQ(actual.state.occupancy, expected.state.occupancy);
  EXPECT_DOUBLE_EQ(actual.state.density_at_end, expected.state.density_at_end);
  EXPECT_DOUBLE_EQ(actual.state.density_mean, expected.state.density_mean);
  EXPECT_DOUBLE_EQ(actual.state.density_maximum, expected.state.density_maximum);
  EXPECT_DOUBLE_EQ(actual.state.inflow, expected.state.inflow);
  EXPECT_DOUBLE_EQ(actual.state.outflow, expected.state.outflow);
  ASSERT_EQ(actual.flows.size(), expected.flows.size());
  for (std::size_t i = 0; i < actual.flows.size(); ++i)
    EXPECT_DOUBLE_EQ(actual.flows[i], expected.flows[i]);
}

void expect_equal(const Said& said, const std::map<Reference::Window, Expected>& expected) {
  for (const auto& [window, state] : expected) {
    SCOPED_TRACE(in_words(window));
    const auto found = said.finals.find(window);
    if (found == said.finals.end()) {
      ADD_FAILURE() << "never said";
    } else {
      expect_equal(found->second, state);
    }
    if (::testing::Test::HasFailure()) return;
  }
  for (const auto& [window, state] : said.finals)
    EXPECT_TRUE(expected.contains(window)) << in_words(window) << " was said";
}

// In blocks, so that they run beside each other.
class AnyOrder : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AnyOrder, GivesTheLastFinalsThatFollowFromAllFacts) {
  const std::uint64_t only = number_from("CROWDFLOW_RANDOM_SEED", 0);
  const std::uint64_t first = only != 0 ? only : GetParam();
  const std::uint64_t days = only != 0 ? 1 : number_from("CROWDFLOW_RANDOM_DAYS", 50);
  for (std::uint64_t seed = first; seed < first + days; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomDay day(seed);
    const std::vector<Reading> in_order = day.in_order();
    const std::vector<Reading> shuffled = day.shuffled();
    Reference reference(day.venue());
    for (const Reading& reading : in_order)
      reference.take(reading);
    const auto expected = reference.finals();
    for (const auto& [name, readings, again] :
         {std::tuple("in order", &in_order, 0), std::tuple("shuffled", &shuffled, 0),
          std::tuple("shuffled, the file anew now and then", &shuffled, 5)}) {
      SCOPED_TRACE(name);
      const Said said = run(day, *readings, again);
      EXPECT_TRUE(said.accounting.balanced());
      EXPECT_EQ(said.accounting.by_outcome, RandomDay::expected(*readings).by_outcome);
      expect_equal(said, expected);
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(FromSeed, AnyOrder, ::testing::Values(1, 1'000'000, 2'000'000, 3'000'000));

}  // namespace
}  // namespace crowdflow::testing
