#include "verifier/calm_run.h"

#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>
#include <utility>

#include "support/eventually.h"
#include "verifier/publisher.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

// Windows and alarms near the end depend on when the last readings are missed.
constexpr std::int64_t kSecondsLeftOut = 10;

void calm_run(log::Log& log, const RunInTest& run, const CrowdflowProgram::Options& engine,
              Workload& workload, std::int64_t seconds) {
  CrowdflowProgram program(engine);
  ASSERT_TRUE(program.create_topics());
  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());
  Publisher publisher(run.bootstrap, run.topic("readings"), workload);
  publisher.publish_seconds(seconds);
  EXPECT_TRUE(takes_everything(log, run)) << program.log();
  publisher.publish_closing();
  EXPECT_TRUE(takes_everything(log, run)) << program.log();
  EXPECT_TRUE(program.stop());
}

}  // namespace

Compared compare_with_calm_run(log::Log& log, const RunInTest& run,
                               CrowdflowProgram::Options engine, std::uint64_t seed,
                               std::int64_t seconds) {
  RunInTest calm = run;
  calm.prefix = "calm." + run.prefix;
  engine.brokers = calm.bootstrap;
  engine.prefix = calm.prefix;
  Workload workload(seed, run.partitions);
  calm_run(log, calm, engine, workload, seconds);
  if (testing::Test::HasFatalFailure()) return {};

  for (const RunInTest& each : {run, calm}) {
    SCOPED_TRACE(each.prefix);
    const Accounting sum = check_journal(log, each);
    std::printf("%s %lu readings\n", each.prefix.c_str(), sum.consumed);
    check_no_open_transaction(log, each);
    for (const VenueInTest& venue : workload.venues())
      EXPECT_TRUE(reproduces(each, venue.id));
  }
  const std::int64_t until = workload.now() - kSecondsLeftOut;
  const auto finals = last_finals(calm, until);
  EXPECT_TRUE(same(finals, last_finals(run, until)));
  const auto alarms = transitions(calm, workload, until);
  EXPECT_TRUE(same(alarms, transitions(run, workload, until)));
  EXPECT_TRUE(same(dead_letters(calm), dead_letters(run)));
  std::printf("%zu windows and %zu transitions compared\n", finals.size(), alarms.size());
  return {.windows = finals.size(), .transitions = alarms.size()};
}

}  // namespace crowdflow::test
