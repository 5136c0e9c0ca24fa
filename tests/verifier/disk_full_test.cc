// The broker's disk is full: Kafka ends itself then. The engine says that it cannot reach the log,
// does nothing in haste, and goes on by itself when the broker is back with room, with nothing lost
// and nothing said twice.
//
// A disk of a size of its own wants root; that no file may grow any more ends the same way: a write
// fails, and with it the only folder that the broker has.
#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <thread>

#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"
#include "verifier/publisher.h"
#include "verifier/verdict.h"
#include "verifier/workload.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr std::int32_t kPartitions = 4;
constexpr std::uint64_t kSeed = 5;
constexpr auto kPace = 50ms;
constexpr std::uintmax_t kLongestFile = std::uintmax_t{1} << 20;

class DiskFull : public testing::Test {
 protected:
  void SetUp() override {
    auto log = kafka::connect({.brokers = run_.bootstrap});
    ASSERT_TRUE(log) << log.error().message;
    log_ = std::move(*log);
    ASSERT_TRUE(program_.create_topics());
    ASSERT_TRUE(kafka::create_topics(
        {.brokers = run_.bootstrap},
        {{.name = "others", .partitions = 1, .replication = 1, .configs = {}}}));
  }
  // What somebody else writes there takes the last of the room.
  void fill() {
    auto appender = log_->appender();
    ASSERT_TRUE(appender) << appender.error().message;
    const std::string large(900'000, 'x');
    bool written = true;
    for (int i = 0; written && i < 3; ++i) {
      ASSERT_TRUE((*appender)->append({.topic = "others", .partition = 0, .value = large}));
      written = (*appender)->flush(5s).has_value();
    }
    EXPECT_FALSE(written) << "the disk is not full";
  }
  [[nodiscard]] testing::AssertionResult is_ready(int status, const std::string& because) {
    return eventually(30s, [&] {
      const HttpResponse answer = http_get(program_.url() + "/readyz");
      return answer.status == status && answer.body.find(because) != std::string::npos
                 ? testing::AssertionSuccess()
                 : testing::AssertionFailure() << answer.status << ' ' << answer.body;
    });
  }

  const TempDir dir_;
  Workload workload_{kSeed, kPartitions};
  const RunInTest run_{
      .bootstrap = kafka->broker().bootstrap(), .prefix = "full.", .partitions = kPartitions};
  CrowdflowProgram program_{{.brokers = run_.bootstrap,
                             .venues = Workload::write_files(dir_, workload_.venues()),
                             .prefix = run_.prefix,
                             .partitions = kPartitions}};
  Publisher publisher_{run_.bootstrap, run_.topic("readings"), workload_};
  std::unique_ptr<log::Log> log_;
};

TEST_F(DiskFull, IsSaidAndGoneOnFromWhenThereIsRoomAgain) {
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.becomes_ready());
  publisher_.begin(kPace);
  ASSERT_TRUE(
      eventually(30s, [&] { return program_.metric("crowdflow_readings_consumed_total") > 500; }));

  ASSERT_TRUE(kafka->broker().let_no_file_grow_beyond(kLongestFile));
  fill();
  ASSERT_TRUE(kafka->broker().ends_by_itself());

  EXPECT_TRUE(is_ready(503, "the log cannot be reached"));
  EXPECT_EQ(program_.metric("crowdflow_log_reachable"), 0);
  const std::string said_before = program_.log();
  std::this_thread::sleep_for(10s);  // the length of the outage is the test's subject
  EXPECT_TRUE(program_.running());
  const std::string said = program_.log().substr(said_before.size());
  EXPECT_LE(std::ranges::count(said, '\n'), 10) << "it is in haste:\n" << said;
  EXPECT_EQ(http_get(program_.url() + "/healthz").status, 200);

  ASSERT_TRUE(kafka->broker().start());
  EXPECT_TRUE(is_ready(200, ""));
  EXPECT_EQ(program_.metric("crowdflow_log_reachable"), 1);
  publisher_.end();
  EXPECT_TRUE(takes_everything(*log_, run_)) << program_.log();
  EXPECT_TRUE(program_.stop());
  const Accounting sum = check_journal(*log_, run_);
  EXPECT_GT(sum.consumed, 500U);
  check_no_open_transaction(*log_, run_);
  for (const VenueInTest& venue : workload_.venues())
    EXPECT_TRUE(reproduces(run_, venue.id));
}

}  // namespace
}  // namespace crowdflow::test
