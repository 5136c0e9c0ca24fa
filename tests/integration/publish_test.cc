// `crowdflow publish` on the real Kafka and beside a running crowdflow.
#include <gmock/gmock.h>

#include "integration/topic_contents.h"
#include "log/log.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"
#include "support/process.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr const char* kVenue = R"(crowdflow: v1
venue: { id: hall, time_zone: Europe/London }
zones: [ { id: hall, area: 100 } ]
openings: [ { id: door, to: hall, width: 2, sensor: door-1 } ]
sensors: [ { id: gate, at: door, counts: access } ]
windows: [ 1s ]
starts: empty
)";

constexpr int kRefused = 65;
constexpr std::int64_t kBegin = 1'577'836'800;  // 2020-01-01T00:00:00Z

std::string arrivals(int readings, int first = 1) {
  std::string lines;
  for (int second = first; second < first + readings; ++second) {
    lines += R"({"venue_id":"hall","sensor_id":"door-1","event_time":")" +
             to_rfc3339(start_of_second(kBegin + second)) +
             R"(","interval":"1s","count_delta":{"entries":1}})" + "\n";
  }
  return lines;
}

class PublishTest : public testing::Test {
 protected:
  void start(const std::string& prefix) {
    prefix_ = prefix;
    venue_ = dir_.write("venue.yaml", kVenue);
    program_ = std::make_unique<CrowdflowProgram>(
        kafka->broker().bootstrap(), std::vector<std::filesystem::path>{venue_}, prefix);
    ASSERT_TRUE(program_->create_topics());
    ASSERT_TRUE(program_->start());
    ASSERT_TRUE(program_->becomes_ready());
  }
  [[nodiscard]] Finished publish(std::vector<std::string> more) const {
    std::vector<std::string> argv{CrowdflowProgram::executable().string(), "publish"};
    argv.insert(argv.end(), more.begin(), more.end());
    return run_to_end({.argv = std::move(argv)});
  }
  [[nodiscard]] std::vector<std::string> to_kafka() const {
    return {"--brokers", kafka->broker().bootstrap(), "--prefix", prefix_};
  }
  [[nodiscard]] std::vector<std::string> to_gateway() const { return {"--url", program_->url()}; }
  [[nodiscard]] double applied() const {
    return program_->metric(R"(crowdflow_readings_total{result="applied"})");
  }
  [[nodiscard]] KcatRecords records() const {
    return kcat_consume(
        {.bootstrap = kafka->broker().bootstrap(), .topic = program_->topic("readings")});
  }

  const TempDir dir_;
  std::filesystem::path venue_;
  std::string prefix_;
  std::unique_ptr<CrowdflowProgram> program_;
};

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_F(PublishTest, SendsAFileInBatchesToKafka) {
  start("publish-kafka.");
  const auto file = dir_.write("day.ndjson", arrivals(1200)).string();
  const Finished done = publish(joined({file, "--batch", "500"}, to_kafka()));
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("1200 readings sent in 3 records, 0 refused"));
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 1200; })) << program_->metrics();
  EXPECT_EQ(records().records.size(), 3U);
  EXPECT_EQ(program_->metric(R"(crowdflow_readings_total{result="forwarded"})"), 0);
  // Again, by the other way in: nothing counts twice.
  const Finished again = publish(joined({file}, to_gateway()));
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("1200 readings sent in 1 records"));
  ASSERT_TRUE(eventually(
      30s, [&] { return program_->metric("crowdflow_readings_consumed_total") == 2400; }));
  EXPECT_EQ(applied(), 1200);
  ASSERT_TRUE(program_->stop());
}

TEST_F(PublishTest, SendsASpreadsheetOfADoorCounter) {
  start("publish-csv.");
  const auto file = dir_.write("door.csv",
                               "Datum;Uhrzeit;Ein;Aus\n"
                               "01.07.2019;10:00;12;0\n"
                               "01.07.2019;10:15;3;zwei\n"
                               "01.07.2019;10:15;3;2\n"
                               "Summe;;15;2\n");
  const Finished done =
      publish(joined({file.string(), "--venue", venue_.string(), "--columns",
                      "event_time=Datum+Uhrzeit,entries=Ein,exits=Aus", "--sensor", "door-1",
                      "--interval", "15m", "--stamped", "start", "--time-format", "%d.%m.%Y %H:%M"},
                     to_gateway()));
  EXPECT_EQ(done.status, kRefused) << done.err;
  EXPECT_THAT(done.err, HasSubstr(file.string() +
                                  ":3: column \"Aus\": found \"zwei\", expected a whole number"));
  EXPECT_THAT(done.err, HasSubstr(file.string() + ":5: column \"Datum+Uhrzeit\": found \"Summe"));
  EXPECT_THAT(done.err, HasSubstr("2 readings sent in 1 records, 2 refused"));
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 2; }));
  ASSERT_TRUE(eventually(30s, [&] {
    return http_get(program_->url() + "/api/v1/zones").body.find(R"("mean":13)") !=
           std::string::npos;
  })) << http_get(program_->url() + "/api/v1/zones").body;
  const auto kept = records().records;
  ASSERT_EQ(kept.size(), 1U);
  v1::ReadingBatch batch;
  ASSERT_TRUE(batch.ParseFromString(*kept[0].value));
  EXPECT_EQ(batch.readings(0).event_time().seconds(), 1'561'972'500)  // 10:15 British Summer Time
      << batch.ShortDebugString();
  ASSERT_TRUE(program_->stop());
}

TEST_F(PublishTest, SaysWhichReadingsTheServerRefuses) {
  start("publish-refused.");
  std::string lines = arrivals(3);
  lines += R"({"venue_id":"hall","sensor_id":"dor-1","event_time":"2020-01-01T00:00:04Z",)"
           R"("heartbeat":{}})"
           "\n";
  lines += "not JSON\n";
  lines += arrivals(1, 5);
  const auto file = dir_.write("day.ndjson", lines).string();
  const Finished done = publish(joined({file}, to_gateway()));
  EXPECT_EQ(done.status, kRefused);
  EXPECT_THAT(done.err, HasSubstr(file + ":4: sensor_id: found \"dor-1\", expected a sensor of "
                                         "venue hall: door-1, gate"));
  EXPECT_THAT(done.err, HasSubstr(file + ":5:1: found"));
  EXPECT_THAT(done.err, HasSubstr("4 readings sent in 1 records, 2 refused"));
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 4; }));

  const Finished strict = publish(joined({file, "--strict"}, to_gateway()));
  EXPECT_EQ(strict.status, kRefused);
  EXPECT_THAT(strict.err, HasSubstr("0 readings sent"));
  EXPECT_THAT(strict.err, HasSubstr("ended at the first reading that was refused (--strict)"));
  ASSERT_TRUE(program_->stop());
}

TEST_F(PublishTest, KeepsTheReasonsOfRefusals) {
  start("publish-access.");
  const auto file = dir_.write(
      "gate.ndjson", R"({"sensor_id":"gate","event_time":"2020-01-01T00:00:01Z","interval":"1s",)"
                     R"("access":{"admitted":2,"refused":{"no ticket":"1"}}})"
                     "\n");
  const Finished done = publish(joined({file.string(), "--venue-id", "hall"}, to_kafka()));
  EXPECT_EQ(done.status, 0) << done.err;
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 1; })) << program_->metrics();
  const auto kept = records().records;
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].key, "hall");
  EXPECT_THAT(*kept[0].value, HasSubstr(R"("no ticket":"1")"));
  ASSERT_TRUE(program_->stop());
}

TEST_F(PublishTest, WaitsForAServerThatIsAway) {
  start("publish-away.");
  const auto file = dir_.write("day.ndjson", arrivals(10)).string();
  const std::string url = program_->url();
  program_->kill();
  Process waiting(
      {.argv = {CrowdflowProgram::executable().string(), "publish", file, "--url", url}});
  ASSERT_TRUE(waiting.start());
  EXPECT_FALSE(waiting.exits_with(0, 3s)) << "nobody is there";
  EXPECT_TRUE(waiting.running());
  waiting.signal(SIGTERM);
}

}  // namespace
}  // namespace crowdflow::test
