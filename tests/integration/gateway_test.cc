// Readings by POST, through a real Kafka, to what the engine makes of them.
#include <gmock/gmock.h>
#include <numeric>
#include <thread>

#include "integration/topic_contents.h"
#include "log/log.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr const char* kVenue = R"(crowdflow: v1
venue: { id: hall, time_zone: Europe/London }
zones: [ { id: hall, area: 100 } ]
openings: [ { id: door, to: hall, width: 2, sensor: door-counter } ]
windows: [ 1s ]
starts: empty
)";

constexpr int kPartitions = 4;
constexpr std::int64_t kBegin = 1'577'836'800;  // 2020-01-01T00:00:00Z

// One person who came in, in the second before.
std::string arrival(int second) {
  return R"({"venue_id":"hall","sensor_id":"door-counter","event_time":")" +
         to_rfc3339(start_of_second(kBegin + second)) +
         R"(","interval":"1s","count_delta":{"entries":1}})";
}

class GatewayTest : public testing::Test {
 protected:
  void start(const std::string& prefix) {
    program_ = std::make_unique<CrowdflowProgram>(
        kafka->broker().bootstrap(),
        std::vector<std::filesystem::path>{dir_.write("venue.yaml", kVenue)}, prefix, kPartitions);
    ASSERT_TRUE(program_->create_topics());
    ASSERT_TRUE(program_->start());
    ASSERT_TRUE(program_->becomes_ready());
  }
  [[nodiscard]] HttpResponse post(std::string body, const std::string& query = "") const {
    return http({.method = "POST",
                 .url = program_->url() + "/api/v1/readings" + query,
                 .headers = {{"Content-Type", "application/x-ndjson"}},
                 .body = std::move(body),
                 .limit = 30s});
  }
  [[nodiscard]] double applied() const {
    return program_->metric(R"(crowdflow_readings_total{result="applied"})");
  }

  const TempDir dir_;
  std::unique_ptr<CrowdflowProgram> program_;
};

TEST_F(GatewayTest, WhatIsAnsweredIsInTheLogAtHomeAndIsApplied) {
  start("gateway-home.");
  ASSERT_EQ(post(arrival(1) + "\n" + arrival(2) + "\n").status, 202);
  const auto at_once = [&] {
    return kcat_consume(
        {.bootstrap = kafka->broker().bootstrap(), .topic = program_->topic("readings")});
  }();
  ASSERT_EQ(at_once.records.size(), 1U) << "no later than its answer";
  EXPECT_EQ(at_once.records[0].key, "hall");
  EXPECT_EQ(at_once.records[0].partition, log::home_partition("hall", kPartitions));
  EXPECT_EQ(at_once.records[0].header("content-type"), "application/json");
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 2; })) << program_->metrics();
  EXPECT_EQ(program_->metric(R"(crowdflow_readings_total{result="forwarded"})"), 0);
  EXPECT_EQ(program_->metric("crowdflow_gateway_readings_taken_total"), 2);
  EXPECT_EQ(program_->metric(R"(crowdflow_gateway_requests_total{status="202"})"), 1);

  const HttpResponse refused = post(arrival(3) + "\n" + R"({"venue_id":"hal"})");
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr(R"("reason":"UNKNOWN_VENUE")"));
  EXPECT_EQ(post(arrival(3) + "\n" + R"({"venue_id":"hal"})", "?partial=true").status, 202);
  ASSERT_TRUE(eventually(30s, [&] { return applied() == 3; }));
  ASSERT_TRUE(program_->stop());
  EXPECT_EQ(accounting(kafka->broker().bootstrap(), program_->topic("journal")).consumed, 3U)
      << "what was refused was never published";
}

TEST_F(GatewayTest, ManyClientsAtOnceShareCommitsAndLoseNothing) {
  start("gateway-many.");
  constexpr int kClients = 8;
  constexpr int kEach = 25;
  std::vector<int> taken(kClients);
  std::vector<std::jthread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < kEach; ++i)
        taken[static_cast<std::size_t>(client)] +=
            post(arrival(i * kClients + client)).status == 202 ? 1 : 0;
    });
  }
  clients.clear();
  EXPECT_EQ(std::accumulate(taken.begin(), taken.end(), 0), kClients * kEach);
  ASSERT_TRUE(eventually(30s, [&] {
    return program_->metric("crowdflow_readings_consumed_total") == kClients * kEach;
  })) << program_->metrics();
  EXPECT_LE(program_->metric("crowdflow_gateway_commit_duration_seconds_count"), kClients * kEach);
  EXPECT_EQ(program_->metric(R"(crowdflow_readings_total{result="rejected"})"), 0);
  ASSERT_TRUE(program_->stop());
}

TEST_F(GatewayTest, WhatIsSentAgainAfterAnUnknownOutcomeCountsOnce) {
  start("gateway-frozen.");
  ASSERT_EQ(post(arrival(1)).status, 202);
  kafka->broker().freeze();
  // A process that is told to stop may go on for some milliseconds.
  int second = 2;
  HttpResponse unknown = post(arrival(second));
  while (unknown.status == 202 && second < 100)
    unknown = post(arrival(++second));
  kafka->broker().wake();
  ASSERT_EQ(unknown.status, 503) << unknown.body << unknown.error;
  EXPECT_EQ(unknown.header("content-type"), "application/problem+json");
  EXPECT_FALSE(unknown.header("retry-after").empty());
  EXPECT_THAT(unknown.body, HasSubstr("counts as a duplicate"));
  HttpResponse again;
  ASSERT_TRUE(eventually(60s,
                         [&] {
                           again = post(arrival(second));
                           return again.status == 202;
                         }))
      << again.status << ' ' << again.body << again.error << '\n'
      << program_->log();
  ASSERT_EQ(post(arrival(second + 1)).status, 202);
  const int people = second + 1;
  ASSERT_TRUE(eventually(30s, [&] { return applied() == people; }))
      << program_->metrics() << program_->log();
  ASSERT_TRUE(eventually(30s, [&] {
    const std::string said = R"("occupancy":{"mean":)" + std::to_string(people);
    return http_get(program_->url() + "/api/v1/zones").body.find(said) != std::string::npos;
  })) << http_get(program_->url() + "/api/v1/zones").body;
  ASSERT_TRUE(program_->stop());
}

}  // namespace
}  // namespace crowdflow::test
