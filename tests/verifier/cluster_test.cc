// Three brokers, each partition on all of them, as a venue runs them that cannot do without: one
// after the other is killed, ended in good order, frozen, and comes back with an empty disk. The
// two that are left go on, and a read-committed reader cannot tell that anything was.
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "kafka/kafka_log.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_cluster.h"
#include "verifier/calm_run.h"
#include "verifier/publisher.h"
#include "verifier/verdict.h"
#include "verifier/workload.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 6;
constexpr std::uint64_t kSeed = 1;
constexpr auto kPace = 100ms;  // as chaos_test.cc has it

class Cluster : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(cluster_.start());
    run_.bootstrap = cluster_.bootstrap();
    auto log = kafka::connect({.brokers = run_.bootstrap});
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
    ASSERT_TRUE(CrowdflowProgram(engine(1)).create_topics());
    ASSERT_TRUE(eventually(30s, [&] { return cluster_.in_sync(); }));
    for (const int number : {1, 2}) {
      engines_.push_back(std::make_unique<CrowdflowProgram>(engine(number)));
      ASSERT_TRUE(engines_.back()->start());
    }
    for (const auto& engine : engines_)
      ASSERT_TRUE(engine->becomes_ready());
    publisher_ = std::make_unique<Publisher>(run_.bootstrap, run_.topic("readings"), workload_);
    publisher_->begin(kPace);
  }
  void TearDown() override {
    if (!HasFailure()) return;
    for (std::size_t i = 0; i < KafkaCluster::kBrokers; ++i) {
      cluster_.broker(i).keep();
      std::printf("broker %zu: %s\n", i + 1, cluster_.broker(i).dir().c_str());
    }
  }

  [[nodiscard]] CrowdflowProgram::Options engine(int number) const {
    return {.brokers = run_.bootstrap,
            .venues = files_,
            .prefix = run_.prefix,
            .partitions = run_.partitions,
            .replication = KafkaCluster::kBrokers,
            .instance = "engine-" + std::to_string(number),
            .more = "engine: { snapshot_every: 3s }\n"};
  }
  // Both engines take more than they had, and neither has ended.
  [[nodiscard]] testing::AssertionResult goes_on(const std::string& how) {
    std::vector<double> before;
    for (const auto& engine : engines_)
      before.push_back(consumed(*engine));
    const auto begun = std::chrono::steady_clock::now();
    auto all = eventually(180s, [&] {
      for (std::size_t i = 0; i < engines_.size(); ++i) {
        if (!engines_[i]->running() || consumed(*engines_[i]) < before[i] + 50) {
          return testing::AssertionFailure() << how << ": engine " << i + 1 << " took " << before[i]
                                             << ", and now " << consumed(*engines_[i]) << ":\n"
                                             << engines_[i]->log();
        }
      }
      return testing::AssertionSuccess();
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::printf("%s: both engines go on after %.1f s\n", how.c_str(), took.count());
    return all;
  }
  // While it is away, and when it is back.
  void goes_on_without(KafkaBroker& broker, const std::string& how) {
    EXPECT_TRUE(goes_on(how));
    ASSERT_TRUE(broker.start());
    ASSERT_TRUE(eventually(60s, [&] { return cluster_.in_sync(); }));
    EXPECT_TRUE(goes_on(how + ", and back"));
  }
  void end() {
    const std::int64_t seconds = publisher_->end();
    EXPECT_TRUE(takes_everything(*log_, run_));
    publisher_->publish_closing();
    EXPECT_TRUE(takes_everything(*log_, run_));
    for (const auto& engine : engines_)
      EXPECT_TRUE(engine->stop());
    if (HasFatalFailure()) return;
    const Compared compared = compare_with_calm_run(*log_, run_, engine(1), kSeed, seconds);
    EXPECT_GT(compared.windows, static_cast<std::size_t>(seconds));
    EXPECT_GT(compared.transitions, 10U);
  }

 private:
  static double consumed(const CrowdflowProgram& engine) {
    return engine.metric("crowdflow_readings_consumed_total");
  }

 protected:
  KafkaCluster cluster_;

 private:
  const TempDir dir_;
  Workload workload_{kSeed, kPartitions};
  const std::vector<std::filesystem::path> files_ = Workload::write_files(dir_, workload_.venues());
  RunInTest run_{.bootstrap = {}, .prefix = "cluster.", .partitions = kPartitions};
  std::unique_ptr<log::Log> log_;
  std::vector<std::unique_ptr<CrowdflowProgram>> engines_;
  std::unique_ptr<Publisher> publisher_;
};

TEST_F(Cluster, GoesOnWithoutAnyOneOfItsBrokersAndLeavesNoTrace) {
  ASSERT_TRUE(cluster_.broker(0).kill());
  goes_on_without(cluster_.broker(0), "a broker is killed");
  ASSERT_TRUE(cluster_.broker(1).stop());
  goes_on_without(cluster_.broker(1), "a broker is stopped");
  ASSERT_TRUE(cluster_.broker(2).kill());
  cluster_.broker(2).forget_everything();
  goes_on_without(cluster_.broker(2), "a broker loses its disk");

  cluster_.broker(0).freeze();
  EXPECT_TRUE(goes_on("a broker keeps its connections and says nothing"));
  cluster_.broker(0).wake();
  EXPECT_TRUE(eventually(60s, [&] { return cluster_.in_sync(); }));
  end();
}

}  // namespace
}  // namespace crowdflow::test
