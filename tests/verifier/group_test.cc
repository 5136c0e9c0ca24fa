// Engines in one group, each behind a network of its own: they share the work, a planned restart
// moves nothing, an end loses nothing, and who cannot reach the broker says so.
#include <chrono>
#include <map>
#include <numeric>
#include <set>

#include "kafka/kafka_log.h"
#include "paths.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"
#include "support/port.h"
#include "support/tcp_proxy.h"
#include "verifier/publisher.h"
#include "verifier/verdict.h"
#include "verifier/workload.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t kPartitions = 6;
constexpr std::uint64_t kSeed = 1;
constexpr auto kPace = 50ms;

// One broker for all tests of this executable.
class Broker : public testing::Environment {
 public:
  static constexpr std::size_t kWays = 3;

  Broker() {
    for (std::size_t i = 0; i < kWays; ++i) {
      ways_.push_back({.advertised = free_port(), .listens = free_port()});
    }
    broker_ = std::make_unique<KafkaBroker>(std::vector<std::string>{}, ways_);
  }
  void SetUp() override {
    ASSERT_TRUE(broker_->start());
    for (const auto& [advertised, listens] : ways_)
      proxies_.push_back(std::make_unique<TcpProxy>(advertised, listens));
  }
  void TearDown() override {
    proxies_.clear();
    EXPECT_TRUE(broker_->stop());
  }
  [[nodiscard]] KafkaBroker& broker() const { return *broker_; }
  [[nodiscard]] TcpProxy& proxy(std::size_t way) const { return *proxies_[way]; }

 private:
  std::vector<KafkaBroker::Through> ways_;
  std::unique_ptr<KafkaBroker> broker_;
  std::vector<std::unique_ptr<TcpProxy>> proxies_;
};

Broker* const kafka = [] {
  auto* const broker = new Broker;
  testing::AddGlobalTestEnvironment(broker);
  return broker;
}();

class Group : public testing::Test {
 protected:
  void SetUp() override {
    auto log = kafka::connect({.brokers = run_.bootstrap});
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
    ASSERT_TRUE(engine(0).create_topics());
  }
  void TearDown() override {
    for (std::size_t way = 0; way < Broker::kWays; ++way)
      kafka->proxy(way).heal();
  }

  [[nodiscard]] CrowdflowProgram& engine(std::size_t way) {
    auto& program = engines_[way];
    if (!program) {
      program = std::make_unique<CrowdflowProgram>(CrowdflowProgram::Options{
          .brokers = "127.0.0.1:" + std::to_string(kafka->proxy(way).port()),
          .venues = files_,
          .prefix = run_.prefix,
          .partitions = kPartitions,
          .instance = "engine-" + std::to_string(way + 1),
          .more = {}});
    }
    return *program;
  }
  // The first `count` engines have the same number of partitions each, and together all.
  [[nodiscard]] testing::AssertionResult share(std::size_t count) {
    return eventually(30s, [&] {
      std::set<std::int32_t> all;
      std::string words;
      bool even = true;
      for (std::size_t way = 0; way < count; ++way) {
        const auto own = engine(way).partitions();
        even = even && own.size() * count == kPartitions;
        all.insert(own.begin(), own.end());
        words += std::to_string(own.size()) + " ";
      }
      return even && all.size() == kPartitions
                 ? testing::AssertionSuccess()
                 : testing::AssertionFailure() << "partitions: " << words;
    });
  }
  // What the page is told first.
  [[nodiscard]] static std::string first_frame(const CrowdflowProgram& program) {
    const std::string address = "ws" + program.url().substr(program.url().find(':'));
    return run_to_end({.argv = {"python3", "-B", "-c",
                                "import sys, websocket\n"
                                "print(websocket.connect(sys.argv[1], 10).receive())",
                                address + "/api/v1/live"},
                       .env = {{"PYTHONPATH", (source_dir() / "tests/page").string()}}})
        .out;
  }
  [[nodiscard]] static std::string reasons(const CrowdflowProgram& program) {
    return http_get(program.url() + "/readyz").body;
  }

  const TempDir dir_;
  Workload workload_{kSeed, kPartitions};
  const std::vector<std::filesystem::path> files_ = Workload::write_files(dir_, workload_.venues());
  const RunInTest run_{
      .bootstrap = kafka->broker().bootstrap(),
      .prefix = std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".",
      .partitions = kPartitions};
  std::unique_ptr<log::Log> log_;
  std::map<std::size_t, std::unique_ptr<CrowdflowProgram>> engines_;
  Publisher publisher_{run_.bootstrap, run_.topic("readings"), workload_};
};

TEST_F(Group, TwoAndThreeEnginesShareThePartitionsAndEachPageShowsAllZones) {
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(share(1));
  publisher_.begin(kPace);
  ASSERT_TRUE(engine(1).start());
  ASSERT_TRUE(share(2));
  ASSERT_TRUE(engine(2).start());
  ASSERT_TRUE(share(3));

  for (const auto& [way, program] : engines_) {
    EXPECT_TRUE(
        eventually(30s,
                   [&] {
                     const std::string zones = http_get(program->url() + "/api/v1/zones").body;
                     for (const VenueInTest& venue : workload_.venues()) {
                       if (zones.find("\"venue_id\":\"" + venue.id + "\"") == std::string::npos) {
                         return testing::AssertionFailure() << venue.id << " is not in " << zones;
                       }
                     }
                     return testing::AssertionSuccess();
                   }))
        << "engine " << way;
  }
  for (const auto& [way, program] : engines_) {
    EXPECT_TRUE(
        eventually(30s, [&] { return program->metric("crowdflow_readings_consumed_total") > 0; }))
        << "engine " << way;
  }
  publisher_.end();
  EXPECT_TRUE(takes_everything(*log_, run_));
  for (const auto& [way, program] : engines_)
    EXPECT_TRUE(program->stop());
  check_journal(*log_, run_);
  check_no_open_transaction(*log_, run_);
}

TEST_F(Group, APlannedRestartMovesNothing) {
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(engine(1).start());
  ASSERT_TRUE(share(2));
  const auto first = engine(0).partitions();
  const auto second = engine(1).partitions();
  const int given = engine(1).assignments();
  publisher_.begin(kPace);

  ASSERT_TRUE(engine(0).stop());
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(
      eventually(9s, [&] { return engine(0).partitions() == first; }));  // sessions last 10 s
  publisher_.end();
  EXPECT_TRUE(takes_everything(*log_, run_));
  EXPECT_EQ(engine(1).partitions(), second);
  EXPECT_EQ(engine(1).assignments(), given);
  EXPECT_TRUE(engine(0).stop());
  EXPECT_TRUE(engine(1).stop());
  check_journal(*log_, run_);
}

TEST_F(Group, WhoIsToldToEndCommitsWhatItAppliedAndSaysThatItIsNotReady) {
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(engine(0).becomes_ready());
  publisher_.begin(kPace);
  ASSERT_TRUE(
      eventually(30s, [&] { return engine(0).metric("crowdflow_readings_consumed_total") > 500; }));
  // So that there is time to see it end: a commit asks the broker four times or more.
  kafka->proxy(0).set({.delay = 150ms});
  engine(0).terminate();
  EXPECT_TRUE(eventually(10s, [&] {
    const std::string ready = reasons(engine(0));
    return ready.find("stopping") != std::string::npos ? testing::AssertionSuccess()
                                                       : testing::AssertionFailure() << ready;
  }));
  ASSERT_TRUE(engine(0).stop());  // a deadline is in there
  publisher_.end();
  check_no_open_transaction(*log_, run_);

  kafka->proxy(0).heal();
  ASSERT_TRUE(engine(0).start());
  EXPECT_TRUE(takes_everything(*log_, run_));
  EXPECT_TRUE(engine(0).stop());
  const Accounting sum = check_journal(*log_, run_);
  EXPECT_GT(sum.consumed, 500U);
}

TEST_F(Group, WhoCannotReachTheBrokerSaysSoAndGoesOnWhenItCan) {
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(engine(0).becomes_ready());
  publisher_.publish_seconds(200);
  ASSERT_TRUE(takes_everything(*log_, run_));
  EXPECT_EQ(engine(0).metric("crowdflow_log_reachable"), 1);
  const double memory = engine(0).metric("process_resident_memory_bytes");

  kafka->proxy(0).set({.refuses = true});
  kafka->proxy(0).cut();
  EXPECT_TRUE(eventually(30s, [&] {
    const std::string ready = reasons(engine(0));
    return ready.find("the log cannot be reached") != std::string::npos
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << ready;
  }));
  EXPECT_EQ(engine(0).metric("crowdflow_log_reachable"), 0);
  EXPECT_TRUE(eventually(10s, [&] {
    const std::string page = first_frame(engine(0));
    return page.find(R"("feed":{"reachable":false)") != std::string::npos
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << page.substr(0, 300);
  }));

  publisher_.publish_seconds(3000);  // others go on; it cannot see them
  EXPECT_LT(engine(0).metric("process_resident_memory_bytes"), memory + (32 << 20));
  kafka->proxy(0).heal();
  EXPECT_TRUE(engine(0).becomes_ready());
  EXPECT_TRUE(takes_everything(*log_, run_));
  EXPECT_EQ(engine(0).metric("crowdflow_log_reachable"), 1);
  EXPECT_LT(engine(0).metric("process_resident_memory_bytes"), memory + (64 << 20));
  EXPECT_TRUE(engine(0).stop());
  check_journal(*log_, run_);
}

}  // namespace
}  // namespace crowdflow::test
