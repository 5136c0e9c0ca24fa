// A restore that takes longer than the group lets a member be silent: the processor, in this
// process, on a real Kafka.
#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "integration/watched_log.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "processor/processor.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka_environment = KafkaEnvironment::install();

constexpr std::int32_t kPartitions = 2;
constexpr auto kSilence = 6s;  // the shortest that a broker accepts

std::shared_ptr<const Venue> hall(const std::string& version) {
  Venue venue;
  venue.id = "hall";
  venue.version = version;
  venue.profiles.push_back(*built_in_profile("fruin-walkway"));
  venue.zones.push_back({.id = "hall", .area_m2 = 100});
  venue.windows = {{.size_s = 60, .hop_s = 60}};
  return std::make_shared<const Venue>(std::move(venue));
}

// Says only after this time how far a group has come, which a restore asks first, once for each
// partition. Any thread.
class SlowLog final : public RelayLog {
 public:
  SlowLog(log::Log& inner, std::chrono::seconds takes) : RelayLog(inner), takes_(takes) {}

  Result<std::vector<log::Position>> committed(
      const std::string& group, std::span<const log::PartitionId> partitions) override {
    ++asked_;
    std::this_thread::sleep_for(takes_);
    return RelayLog::committed(group, partitions);
  }
  [[nodiscard]] int asked() const { return asked_; }

 private:
  const std::chrono::seconds takes_;
  std::atomic<int> asked_{0};
};

class LongRestore : public testing::Test {
 protected:
  LongRestore() {
    options_.topics = log::TopicNames(
        std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".");
    options_.group = options_.topics.readings;
    options_.instance = "the one";
    options_.parse_venue = [](const wire::VenueFile& file) { return hall(file.version); };
    options_.now = [] {
      return WallTime{
          std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
    };
  }
  void SetUp() override {
    const kafka::ConnectOptions connection{
        .brokers = kafka_environment->broker().bootstrap(),
        .client_id = "long-restore",
        .properties = {{"session.timeout.ms", std::to_string(1000 * kSilence.count())},
                       {"max.poll.interval.ms", std::to_string(1000 * kSilence.count())}},
        .fetch_wait = 100ms,
        .warm_topics = {}};
    ASSERT_TRUE(
        kafka::create_topics(connection, kafka::topic_specs(options_.topics, kPartitions, 1)));
    auto log = kafka::connect(connection);
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
    slow_ = std::make_unique<SlowLog>(*log_, 2 * kSilence);
    watched_ = std::make_unique<WatchedLog>(*slow_, watch_);
  }
  void start(log::Log& log) {
    ended_ = {};
    thread_ = std::jthread([this, &log](const std::stop_token& stop) {
      ended_.set_value(processor::Processor(log, options_, status_).run(stop));
    });
  }
  void expect_a_good_end() {
    thread_.request_stop();
    const auto ended = ended_.get_future().get();
    EXPECT_TRUE(ended) << ended.error().message;
    EXPECT_EQ(status_.read().restarts, 0U);
    thread_.join();
  }
  [[nodiscard]] telemetry::EngineStage stage() { return status_.read().stage; }

  processor::ProcessorOptions options_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<SlowLog> slow_;
  const std::shared_ptr<LogWatch> watch_ = std::make_shared<LogWatch>();
  std::unique_ptr<WatchedLog> watched_;
  processor::StatusCell status_;
  std::promise<Result<void>> ended_;
  std::jthread thread_;
};

TEST_F(LongRestore, EndsAndTheGroupKeepsTheEngineMeanwhile) {
  start(*watched_);
  EXPECT_TRUE(eventually(60s, [&] { return stage() == telemetry::EngineStage::kRunning; }));
  std::this_thread::sleep_for(kSilence);  // who was taken for dead would hear of it by now
  EXPECT_EQ(stage(), telemetry::EngineStage::kRunning);
  expect_a_good_end();
  EXPECT_EQ(slow_->asked(), kPartitions) << "once for each partition";
  EXPECT_EQ(watch_->seen().assignments, 1U);
  // librdkafka 2.0.2 counts no silence before an assignment is answered; later ones may.
  EXPECT_LT(watch_->seen().longest_silence, kSilence);
}

// Of two pages of the journal, each with another file of the venue.
TEST_F(LongRestore, IsGivenUpWhenTheEngineIsToldToEnd) {
  for (const char* version : {"1", "2"}) {
    options_.venues = {{.yaml = "", .venue = hall(version)}};
    start(*log_);
    ASSERT_TRUE(eventually(60s, [&] { return stage() == telemetry::EngineStage::kRunning; }));
    expect_a_good_end();
  }
  std::atomic<int> parsed{0};
  std::promise<void> told;
  options_.parse_venue = [&, is_told = told.get_future().share()](const wire::VenueFile& file) {
    ++parsed;
    is_told.wait();
    return hall(file.version);
  };
  start(*log_);
  ASSERT_TRUE(eventually(60s, [&] { return parsed == 1; }));
  thread_.request_stop();
  told.set_value();
  expect_a_good_end();
  EXPECT_EQ(parsed, 1) << "the second page was not to be applied any more";
}

}  // namespace
}  // namespace crowdflow::test
