// The broker dies and comes back, the engine is killed and starts again, while readings are being
// published: nothing is lost, and nothing is said twice to a read-committed reader.
#include <csignal>
#include <thread>

#include "integration/topic_contents.h"
#include "kafka/kafka_log.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"
#include "support/saw_tooth.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr int kSeconds = 1200;

class Faults : public testing::Test {
 protected:
  // Publishes each second's reading in order, whatever happens to the broker meanwhile. (kcat gives
  // up when its broker goes away.)
  void publish(int from, int to) const {
    auto log = kafka::connect({.brokers = kafka->broker().bootstrap()});
    ASSERT_TRUE(log) << log.error().message;
    auto appender = (*log)->appender();
    ASSERT_TRUE(appender) << appender.error().message;
    for (int second = from; second <= to; ++second) {
      const std::string value = saw_tooth_reading(second);
      const auto queued = (*appender)->append({.topic = program_.topic("readings"),
                                               .partition = log::home_partition("hall", 4),
                                               .key = "hall",
                                               .value = value});
      ASSERT_TRUE(queued) << queued.error().message;
      std::this_thread::sleep_for(25ms);  // a feed, not a file
    }
    const auto arrived = (*appender)->flush(60s);
    ASSERT_TRUE(arrived) << arrived.error().message;
  }

  const TempDir dir_;
  CrowdflowProgram program_{
      kafka->broker().bootstrap(), {dir_.write("venue.yaml", kSawToothHall)}, "faults."};
};

TEST_F(Faults, LoseNothingAndSayNothingTwice) {
  ASSERT_TRUE(program_.create_topics());
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.becomes_ready());

  publish(1, 200);
  std::thread publishing([&] { publish(201, 700); });
  std::this_thread::sleep_for(2s);
  ASSERT_TRUE(kafka->broker().kill());
  std::this_thread::sleep_for(10s);  // the length of the outage is the test's subject
  ASSERT_TRUE(kafka->broker().start());
  publishing.join();

  program_.kill();
  publish(701, 900);
  ASSERT_TRUE(program_.start());
  publish(901, kSeconds);

  // Everything that could be said about the recorded time, in any order of faults.
  ASSERT_TRUE(eventually(120s, [&] {
    const Accounting sum = accounting(kafka->broker().bootstrap(), program_.topic("journal"));
    return sum.consumed >= static_cast<unsigned>(kSeconds)
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << sum.consumed << " readings committed\n"
                                             << program_.log();
  }));
  EXPECT_TRUE(eventually(30s, [&] {
    double lag = 0;
    for (int p = 0; p < 4; ++p) {
      lag += program_.metric("crowdflow_consumer_lag_records{partition=\"" + std::to_string(p) +
                             "\"}");
    }
    return lag == 0;
  })) << program_.metrics();

  const Accounting sum = accounting(kafka->broker().bootstrap(), program_.topic("journal"));
  EXPECT_EQ(sum.consumed, static_cast<unsigned>(kSeconds));
  EXPECT_EQ(sum.of(Outcome::kApplied), static_cast<unsigned>(kSeconds));

  const auto finals = final_states(kafka->broker().bootstrap(), program_.topic("zone-states"));
  for (int second = 1; second < kSeconds - 20; ++second) {
    const std::int64_t end = kSawToothBegin + second;
    const auto state = finals.find({"hall", "hall", end - 1, end, 0});
    ASSERT_NE(state, finals.end()) << "second " << second << " is missing";
    EXPECT_EQ(state->second.occupancy().mean(), second % 50) << "second " << second;
  }
  const auto transitions = alerts(kafka->broker().bootstrap(), program_.topic("alerts"));
  std::uint64_t raised = 0;
  for (const v1::Alert& alert : transitions) {
    if (!alert.condition_active()) continue;
    EXPECT_EQ(alert.occurrence(), ++raised);
  }
  EXPECT_EQ(raised, static_cast<unsigned>(kSeconds / 50));
  EXPECT_TRUE(program_.stop());
}

}  // namespace
}  // namespace crowdflow::test
