// POST /api/v1/readings as an integrator meets it: over a real HTTP server.

#include "gateway/gateway.h"

#include <boost/json.hpp>
#include <future>
#include <gmock/gmock.h>
#include <memory>
#include <zlib.h>

#include "support/eventually.h"
#include "support/http_client.h"
#include "unit/engine/venue_builder.h"
#include "unit/gateway/held_log.h"
#include "wire/readings_decoder.h"
#include "wire/readings_encoder.h"

namespace crowdflow::gateway {
namespace {

using namespace std::chrono_literals;
using ::crowdflow::test::eventually;
using ::crowdflow::test::HeldLog;
using ::crowdflow::test::http;
using ::crowdflow::test::HttpRequest;
using ::crowdflow::test::HttpResponse;
using ::testing::HasSubstr;

constexpr WallTime kNow{std::chrono::seconds{1'700'000'000}};

std::string reading(std::string_view rest = "", std::string_view sensor = "counter",
                    std::string_view venue = "hall") {
  return R"({"venue_id":")" + std::string(venue) + R"(","sensor_id":")" + std::string(sensor) +
         R"(","event_time":"2023-11-14T22:13:20Z","interval":"1s",)" +
         (rest.empty() ? R"("count_delta":{"entries":3,"exits":1}})" : std::string(rest) + "}");
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class GatewayTest : public ::testing::Test {
 protected:
  void start(GatewayOptions options = {}) {
    if (options.venues.empty()) {
      options.venues = {crowdflow::testing::one_hall().build(),
                        crowdflow::testing::one_hall().id("annex").build()};
    }
    options.now = [] { return kNow; };
    gateway_ = std::make_unique<Gateway>(log_, server_, std::move(options));
    ASSERT_TRUE(server_.start().has_value());
    gateway_->start();
  }
  void TearDown() override {
    log_.release();
    if (gateway_) gateway_->stop();
    server_.stop();
  }

  [[nodiscard]] HttpRequest request(std::string body,
                                    const std::string& type = "application/json") const {
    return {.method = "POST",
            .url = "http://127.0.0.1:" + std::to_string(server_.port()) + "/api/v1/readings",
            .headers = {{"Content-Type", type}},
            .body = std::move(body)};
  }
  [[nodiscard]] HttpResponse post(std::string body,
                                  const std::string& type = "application/json") const {
    return http(request(std::move(body), type));
  }
  [[nodiscard]] std::future<HttpResponse> post_meanwhile(std::string body) const {
    return std::async(std::launch::async, [this, body = std::move(body)] { return post(body); });
  }
  // What the committed records say, as the engine would decode them.
  [[nodiscard]] std::size_t readings_in_log() const {
    wire::ReadingsDecoder decoder;
    std::size_t count = 0;
    for (const auto& record : log_.records()) {
      const auto readings = decoder.decode(record.value, record.headers.at("content-type"));
      EXPECT_TRUE(readings.has_value()) << record.value;
      if (!readings) continue;
      count += readings->size();
      for (const Reading& each : *readings)
        EXPECT_EQ(each.venue_id, record.key);
      EXPECT_EQ(record.partition, log::home_partition(record.key, HeldLog::kPartitions));
    }
    return count;
  }

  HeldLog log_;
  http::Server server_{http::ServerOptions{}};
  std::unique_ptr<Gateway> gateway_;
};

boost::json::object parsed(const HttpResponse& response) {
  return boost::json::parse(response.body).as_object();
}

// The body of an error must be what RFC 9457 says.
void expect_problem(const HttpResponse& response, int status, std::string_view type) {
  EXPECT_EQ(response.status, status) << response.body << response.error;
  if (response.status != status) return;
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  const auto body = parsed(response);
  EXPECT_EQ(body.at("type").as_string(), "urn:crowdflow:problem:" + std::string(type));
  EXPECT_EQ(body.at("status").as_int64(), status);
  EXPECT_FALSE(body.at("title").as_string().empty());
  EXPECT_FALSE(body.at("detail").as_string().empty());
}

TEST_F(GatewayTest, TakesEveryEncodingOfTheContract) {
  start();
  EXPECT_EQ(post(reading()).body, "{\"taken\":1,\"refused\":0}\n");
  EXPECT_EQ(post("[" + reading() + "," + reading() + "]").status, 202);
  EXPECT_EQ(post(reading() + "\n" + reading() + "\n", "application/x-ndjson").status, 202);
  EXPECT_EQ(post(R"({"venue_id":"hall","sensor_id":"counter","readings":[)"
                 R"({"event_time":"2023-11-14T22:13:20Z","heartbeat":{}}]})",
                 "application/json; charset=utf-8")
                .status,
            202);
  wire::ReadingsEncoder encoder;
  encoder.begin("hall");
  for (int i = 0; i < 3; ++i) {
    encoder.add({.sensor_id = "counter",
                 .event_time = EventTime{kNow.time_since_epoch()},
                 .statement = CountDelta{.entries = 1}});
  }
  EXPECT_EQ(post(encoder.bytes(), "application/x-protobuf").body, "{\"taken\":3,\"refused\":0}\n");
  EXPECT_EQ(post(encoder.bytes(), "application/protobuf").status, 202);
  EXPECT_EQ(readings_in_log(), 1U + 2 + 2 + 1 + 3 + 3);
}

TEST_F(GatewayTest, TakesGzip) {
  start();
  HttpRequest compressed = request(gzip(reading()) + gzip("\n" + reading()));
  compressed.headers.emplace_back("Content-Encoding", "gzip");
  EXPECT_EQ(http(compressed).body, "{\"taken\":2,\"refused\":0}\n");
  EXPECT_EQ(readings_in_log(), 2U);

  compressed.body = gzip(reading());
  compressed.body.resize(compressed.body.size() - 9);
  expect_problem(http(compressed), 400, "malformed");
  compressed.body = reading();
  expect_problem(http(compressed), 400, "malformed");
  compressed.headers.back().second = "br";
  expect_problem(http(compressed), 415, "unsupported-type");
}

TEST_F(GatewayTest, PassesOnTheBytesAsTheyCame) {
  start();
  const std::string body = "  " + reading() + "\n";
  ASSERT_EQ(post(body).status, 202);
  ASSERT_EQ(log_.records().size(), 1U);
  EXPECT_EQ(log_.records()[0].value, body);
}

TEST_F(GatewayTest, SendsEachVenueHome) {
  start();
  ASSERT_EQ(post(reading() + reading("", "counter", "annex") + reading()).status, 202);
  EXPECT_EQ(log_.records().size(), 2U) << "a record for each venue";
  EXPECT_EQ(readings_in_log(), 3U);
}

TEST_F(GatewayTest, SplitsWhatIsLongerThanARecordMayBe) {
  start();
  std::string body;
  while (body.size() < 3'000'000)
    body += reading() + std::string(700, ' ');
  const std::string short_body = reading();
  const auto response = post(body);
  ASSERT_EQ(response.status, 202) << response.body;
  EXPECT_EQ(readings_in_log(), static_cast<std::size_t>(parsed(response).at("taken").as_int64()));
  for (const auto& record : log_.records())
    EXPECT_LE(record.value.size(), 1'000'000U);
}

TEST_F(GatewayTest, AnswersOnlyWhenTheLogHasCommitted) {
  start();
  log_.hold();
  auto answer = post_meanwhile(reading());
  ASSERT_TRUE(eventually(5s, [&] { return log_.waits(); }));
  EXPECT_EQ(answer.wait_for(50ms), std::future_status::timeout);
  EXPECT_TRUE(log_.records().empty());
  log_.release();
  EXPECT_EQ(answer.get().status, 202);
  EXPECT_EQ(log_.records().size(), 1U);
}

TEST_F(GatewayTest, RequestsThatWaitShareOneCommit) {
  start();
  log_.hold();
  std::vector<std::future<HttpResponse>> answers;
  answers.push_back(post_meanwhile(reading()));
  ASSERT_TRUE(eventually(5s, [&] { return log_.waits(); }));
  for (int i = 0; i < 20; ++i)
    answers.push_back(post_meanwhile(reading()));
  ASSERT_TRUE(eventually(5s, [&] { return gateway_->status().queued_requests == 20; }));
  log_.release();
  for (auto& answer : answers)
    EXPECT_EQ(answer.get().status, 202);
  EXPECT_EQ(readings_in_log(), 21U);
  EXPECT_EQ(log_.flushes(), 2);
}

TEST_F(GatewayTest, TakesARequestWholeOrNotAtAll) {
  start();
  const auto response = post(reading() + "\n" + reading("", "cuonter") + "\n  " +
                             reading(R"("count_delta":{"entries":1000001,"exits":0})"));
  expect_problem(response, 422, "refused-readings");
  EXPECT_TRUE(log_.records().empty());
  const auto body = parsed(response);
  EXPECT_THAT(std::string(body.at("detail").as_string()),
              HasSubstr("2 readings of 3 cannot be used, and nothing was taken"));
  const auto& errors = body.at("errors").as_array();
  ASSERT_EQ(errors.size(), 2U);
  const auto& first = errors[0].as_object();
  EXPECT_EQ(first.at("index").as_int64(), 1);
  EXPECT_EQ(first.at("line").as_int64(), 2);
  EXPECT_EQ(first.at("reason").as_string(), "UNKNOWN_SENSOR");
  EXPECT_EQ(first.at("sensor_id").as_string(), "cuonter");
  EXPECT_EQ(first.at("detail").as_string(),
            "found \"cuonter\", expected a sensor of venue hall: counter");
  const auto& second = errors[1].as_object();
  EXPECT_EQ(second.at("line").as_int64(), 3);
  EXPECT_EQ(second.at("column").as_int64(), 3);
  EXPECT_EQ(second.at("field").as_string(), "count_delta.entries");
  EXPECT_EQ(second.at("reason").as_string(), "IMPOSSIBLE");
}

TEST_F(GatewayTest, TakesTheGoodOnesWhenAskedTo) {
  start();
  HttpRequest partial = request(reading() + "\n" + reading("", "cuonter") + "\n" + reading());
  partial.url += "?partial=true";
  const HttpResponse response = http(partial);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(parsed(response).at("taken").as_int64(), 2);
  EXPECT_EQ(parsed(response).at("refused").as_int64(), 1);
  EXPECT_EQ(parsed(response).at("errors").as_array().size(), 1U);
  EXPECT_EQ(readings_in_log(), 2U);
  partial.body = reading("", "cuonter");
  expect_problem(http(partial), 422, "refused-readings");
}

TEST_F(GatewayTest, TellsTheFirstHundredFaults) {
  start();
  std::string body;
  for (int i = 0; i < 130; ++i)
    body += reading("", "nobody");
  const auto told = parsed(post(body));
  EXPECT_EQ(told.at("errors").as_array().size(), 100U);
  EXPECT_EQ(told.at("errors_not_shown").as_int64(), 30);
}

TEST_F(GatewayTest, RefusesWhatCannotBeReadings) {
  start({.max_body = 20'000});
  const HttpResponse malformed = post(R"({"venue_id":"hall","entrys":1})");
  expect_problem(malformed, 400, "malformed");
  EXPECT_THAT(malformed.body, HasSubstr("line 1 column 20"));
  expect_problem(post(""), 400, "malformed");
  expect_problem(post("\x0a\xff", "application/x-protobuf"), 400, "malformed");
  expect_problem(post(std::string(20'001, ' ')), 413, "too-large");
  HttpRequest bomb = request(gzip(std::string(1'000'000, ' ')));
  bomb.headers.emplace_back("Content-Encoding", "gzip");
  expect_problem(http(bomb), 413, "too-large");
  expect_problem(post(reading(), "application/x-www-form-urlencoded"), 415, "unsupported-type");
  expect_problem(post(reading(), "text/plain"), 415, "unsupported-type");
  HttpRequest untyped = request(reading());
  untyped.headers.clear();
  expect_problem(http(untyped), 415, "unsupported-type");
  expect_problem(post(reading("", "counter", "elsewhere")), 422, "refused-readings");
  expect_problem(post(reading(R"("occupancy":{"people":1})")), 422, "refused-readings");
  HttpRequest misspelt = request(reading());
  misspelt.url += "?partail=true";
  expect_problem(http(misspelt), 400, "malformed");
  HttpRequest foreign = request(reading());
  foreign.headers.emplace_back("Origin", "http://elsewhere.example");
  expect_problem(http(foreign), 403, "foreign-origin");
  EXPECT_EQ(crowdflow::test::http_get(untyped.url).status, 405);
  EXPECT_TRUE(log_.records().empty());
}

TEST_F(GatewayTest, RefusesMoreReadingsThanARecordMayHold) {
  start();
  std::string body = R"({"venue_id":"hall","sensor_id":"counter","readings":[)";
  for (int i = 0; i < 10'001; ++i)
    body += i == 0 ? "{}" : ",{}";
  const auto response = post(body + "]}");
  expect_problem(response, 413, "too-large");
  EXPECT_THAT(response.body, HasSubstr("10001 readings in one request, at most 10000"));
}

TEST_F(GatewayTest, RefusesStampsFromTheFuture) {
  start();
  const auto response = post(R"({"venue_id":"hall","sensor_id":"counter",)"
                             R"("event_time":"2023-11-14T22:14:21Z","heartbeat":{}})");
  expect_problem(response, 422, "refused-readings");
  EXPECT_THAT(response.body, HasSubstr("FUTURE"));
}

TEST_F(GatewayTest, SaysWhenItsQueueIsFull) {
  start({.max_queued = 10'000});
  log_.hold();
  auto first = post_meanwhile(reading());
  ASSERT_TRUE(eventually(5s, [&] { return log_.waits(); }));
  auto second = post_meanwhile(reading() + std::string(9'000, ' '));
  ASSERT_TRUE(eventually(5s, [&] { return gateway_->status().queued_requests == 1; }));
  const HttpResponse refused = post(reading());
  expect_problem(refused, 429, "busy");
  EXPECT_EQ(refused.header("retry-after"), "1");
  log_.release();
  EXPECT_EQ(first.get().status, 202);
  EXPECT_EQ(second.get().status, 202);
  EXPECT_EQ(post(reading()).status, 202) << "there is room again";
}

TEST_F(GatewayTest, SaysWhenTheLogIsAway) {
  start();
  ASSERT_EQ(post(reading()).status, 202);
  log_.cut_off("no broker answers");
  const HttpResponse refused = post(reading());
  expect_problem(refused, 503, "log-unavailable");
  EXPECT_EQ(refused.header("retry-after"), "5");
  EXPECT_THAT(refused.body, HasSubstr("nothing was taken: no broker answers"));
  expect_problem(post("{"), 400, "malformed");
  log_.cut_off("");
  EXPECT_EQ(post(reading()).status, 202);
}

TEST_F(GatewayTest, SaysWhenThereIsNoTopic) {
  log_.forget_topic();
  start();
  EXPECT_THAT(post(reading()).body, HasSubstr("there is no topic crowdflow.readings"));
}

TEST_F(GatewayTest, SaysThatRepeatingIsSafeWhenTheOutcomeIsNotKnown) {
  start({.commit_patience = 50ms});
  log_.hold();
  const HttpResponse unknown = post(reading());
  expect_problem(unknown, 503, "log-unavailable");
  EXPECT_EQ(unknown.header("retry-after"), "5");
  EXPECT_THAT(unknown.body, HasSubstr("it is not known whether the readings were taken"));
  EXPECT_THAT(unknown.body, HasSubstr("counts as a duplicate"));
  log_.release();
  EXPECT_EQ(post(reading()).status, 202);
  EXPECT_EQ(readings_in_log(), 2U) << "the first one arrived after all";
}

TEST_F(GatewayTest, GoesOnWithAnotherAppenderWhenOneBreaks) {
  start();
  log_.fail_next_flush(ErrorCode::kIo);
  expect_problem(post(reading()), 503, "log-unavailable");
  EXPECT_EQ(post(reading()).status, 202);
  EXPECT_EQ(readings_in_log(), 1U);
}

TEST_F(GatewayTest, FlushesInBetweenWhenTheLogsQueueIsFull) {
  start();
  log_.queue_at_most(1);
  EXPECT_EQ(post(reading() + reading("", "counter", "annex")).status, 202);
  EXPECT_EQ(readings_in_log(), 2U);
  EXPECT_EQ(log_.flushes(), 2);
  // The first half is lost on the way: the whole is not known to be there.
  log_.fail_next_flush(ErrorCode::kIo);
  expect_problem(post(reading() + reading("", "counter", "annex")), 503, "log-unavailable");
}

TEST_F(GatewayTest, AnswersWhoStillWaitsWhenItStops) {
  start();
  log_.hold();
  auto first = post_meanwhile(reading());
  ASSERT_TRUE(eventually(5s, [&] { return log_.waits(); }));
  auto second = post_meanwhile(reading());
  ASSERT_TRUE(eventually(5s, [&] { return gateway_->status().queued_requests == 1; }));
  auto stopped = std::async(std::launch::async, [&] { gateway_->stop(); });
  EXPECT_EQ(stopped.wait_for(50ms), std::future_status::timeout) << "a commit is under way";
  log_.release();
  stopped.get();
  EXPECT_EQ(first.get().status, 202);
  expect_problem(second.get(), 503, "log-unavailable");
  expect_problem(post(reading()), 503, "log-unavailable");
}

TEST_F(GatewayTest, CountsWhatItAnswers) {
  start();
  ASSERT_EQ(post(reading() + reading()).status, 202);
  ASSERT_EQ(post(reading("", "nobody")).status, 422);
  ASSERT_EQ(post("{").status, 400);
  ASSERT_EQ(post(std::string(5'000'000, ' ')).status, 413);
  const telemetry::GatewayStatus status = gateway_->status();
  EXPECT_EQ(status.requests,
            (std::map<int, std::uint64_t>{{202, 1}, {400, 1}, {413, 1}, {422, 1}}));
  EXPECT_EQ(status.readings_taken, 2U);
  const auto refused = [&](Outcome reason) {
    return status.readings_refused[static_cast<std::size_t>(reason)];
  };
  EXPECT_EQ(refused(Outcome::kUnknownSensor), 1U);
  EXPECT_EQ(refused(Outcome::kMalformed), 1U);
  std::uint64_t commits = 0;
  for (const std::uint64_t count : status.commit_duration.counts)
    commits += count;
  EXPECT_EQ(commits, 1U);
  EXPECT_EQ(status.queued_requests, 0U);
  EXPECT_EQ(status.queued_bytes, 0U);
}

}  // namespace
}  // namespace crowdflow::gateway
