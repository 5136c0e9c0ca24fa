// Engines in one group, each behind a network of its own: they share the work, a planned restart
// moves nothing, one after the other leaves no trace, an end loses nothing, and who cannot reach
// the broker, or does not hear from it, says so.
#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <regex>
#include <set>
#include <string_view>

#include "kafka/kafka_log.h"
#include "paths.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"
#include "support/port.h"
#include "support/tcp_proxy.h"
#include "verifier/calm_run.h"
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

  [[nodiscard]] CrowdflowProgram::Options options(std::size_t way, std::string more = {}) const {
    return {.brokers = "127.0.0.1:" + std::to_string(kafka->proxy(way).port()),
            .venues = files_,
            .prefix = run_.prefix,
            .partitions = kPartitions,
            .instance = "engine-" + std::to_string(way + 1),
            .more = std::move(more)};
  }
  [[nodiscard]] CrowdflowProgram& engine(std::size_t way) {
    auto& program = engines_[way];
    if (!program) program = std::make_unique<CrowdflowProgram>(options(way));
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
  // The page knows a state of each zone, and alarms of what others work on.
  [[nodiscard]] testing::AssertionResult shows_all(const CrowdflowProgram& program) const {
    return eventually(30s, [&] {
      const std::string zones = http_get(program.url() + "/api/v1/zones").body;
      for (const VenueInTest& venue : workload_.venues()) {
        if (zones.find("\"venue_id\":\"" + venue.id + "\"") == std::string::npos) {
          return testing::AssertionFailure() << venue.id << " is not in " << zones;
        }
      }
      if (zones.find("NEVER_HEARD") != std::string::npos) {
        return testing::AssertionFailure() << "not all zones are heard of: " << zones;
      }
      const auto own = program.partitions();
      const auto alarms = alarms_on(program);
      const bool of_others = std::ranges::any_of(alarms, [&](const std::string& alert_id) {
        return !own.contains(workload_.venue(alert_id.substr(0, alert_id.find('/'))).home);
      });
      return of_others ? testing::AssertionSuccess()
                       : testing::AssertionFailure()
                             << "no alarm of others among " << testing::PrintToString(alarms);
    });
  }
  // What it measured of a venue that another works on now is old.
  [[nodiscard]] testing::AssertionResult measures_its_own_alone(
      const CrowdflowProgram& program) const {
    const auto own = program.partitions();
    const std::string metrics = program.metrics();
    for (const VenueInTest& venue : workload_.venues()) {
      const std::string series = "crowdflow_zone_occupancy_persons{venue=\"" + venue.id + "\"";
      const bool measured = metrics.find(series) != std::string::npos;
      if (measured && !own.contains(venue.home)) {
        return testing::AssertionFailure() << venue.id << " is at home elsewhere:\n" << metrics;
      }
    }
    return testing::AssertionSuccess();
  }
  // The ids of the alarms that the page knows.
  [[nodiscard]] static std::set<std::string> alarms_on(const CrowdflowProgram& program) {
    static const std::regex id(R"re("alert_id":"([^"]+)")re");
    const std::string alerts = http_get(program.url() + "/api/v1/alerts").body;
    std::set<std::string> ids;
    for (auto each = std::sregex_iterator(alerts.begin(), alerts.end(), id);
         each != std::sregex_iterator(); ++each) {
      ids.insert((*each)[1]);
    }
    return ids;
  }
  // Where each partition of the readings ends.
  [[nodiscard]] std::vector<std::int64_t> ends() const {
    std::vector<std::int64_t> all;
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      const auto bounds = log_->query_bounds({run_.topic("readings"), p});
      all.push_back(bounds ? bounds->high : -1);
    }
    return all;
  }
  // The group has committed all that comes before `ends`.
  [[nodiscard]] testing::AssertionResult committed(const std::vector<std::int64_t>& ends) const {
    std::vector<log::PartitionId> all;
    for (std::int32_t p = 0; p < kPartitions; ++p)
      all.push_back({run_.topic("readings"), p});
    const auto positions = log_->committed(run_.group(), all);
    if (!positions) return testing::AssertionFailure() << positions.error().message;
    for (const log::Position& position : *positions) {
      const auto end = ends[static_cast<std::size_t>(position.at.partition)];
      if (position.offset < end) {
        return testing::AssertionFailure()
               << "partition " << position.at.partition << ": " << position.offset << " of " << end;
      }
    }
    return testing::AssertionSuccess();
  }
  // Records of the readings that are still to take, in all partitions; -1 where it is not said.
  [[nodiscard]] static double lag(const CrowdflowProgram& program) {
    double sum = 0;
    for (std::int32_t p = 0; p < kPartitions; ++p) {
      const double one =
          program.metric("crowdflow_consumer_lag_records{partition=\"" + std::to_string(p) + "\"}");
      if (one < 0) return -1;
      sum += one;
    }
    return sum;
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

  for (const auto& [way, program] : engines_)
    EXPECT_TRUE(shows_all(*program)) << "engine " << way;
  for (const auto& [way, program] : engines_) {
    EXPECT_TRUE(
        eventually(30s, [&] { return program->metric("crowdflow_readings_consumed_total") > 0; }))
        << "engine " << way;
  }
  publisher_.end();
  EXPECT_TRUE(takes_everything(*log_, run_));
  for (const auto& [way, program] : engines_)
    EXPECT_TRUE(eventually(5s, [&] { return measures_its_own_alone(*program); }));
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

TEST_F(Group, OneAfterTheOtherIsStartedAnewAndLeavesNoTrace) {
  for (const std::size_t way : {0, 1, 2})
    ASSERT_TRUE(engine(way).start());
  ASSERT_TRUE(share(3));
  publisher_.begin(kPace);
  for (const std::size_t way : {0, 1, 2}) {
    const double consumed = engine(way).metric("crowdflow_readings_consumed_total");
    EXPECT_TRUE(eventually(30s, [&] {
      return engine(way).metric("crowdflow_readings_consumed_total") > consumed + 100;
    }));
    ASSERT_TRUE(engine(way).stop());
    ASSERT_TRUE(engine(way).start());
    ASSERT_TRUE(engine(way).becomes_ready());
  }
  const std::int64_t seconds = publisher_.end();
  EXPECT_TRUE(takes_everything(*log_, run_));
  publisher_.publish_closing();
  EXPECT_TRUE(takes_everything(*log_, run_));
  for (const auto& [way, program] : engines_)
    EXPECT_TRUE(program->stop());
  const Compared compared = compare_with_calm_run(*log_, run_, options(0), kSeed, seconds);
  EXPECT_GT(compared.windows, static_cast<std::size_t>(seconds));
  EXPECT_GT(compared.transitions, 0U);
}

TEST_F(Group, WhoIsToldToEndCommitsWhatNoCommitWasDueFor) {
  CrowdflowProgram seldom(options(0, "commit_interval: 5s\n"));
  ASSERT_TRUE(seldom.start());
  ASSERT_TRUE(seldom.becomes_ready());
  publisher_.publish_seconds(20);
  const double commits = seldom.metric("crowdflow_commits_total");
  ASSERT_TRUE(eventually(30s, [&] { return seldom.metric("crowdflow_commits_total") > commits; }));
  publisher_.publish_seconds(20);
  const auto published = ends();
  ASSERT_TRUE(eventually(30s, [&] { return lag(seldom) == 0; }));
  ASSERT_TRUE(seldom.stop());
  EXPECT_TRUE(committed(published));
}

TEST_F(Group, WhoIsToldToEndSaysThatItIsNotReady) {
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

TEST_F(Group, WhoDoesNotHearFromTheBrokerSaysSoAndGoesOnWhenItDoes) {
  ASSERT_TRUE(engine(0).start());
  ASSERT_TRUE(engine(0).becomes_ready());
  const auto says_so = [&](std::string_view how) {
    EXPECT_TRUE(eventually(60s, [&] {
      const std::string ready = reasons(engine(0));
      return ready.find("the log cannot be reached") != std::string::npos &&
                     engine(0).metric("crowdflow_log_reachable") == 0
                 ? testing::AssertionSuccess()
                 : testing::AssertionFailure() << how << ": " << ready;
    }));
  };
  const auto goes_on = [&](std::string_view how) {
    EXPECT_TRUE(engine(0).becomes_ready()) << how;
    publisher_.publish_seconds(50);
    EXPECT_TRUE(takes_everything(*log_, run_)) << how;
  };
  kafka->broker().freeze();
  says_so("a broker that is frozen");
  kafka->broker().wake();
  goes_on("a broker that was frozen");

  kafka->proxy(0).set({.to_client = TcpProxy::Way::kSwallows});
  says_so("answers that are lost on their way");
  kafka->proxy(0).heal();
  goes_on("answers that were lost on their way");
  EXPECT_TRUE(engine(0).stop());
  check_journal(*log_, run_);
}

}  // namespace
}  // namespace crowdflow::test
