#include "console/console_state.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/console/samples.h"

namespace crowdflow::console {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::kNoon;
using test::kNoonByTheWall;

class ConsoleStateTest : public testing::Test {
 protected:
  void say(std::size_t zone, EventTime end, double density) {
    const std::string text =
        "{\"zone\":" + std::to_string(zone) + ",\"density\":" + std::to_string(density) + "}";
    state_.apply(FeedBatch{.zones = {{zone, end, text}}, .densities = {{zone, end, density}}});
  }
  void say(const std::string& alarm, bool active, WallTime at = kNoonByTheWall) {
    state_.apply(FeedBatch{.alarms = {{alarm, active, at, "{\"id\":\"" + alarm + "\"}"}}});
  }
  json::value update(WallTime now = kNoonByTheWall) { return json::parse(*state_.update(now)); }
  json::value snapshot(WallTime now = kNoonByTheWall) { return json::parse(*state_.snapshot(now)); }
  static std::size_t count(const json::value& message, const char* list) {
    return message.at(list).as_array().size();
  }

  ConsoleState state_{test::directory_of({test::hall()}), "0.1.0"};
};

TEST_F(ConsoleStateTest, KnowsEveryZoneAsUnknownAtFirst) {
  const json::value first = snapshot();
  EXPECT_EQ(first.at("type").as_string(), "snapshot");
  EXPECT_EQ(first.at("sequence").as_int64(), 1);
  EXPECT_EQ(first.at("now").as_string(), "2018-02-09T12:00:00Z");
  EXPECT_EQ(first.at("version").as_string(), "0.1.0");
  EXPECT_EQ(json::serialize(first.at("zones").at(1)),
            R"({"venue_id":"hall","zone_id":"corridor","quality":"QUALITY_UNKNOWN",)"
            R"("quality_reasons":["QUALITY_REASON_NEVER_HEARD"]})");
  EXPECT_EQ(count(first, "alerts"), 0U);
  EXPECT_EQ(count(first, "history"), 0U);
  EXPECT_FALSE(first.at("feed").at("reachable").as_bool());
  EXPECT_EQ(first.at("feed").at("reason").as_string(), "not connected yet");
}

TEST_F(ConsoleStateTest, DescribesItsVenues) {
  const json::value venue = snapshot().at("venues").at(0);
  EXPECT_EQ(json::serialize(venue), json::serialize(json::parse(R"(
    {"id":"hall","name":"Gangneung \"Hall\"","time_zone":"Asia/Seoul",
     "version":"0123456789abcdef","shortest_window_s":10,
     "zones":[
      {"id":"plaza","name":"Ticket plaza","kind":"queue","area_m2":1800,"capacity":4000,
       "stale_after_s":10,
       "profile":{"name":"plain","begins_at":[1,2,3,4,5],"limit":null,"source":"us"},
       "polygon":[]},
      {"id":"corridor","name":"North corridor","kind":"walkway","area_m2":14.4,"capacity":null,
       "stale_after_s":10,
       "profile":{"name":"fruin-walkway","begins_at":[0.31,0.43,0.72,1.08,2.17],"limit":2.2,
                  "source":"Fruin 1971"},
       "polygon":[[0,0],[1.8,0],[1.8,8],[0,8]]}],
     "openings":[
      {"id":"gate","name":"Gate","from":"outside","to":"plaza","width_m":3.6},
      {"id":"door","name":"Door","from":"plaza","to":"corridor","width_m":null}]})")));
  EXPECT_EQ(json::parse(state_.venues()).at("venues").at(0), venue);
}

TEST(ConsoleState, WaitsLongerForZonesWhoseSensorsSpeakSeldom) {
  Venue venue = *test::hall();
  venue.lateness = seconds{5};
  venue.sensors = {{.id = "camera", .counts = CountKind::kDelta, .at = 1},
                   {.id = "mat", .counts = CountKind::kDelta, .at = 0, .every = seconds{60}}};
  ConsoleState state(test::directory_of({std::make_shared<const Venue>(std::move(venue))}), "");
  const json::value zones = json::parse(state.venues()).at("venues").at(0).at("zones");
  // Three times as long as its slowest sensor is silent, and what may come late.
  EXPECT_EQ(zones.at(0).at("stale_after_s").as_int64(), 3 * 60 + 5);
  EXPECT_EQ(zones.at(1).at("stale_after_s").as_int64(), 10);
}

TEST_F(ConsoleStateTest, TellsInAnUpdateWhatHasChangedSinceTheLast) {
  EXPECT_FALSE(state_.changed());
  say(0, kNoon, 1);
  say(1, kNoon, 2);
  say(1, kNoon + seconds{1}, 3);
  EXPECT_TRUE(state_.changed());
  const json::value first = update();
  EXPECT_EQ(first.at("type").as_string(), "update");
  EXPECT_EQ(first.at("sequence").as_int64(), 2);
  ASSERT_EQ(count(first, "zones"), 2U);
  EXPECT_EQ(first.at("zones").at(1).at("density").as_double(), 3);
  EXPECT_FALSE(state_.changed());
  EXPECT_EQ(count(update(), "zones"), 0U);
  EXPECT_EQ(snapshot().at("sequence").as_int64(), 3);
}

TEST_F(ConsoleStateTest, KeepsTheNewestStateWhateverTheOrder) {
  say(0, kNoon, 1);
  say(0, kNoon - seconds{1}, 9);
  EXPECT_EQ(snapshot().at("zones").at(0).at("density").as_double(), 1);
}

TEST_F(ConsoleStateTest, PutsEveryChangeIntoASnapshotOrTheUpdateAfterIt) {
  say(0, kNoon, 1);
  const auto before = state_.snapshot(kNoonByTheWall);
  say(1, kNoon, 2);
  EXPECT_EQ(state_.snapshot(kNoonByTheWall + seconds{1}), before) << "made once between updates";
  const json::value next = update();
  EXPECT_EQ(next.at("sequence").as_int64(), json::parse(*before).at("sequence").as_int64() + 1);
  EXPECT_EQ(count(next, "zones"), 2U);
  EXPECT_NE(state_.snapshot(kNoonByTheWall), before);
}

TEST_F(ConsoleStateTest, GivesFifteenMinutesOfDensity) {
  for (int second = 0; second < 1000; ++second)
    say(0, kNoon + seconds{second}, second % 7 / 8.0);
  say(1, kNoon + seconds{990}, 0.12345);
  const json::value history = snapshot().at("history");
  ASSERT_EQ(history.as_array().size(), 2U);
  EXPECT_EQ(history.at(0).at("venue_id").as_string(), "hall");
  EXPECT_EQ(history.at(0).at("zone_id").as_string(), "plaza");
  EXPECT_EQ(history.at(0).at("end").as_string(), "2018-02-09T12:16:35Z");
  EXPECT_EQ(history.at(0).at("step_s").as_int64(), 5);
  EXPECT_EQ(history.at(0).at("density").as_array().size(), 180U);
  EXPECT_EQ(json::serialize(history.at(1).at("density")),
            json::serialize(json::parse("[0.123,0.123]")))
      << "the silent zone goes on to the venue's newest second";
}

TEST_F(ConsoleStateTest, WritesNullForADensityThatIsNotKnown) {
  say(0, kNoon, 1);
  state_.apply(FeedBatch{.densities = {{0, kNoon + seconds{5}, {}}}});
  say(0, kNoon + seconds{10}, 2);
  EXPECT_EQ(json::serialize(snapshot().at("history").at(0).at("density")),
            json::serialize(json::parse("[1,null,2]")));
}

TEST_F(ConsoleStateTest, KeepsActiveAlarmsAndForAnHourThoseThatHaveCleared) {
  say("old but active", true, kNoonByTheWall - hours{30});
  say("just cleared", false, kNoonByTheWall - minutes{59});
  say("long cleared", false, kNoonByTheWall - minutes{61});
  EXPECT_EQ(count(snapshot(), "alerts"), 2U);
  EXPECT_EQ(count(update(), "alerts"), 2U);
  EXPECT_EQ(count(update(), "alerts"), 0U);
  EXPECT_EQ(count(json::parse(state_.alerts(kNoonByTheWall + minutes{2})), "alerts"), 1U);
}

TEST_F(ConsoleStateTest, ReplacesAnAlarmByItsNewestTransition) {
  say("a", true);
  say("a", false);
  EXPECT_EQ(count(update(), "alerts"), 1U);
  state_.apply(FeedBatch{.alarms = {{.alert_id = "a"}}});
  EXPECT_EQ(count(update(), "alerts"), 0U);
  EXPECT_EQ(count(snapshot(), "alerts"), 0U);
}

TEST_F(ConsoleStateTest, KeepsTheNewestTwoHundredClearedAlarms) {
  for (int i = 0; i < 300; ++i) {
    say("cleared " + std::to_string(i), false, kNoonByTheWall - seconds{i});
    say("active " + std::to_string(i), true);
  }
  const json::value alerts = json::parse(state_.alerts(kNoonByTheWall));
  EXPECT_EQ(count(alerts, "alerts"), 500U);
  EXPECT_EQ(json::serialize(alerts).find("cleared 200"), std::string::npos);
  EXPECT_NE(json::serialize(alerts).find("cleared 199"), std::string::npos);
  EXPECT_EQ(count(update(), "alerts"), 500U);
}

TEST_F(ConsoleStateTest, SaysWhetherTheLogCanBeReached) {
  state_.set_health({.reachable = true, .reason = ""});
  EXPECT_TRUE(state_.changed());
  EXPECT_EQ(json::serialize(update().at("feed")), R"({"reachable":true})");
  state_.set_health({.reachable = true, .reason = ""});
  EXPECT_FALSE(state_.changed());
  state_.set_health({.reachable = false, .reason = "no \"broker\""});
  EXPECT_EQ(json::serialize(update().at("feed")),
            R"({"reachable":false,"reason":"no \"broker\""})");
}

TEST_F(ConsoleStateTest, AnswersForZonesAndAlerts) {
  say(0, kNoon, 1);
  say("a", true);
  const json::value zones = json::parse(state_.zones(kNoonByTheWall));
  EXPECT_EQ(zones.at("now").as_string(), "2018-02-09T12:00:00Z");
  EXPECT_EQ(count(zones, "zones"), 2U);
  EXPECT_EQ(count(json::parse(state_.alerts(kNoonByTheWall)), "alerts"), 1U);
}

}  // namespace
}  // namespace crowdflow::console
