// Engines, their network and their broker fail in all ways that a seed finds, under load; in the
// end, a read-committed reader must not be able to tell.
//
// CROWDFLOW_CHAOS_SEED repeats a plan; ./dev test -L chaos judges forty, with a thousand kills.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>

#include "kafka/kafka_log.h"
#include "support/crowdflow_program.h"
#include "support/environment.h"
#include "support/kafka_broker.h"
#include "support/port.h"
#include "verifier/calm_run.h"
#include "verifier/plan.h"
#include "verifier/publisher.h"
#include "verifier/storm.h"
#include "verifier/verdict.h"
#include "verifier/workload.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kEngines = 3;
constexpr std::int32_t kPartitions = 6;
// Some kill twice: some 30 processes.
constexpr int kKillsARound = 20;
constexpr int kLeastKills = 26;  // a thousand in forty storms
// A second of the workload takes so long. Event time is faster than the clock, so that what ticks
// add while nothing arrives is little beside it.
constexpr auto kPace = 100ms;

std::vector<KafkaBroker::Through> ways() {
  std::vector<KafkaBroker::Through> through;
  for (std::size_t i = 0; i < kEngines; ++i)
    through.push_back({.advertised = free_port(), .listens = free_port()});
  return through;
}

class Chaos : public testing::Test {
 protected:
  void SetUp() override {
    std::printf("plan of seed %lu; CROWDFLOW_CHAOS_SEED=%lu repeats it\n", seed_, seed_);
    ASSERT_TRUE(broker_.start());
    auto log = kafka::connect({.brokers = broker_.bootstrap()});
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
  }
  // What it needs to be looked into stays.
  void TearDown() override {
    if (!HasFailure()) return;
    broker_.keep();
    std::ofstream(broker_.dir() / "plan.txt") << "seed " << seed_ << "\n" << plan_.text();
    std::printf("seed %lu; the broker's data, the plan and the engines' logs are in %s\n", seed_,
                broker_.dir().c_str());
  }

  [[nodiscard]] CrowdflowProgram::Options engine(const RunInTest& run) const {
    return {.brokers = run.bootstrap,
            .venues = files_,
            .prefix = run.prefix,
            .partitions = run.partitions,
            .instance = "engine-1",
            // Often, so that kills find some under way and restores begin with one.
            .more = "engine: { snapshot_every: 3s }\n"};
  }
  void stormy_run(const RunInTest& run);

  const std::uint64_t seed_ = number_from("CROWDFLOW_CHAOS_SEED", std::random_device()());
  const Plan plan_ = Plan::from_seed(seed_, 1, kKillsARound, kEngines);
  const std::vector<KafkaBroker::Through> through_ = ways();
  KafkaBroker broker_{{}, through_};
  const TempDir dir_;
  const std::vector<std::filesystem::path> files_ =
      Workload::write_files(dir_, Workload(seed_, kPartitions).venues());
  std::unique_ptr<log::Log> log_;
  std::int64_t seconds_ = 0;
  Coverage coverage_;
};

void Chaos::stormy_run(const RunInTest& run) {
  Workload workload(seed_, kPartitions);
  ASSERT_TRUE(CrowdflowProgram(engine(run)).create_topics());
  Publisher publisher(run.bootstrap, run.topic("readings"), workload);
  Storm storm(broker_, through_, engine(run));
  ASSERT_TRUE(storm.begin());
  publisher.begin(kPace);
  storm.carry_out(plan_, kLeastKills);
  storm.heal();
  seconds_ = publisher.end();
  coverage_ = storm.coverage();
  std::printf("%ld s of readings, %lu publishers given up; %s\n", seconds_,
              publisher.started_anew(), coverage_.text().c_str());
  EXPECT_TRUE(takes_everything(*log_, run));
  publisher.publish_closing();
  EXPECT_TRUE(takes_everything(*log_, run));
  EXPECT_TRUE(storm.stop_engines());
  if (HasFailure()) std::ofstream(broker_.dir() / "engines.log") << storm.logs();
}

TEST_F(Chaos, LeavesNoTraceInWhatIsSaid) {
  const RunInTest run{
      .bootstrap = broker_.bootstrap(), .prefix = "storm.", .partitions = kPartitions};
  stormy_run(run);
  if (HasFatalFailure()) return;
  const Compared compared = compare_with_calm_run(*log_, run, engine(run), seed_, seconds_);

  // The workload, the faults and where they struck were what the test is about.
  EXPECT_GT(compared.windows, static_cast<std::size_t>(seconds_));
  EXPECT_GT(compared.transitions, 30U);
  for (int fault = 0; fault < kFaults; ++fault)
    EXPECT_GT(coverage_.faults[static_cast<Fault>(fault)], 0) << name_of(static_cast<Fault>(fault));
  EXPECT_GE(coverage_.faults[Fault::kKill], kLeastKills);
  for (const char* stage : {"running", "restoring", "waiting", "rebalance"})
    EXPECT_GT(coverage_.killed_while[stage], 0) << "never killed while " << stage;
  EXPECT_GT(coverage_.killed_in_transaction, 0);
  for (const char* what : {kInTransaction, "restoring", "rebalance"})
    EXPECT_GT(coverage_.others_while(what), 0) << "nothing but kills struck while " << what;
  EXPECT_GT(coverage_.zombies_fenced, 0);
  EXPECT_GT(coverage_.taken_over, 0);
  EXPECT_GT(coverage_.losses_noticed, 0);
  EXPECT_GT(coverage_.left_to_others, 0);
}

}  // namespace
}  // namespace crowdflow::test
