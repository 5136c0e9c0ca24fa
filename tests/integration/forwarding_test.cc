// Kafka clients do not agree on the partition of a key: one venue, published by two of them at
// once.
#include "integration/topic_contents.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr const char* kVenue = R"(crowdflow: v1
venue: { id: gangneung-hall, time_zone: Asia/Seoul }
zones: [ { id: hall, area: 100 } ]
openings:
  - { id: north, to: hall, width: 2, sensor: north-counter }
  - { id: south, to: hall, width: 2, sensor: south-counter }
windows: [ 1s ]
starts: empty
)";

constexpr int kSeconds = 300;

std::string readings(const std::string& sensor, int entries, int exits) {
  std::string lines;
  for (int second = 1; second <= kSeconds; ++second) {
    lines += R"({"venue_id":"gangneung-hall","sensor_id":")" + sensor + R"(","sequence":)" +
             std::to_string(second) + R"(,"event_time":")" +
             to_rfc3339(start_of_second(1'518'174'000 + second)) +
             R"(","interval":"1s","count_delta":{"entries":)" + std::to_string(entries) +
             R"(,"exits":)" + std::to_string(exits) + "}}\n";
  }
  return lines;
}

TEST(Forwarding, ReadingsOnAnyPartitionCountOnceAtHome) {
  const TempDir dir;
  CrowdflowProgram program(kafka->broker().bootstrap(), {dir.write("venue.yaml", kVenue)},
                           "forwarding.");
  ASSERT_TRUE(program.create_topics());
  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());

  KcatProduce how{.bootstrap = kafka->broker().bootstrap(),
                  .topic = program.topic("readings"),
                  .key = "gangneung-hall",
                  .settings = {"topic.partitioner=murmur2_random"}};
  ASSERT_TRUE(kcat_produce_lines(how, readings("north-counter", 2, 0)));
  how.settings = {"topic.partitioner=consistent_random"};  // CRC32, librdkafka's default
  ASSERT_TRUE(kcat_produce_lines(how, readings("south-counter", 0, 1)));

  ASSERT_TRUE(eventually(30s, [&] {
    return program.metric(R"(crowdflow_readings_total{result="applied"})") +
               program.metric(R"(crowdflow_readings_total{result="late_applied"})") >=
           2 * kSeconds;
  })) << program.metrics();
  EXPECT_EQ(program.metric(R"(crowdflow_readings_total{result="forwarded"})"), kSeconds);

  ASSERT_TRUE(eventually(30s, [&] {
    const auto finals = final_states(kafka->broker().bootstrap(), program.topic("zone-states"));
    if (finals.empty()) return testing::AssertionFailure() << "nothing has closed";
    double people = -1;
    for (const auto& [id, state] : finals)
      people = state.occupancy().mean();
    return people == kSeconds ? testing::AssertionSuccess()
                              : testing::AssertionFailure() << people << " people at the end";
  }));
  ASSERT_TRUE(program.stop());

  const Accounting sum = accounting(kafka->broker().bootstrap(), program.topic("journal"));
  EXPECT_EQ(sum.consumed, 3U * kSeconds);
  EXPECT_EQ(sum.of(Outcome::kForwarded), static_cast<unsigned>(kSeconds));
  EXPECT_EQ(sum.of(Outcome::kApplied) + sum.of(Outcome::kLateApplied), 2U * kSeconds);
}

}  // namespace
}  // namespace crowdflow::test
