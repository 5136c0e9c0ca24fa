// What cannot be used comes back as a dead letter, byte for byte, and the flow goes on.
#include "integration/topic_contents.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr const char* kVenue = R"(crowdflow: v1
venue: { id: hall, time_zone: Europe/London }
zones: [ { id: hall, area: 100 } ]
openings: [ { id: door, to: hall, width: 2, sensor: door-counter } ]
windows: [ 1s ]
starts: empty
)";

std::string reading(const std::string& at, const std::string& rest,
                    const std::string& sensor = "door-counter") {
  return R"({"venue_id":"hall","sensor_id":")" + sensor + R"(","event_time":")" + at +
         R"(","interval":"1s",)" + rest + "}";
}

struct Bad {
  std::string value;
  const char* reason;
};

TEST(Rejects, BecomeDeadLettersWithTheirBytesAndTheRestGoesOn) {
  const TempDir dir;
  CrowdflowProgram program(kafka->broker().bootstrap(), {dir.write("venue.yaml", kVenue)},
                           "rejects.");
  ASSERT_TRUE(program.create_topics());
  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());

  const std::string one = R"("count_delta":{"entries":1,"exits":0})";
  std::string binary("\x0a\x04hall\xff\xfe\x00\x01 not a batch", 24);
  const std::vector<Bad> bad{
      {binary, "MALFORMED"},
      {R"({"venue_id":"hall","readings":[{"sensor_id":)", "MALFORMED"},
      {R"({"venue_id":"elsewhere","sensor_id":"door-counter",)"
       R"("event_time":"2020-01-01T00:00:01Z","heartbeat":{}})",
       "UNKNOWN_VENUE"},
      {reading("2020-01-01T00:00:01Z", one, "nobody"), "UNKNOWN_SENSOR"},
      {reading("2020-01-01T00:00:01Z", R"("count_delta":{"entries":2000000,"exits":0})"),
       "IMPOSSIBLE"},
      {reading("2020-01-01T00:00:01Z", R"("occupancy":{"people":5})"), "IMPOSSIBLE"},
      {reading("2190-01-01T00:00:01Z", one), "FUTURE"},
      {reading("2020-01-01T00:00:01Z", R"("motion":{"mean_speed":1.0})"), "IMPOSSIBLE"},
  };
  const KcatProduce how{.bootstrap = kafka->broker().bootstrap(),
                        .topic = program.topic("readings"),
                        .key = "hall",
                        .headers = {{"feed", "test"}},
                        .settings = {"topic.partitioner=murmur2_random"}};
  ASSERT_TRUE(kcat_produce_lines(how, reading("2020-01-01T00:10:00Z", one) + "\n"));
  for (const Bad& each : bad) {
    ASSERT_TRUE(kcat_produce_bytes(how, std::string_view(each.value))) << each.reason;
  }
  // Older than what came before by more than can be told from a repeat.
  const std::string late = reading("2020-01-01T00:01:00Z", one);
  ASSERT_TRUE(kcat_produce_bytes(how, std::string_view(late)));
  ASSERT_TRUE(kcat_produce_lines(how, reading("2020-01-01T00:10:01Z", one) + "\n"));

  ASSERT_TRUE(eventually(30s, [&] {
    return program.metric(R"(crowdflow_readings_total{result="applied"})") == 2;
  })) << program.metrics();
  EXPECT_EQ(program.metric(R"(crowdflow_readings_total{result="rejected"})"),
            static_cast<double>(bad.size() + 1));
  EXPECT_EQ(program.metric(R"(crowdflow_readings_rejected_total{reason="LATE"})"), 1);
  EXPECT_EQ(program.metric("crowdflow_readings_consumed_total"),
            static_cast<double>(bad.size() + 3));
  ASSERT_TRUE(program.stop());

  const KcatRecords letters = kcat_consume(
      {.bootstrap = kafka->broker().bootstrap(), .topic = program.topic("dead-letters")});
  ASSERT_EQ(letters.error, "");
  std::multimap<std::string, KafkaRecord> by_value;
  for (const KafkaRecord& letter : letters.records)
    by_value.emplace(*letter.value, letter);
  ASSERT_EQ(by_value.size(), bad.size() + 1);
  std::vector<Bad> all = bad;
  all.push_back({late, "LATE"});
  for (const Bad& each : all) {
    const auto letter = by_value.find(each.value);
    ASSERT_NE(letter, by_value.end()) << each.reason;
    EXPECT_EQ(letter->second.key, "hall");
    EXPECT_EQ(letter->second.header("feed"), "test");
    EXPECT_EQ(letter->second.header("crowdflow.reason"), each.reason);
    EXPECT_EQ(letter->second.header("crowdflow.topic"), program.topic("readings"));
    EXPECT_TRUE(letter->second.header("crowdflow.offset").has_value());
  }
  const Accounting sum = accounting(kafka->broker().bootstrap(), program.topic("journal"));
  EXPECT_EQ(sum.consumed, bad.size() + 3);
}

}  // namespace
}  // namespace crowdflow::test
