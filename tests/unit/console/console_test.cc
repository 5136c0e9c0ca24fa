#include "console/console.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <string>

#include "unit/console/memory_log.h"
#include "unit/console/samples.h"
#include "unit/http/loopback_client.h"

namespace crowdflow::console {
namespace {

namespace json = boost::json;
using std::chrono::minutes;
using std::chrono::seconds;
using test::HttpClient;
using test::kNoon;
using test::kNoonByTheWall;
using test::LiveListener;

// A console on a real server and a log in memory, at noon.
class ConsoleTest : public testing::Test {
 protected:
  void create_topics() {
    log_.create(topics_.zone_states, 2);
    log_.create(topics_.alerts_current, 2);
  }
  void start() {
    ASSERT_TRUE(server_.start().has_value());
    console_.start();
  }
  void put_state(const std::string& zone, EventTime end, double density,
                 WallTime stamped = kNoonByTheWall) {
    log_.put({topics_.zone_states, 1}, stamped, "hall",
             test::states({test::state(zone, end, density)}));
  }
  void put_alert(const std::string& id, WallTime stamped = kNoonByTheWall) {
    log_.put({topics_.alerts_current, 0}, stamped, id,
             wire::to_bytes(test::alert(id, true, stamped)));
  }
  LiveListener listener() { return LiveListener(server_.port(), "/api/v1/live"); }
  json::value get(const std::string& path) {
    return json::parse(HttpClient(server_.port()).get(path).body);
  }
  // Frames until one says what is looked for; null when none does.
  template <typename Condition>
  static json::value frame_that(LiveListener& listener, Condition condition) {
    for (int frames = 0; frames < 20; ++frames) {
      const auto text = listener.receive();
      if (!text) break;
      json::value frame = json::parse(*text);
      if (condition(frame)) return frame;
    }
    return nullptr;
  }
  static bool reachable(const json::value& frame) {
    return frame.at("feed").at("reachable").as_bool();
  }

  const log::TopicNames topics_;
  test::MemoryLog log_;
  http::Server server_{http::ServerOptions{}};
  Console console_{log_, server_, {.topics = topics_, .venues = {test::hall()}, .now = [] {
                                     return kNoonByTheWall;
                                   }}};
};

TEST_F(ConsoleTest, ServesThePage) {
  start();
  const test::Reply page = HttpClient(server_.port()).get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("<html"), std::string::npos);
  const test::Reply packed =
      HttpClient(server_.port()).get("/assets/page.js", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.body.substr(0, 2), "\x1f\x8b");
}

TEST_F(ConsoleTest, TellsWhatTheLogSaysWithinTheLastQuarterOfAnHour) {
  create_topics();
  put_state("corridor", kNoon - minutes{16}, 9, kNoonByTheWall - minutes{16});
  put_state("plaza", kNoon - minutes{14}, 1, kNoonByTheWall - minutes{14});
  put_alert("hall/dense/plaza", kNoonByTheWall - minutes{300});
  start();
  LiveListener page = listener();
  const json::value frame =
      frame_that(page, [](const json::value& f) { return f.at("alerts").as_array().size() == 1; });
  ASSERT_FALSE(frame.is_null()) << "an active alarm is told however old it is";
  const json::value zones = get("/api/v1/zones").at("zones");
  EXPECT_EQ(zones.at(0).at("density").at("at_end").to_number<double>(), 1);
  EXPECT_EQ(zones.at(1).at("quality").as_string(), "QUALITY_UNKNOWN");
  EXPECT_EQ(get("/api/v1/alerts").at("alerts").as_array().size(), 1U);
  EXPECT_EQ(get("/api/v1/venues").at("venues").at(0).at("id").as_string(), "hall");
}

TEST_F(ConsoleTest, SendsEachChangeToEveryPageInOneNumberedRow) {
  create_topics();
  start();
  LiveListener one = listener();
  LiveListener other = listener();
  for (LiveListener* page : {&one, &other}) {
    const json::value snapshot = json::parse(page->receive().value_or("null"));
    ASSERT_EQ(snapshot.at("type").as_string(), "snapshot");
    EXPECT_EQ(snapshot.at("zones").as_array().size(), 2U);
  }
  std::int64_t last = 0;
  for (int i = 1; i <= 3; ++i) {
    put_state("plaza", kNoon + seconds{i}, i);
    const auto says_it = [&](const json::value& frame) {
      const auto& zones = frame.at("zones").as_array();
      return frame.at("type").as_string() == "update" && zones.size() == 1 &&
             zones[0].at("density").at("at_end").to_number<double>() == i;
    };
    const json::value frame = frame_that(one, [&](const json::value& f) {
      const std::int64_t sequence = f.at("sequence").as_int64();
      EXPECT_TRUE(last == 0 || sequence == last + 1);
      last = sequence;
      return says_it(f);
    });
    ASSERT_FALSE(frame.is_null());
    EXPECT_EQ(frame_that(other, says_it), frame);
  }
}

TEST_F(ConsoleTest, SpeaksOnceASecondWhenNothingHappens) {
  create_topics();
  start();
  LiveListener page = listener();
  ASSERT_FALSE(frame_that(page, reachable).is_null());
  const auto begin = std::chrono::steady_clock::now();
  const json::value frame = json::parse(page.receive().value_or("null"));
  EXPECT_EQ(frame.at("type").as_string(), "update");
  EXPECT_EQ(frame.at("zones").as_array().size(), 0U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds{3});
}

TEST_F(ConsoleTest, SaysThatTheLogIsGoneAndGoesOnWhenItIsBack) {
  create_topics();
  start();
  LiveListener page = listener();
  ASSERT_FALSE(frame_that(page, reachable).is_null());
  log_.cut_off("no broker answers");
  const json::value lost = frame_that(page, [](const json::value& f) { return !reachable(f); });
  ASSERT_FALSE(lost.is_null());
  EXPECT_EQ(lost.at("feed").at("reason").as_string(), "no broker answers");
  put_state("plaza", kNoon, 1);
  log_.cut_off("");
  EXPECT_FALSE(frame_that(page, [](const json::value& f) {
                 return reachable(f) && f.at("zones").as_array().size() == 1;
               }).is_null());
}

TEST_F(ConsoleTest, WaitsForTopicsThatDoNotExistYet) {
  start();
  LiveListener page = listener();
  const json::value waiting = frame_that(page, [](const json::value& f) {
    return f.at("feed").at("reason").as_string().find("there is no topic") == 0;
  });
  ASSERT_FALSE(waiting.is_null());
  create_topics();
  EXPECT_FALSE(frame_that(page, reachable).is_null());
}

TEST_F(ConsoleTest, GoesOnWhereItWasWhenItsReaderBreaks) {
  create_topics();
  put_state("plaza", kNoon, 1);
  start();
  LiveListener page = listener();
  ASSERT_FALSE(frame_that(page, reachable).is_null());
  log_.break_readers();
  ASSERT_FALSE(frame_that(page, [](const json::value& f) { return !reachable(f); }).is_null());
  put_state("corridor", kNoon, 2);
  const json::value next =
      frame_that(page, [](const json::value& f) { return !f.at("zones").as_array().empty(); });
  ASSERT_FALSE(next.is_null());
  EXPECT_EQ(next.at("zones").as_array().size(), 1U) << "what was read is not read again";
  EXPECT_EQ(next.at("zones").at(0).at("zone_id").as_string(), "corridor");
  EXPECT_EQ(log_.readers_made(), 2U);
}

TEST_F(ConsoleTest, SaysWhenItHasStoppedFollowingTheLog) {
  create_topics();
  start();
  LiveListener page = listener();
  ASSERT_FALSE(frame_that(page, reachable).is_null());
  console_.stop();
  const json::value last = frame_that(page, [](const json::value& f) { return !reachable(f); });
  ASSERT_FALSE(last.is_null());
  EXPECT_EQ(last.at("feed").at("reason").as_string(), "the console has stopped");
}

}  // namespace
}  // namespace crowdflow::console
