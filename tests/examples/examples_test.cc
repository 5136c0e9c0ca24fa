// The other venues of examples/, as `crowdflow demo --example NAME` shows them: what the engine
// makes of their simulated crowds.

#include <gmock/gmock.h>

#include "examples/example.h"
#include "unit/sim/watched.h"

namespace crowdflow::sim {
namespace {

struct Shown {
  std::string file;
  std::string surges_in;
  std::string alarm;
};

void PrintTo(const Shown& shown, std::ostream* out) { *out << shown.file; }

class Examples : public testing::TestWithParam<Shown> {
 protected:
  static Venue venue() { return test::example(GetParam().file); }
};

TEST_P(Examples, SurgeWhereTheyAreMeantTo) {
  const Venue shown = venue();
  const Scenario scenario = scenario_for(shown);
  ASSERT_TRUE(scenario.surge);
  EXPECT_EQ(shown.zones[scenario.surge->zone].id, GetParam().surges_in);
  EXPECT_EQ(shown.rules[scenario.surge->rule].id, GetParam().alarm);
}

TEST_P(Examples, AreCountedByTheEngineToThePersonInEveryZone) {
  const Venue shown = venue();
  const Watched watched = watch(shown, 2, 1);
  EXPECT_GE(watched.seconds_compared, 220 * shown.zones.size());
  EXPECT_EQ(watched.differences, 0);
  EXPECT_EQ(watched.refused, 0);
}

TEST_P(Examples, RaiseTheAlarmOfTheirSurgeInEachCycleAndNoOther) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const Watched watched = watch(venue(), 4, seed);
    expect_one_alarm_per_cycle(watched, 4, GetParam().surges_in);
    for (const Raised& raised : watched.alerts)
      EXPECT_EQ(raised.rule, GetParam().alarm);
  }
}

INSTANTIATE_TEST_SUITE_P(AllOthers, Examples,
                         testing::Values(Shown{"hall", "foyer", "foyer-dense"},
                                         Shown{"stadium", "visitors-court", "court-crowded"},
                                         Shown{"station", "platform-1-2", "platform-crowded"},
                                         Shown{"festival", "north-check", "check-crowded"}),
                         [](const testing::TestParamInfo<Shown>& shown) {
                           return shown.param.file;
                         });

}  // namespace
}  // namespace crowdflow::sim
