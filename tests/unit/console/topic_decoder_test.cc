#include "console/topic_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/console/samples.h"

namespace crowdflow::console {
namespace {

using std::chrono::seconds;
using test::kNoon;
using test::state;
using test::states;
using testing::HasSubstr;

class TopicDecoderTest : public testing::Test {
 protected:
  void add_states(const std::string& value) {
    decoder_.add({.topic = topics_.zone_states, .value = value, .has_value = true});
  }
  void add_alert(const v1::Alert& alert) {
    const std::string value = wire::to_bytes(alert);
    decoder_.add({.topic = topics_.alerts_current, .value = value, .has_value = true});
  }

  const log::TopicNames topics_;
  TopicDecoder decoder_{test::directory_of({test::hall("other"), test::hall()}), topics_};
};

TEST_F(TopicDecoderTest, HasNothingToTellAtFirst) { EXPECT_TRUE(decoder_.take().empty()); }

TEST_F(TopicDecoderTest, TellsTheNewestStateOfEachZoneAndEveryDensity) {
  add_states(states({state("plaza", kNoon, 0.5), state("corridor", kNoon, 1)}));
  add_states(states({state("corridor", kNoon + seconds{1}, 2)}));
  const FeedBatch batch = decoder_.take();
  ASSERT_EQ(batch.zones.size(), 2U);
  EXPECT_EQ(batch.zones[0].zone, 2U) << "after the two of the other venue";
  EXPECT_EQ(batch.zones[1].zone, 3U);
  EXPECT_EQ(batch.zones[1].window_end, kNoon + seconds{1});
  EXPECT_THAT(batch.zones[1].json, HasSubstr(R"("zone_id":"corridor")"));
  EXPECT_THAT(batch.zones[1].json, HasSubstr(R"("at_end":2)"));
  ASSERT_EQ(batch.densities.size(), 3U);
  EXPECT_EQ(batch.densities[1].density, 1);
  EXPECT_EQ(batch.densities[2].density, 2);
  EXPECT_TRUE(decoder_.take().empty());
}

TEST_F(TopicDecoderTest, LeavesOutFinalsAndLongerWindows) {
  v1::ZoneState final_state = state("plaza", kNoon, 1);
  final_state.set_final(true);
  v1::ZoneState longer = state("plaza", kNoon, 1);
  wire::set_time(kNoon - seconds{60}, *longer.mutable_window_start());
  add_states(states({final_state, longer}));
  EXPECT_TRUE(decoder_.take().empty());
}

TEST_F(TopicDecoderTest, GivesNoDensityThatCannotBeReliedOn) {
  add_states(states({state("plaza", kNoon, 1, v1::QUALITY_STALE),
                     state("corridor", kNoon, 1, v1::QUALITY_UNKNOWN)}));
  const FeedBatch batch = decoder_.take();
  ASSERT_EQ(batch.densities.size(), 2U);
  EXPECT_EQ(batch.densities[0].density, std::nullopt);
  EXPECT_EQ(batch.densities[1].density, std::nullopt);
  EXPECT_THAT(batch.zones[0].json, HasSubstr("QUALITY_STALE")) << "the page still shows it";
}

TEST_F(TopicDecoderTest, LeavesOutVenuesAndZonesThatItDoesNotKnow) {
  add_states(states({state("plaza", kNoon, 1)}, "elsewhere"));
  add_states(states({state("cellar", kNoon, 1)}));
  EXPECT_TRUE(decoder_.take().empty());
  EXPECT_EQ(decoder_.undecodable(), 0U);
}

TEST_F(TopicDecoderTest, TellsTheNewestTransitionOfEachAlarm) {
  add_alert(test::alert("hall/dense/plaza", true));
  add_alert(test::alert("hall/dense/corridor", true));
  add_alert(test::alert("hall/dense/plaza", false));
  const FeedBatch batch = decoder_.take();
  ASSERT_EQ(batch.alarms.size(), 2U);
  EXPECT_EQ(batch.alarms[0].alert_id, "hall/dense/plaza");
  EXPECT_FALSE(batch.alarms[0].condition_active);
  EXPECT_EQ(batch.alarms[0].said_at, test::kNoonByTheWall);
  EXPECT_THAT(batch.alarms[0].json, HasSubstr(R"("occurrence":"1")"));
}

TEST_F(TopicDecoderTest, TellsThatAnAlarmIsGone) {
  add_alert(test::alert("hall/dense/plaza", true));
  decoder_.add({.topic = topics_.alerts_current, .key = "hall/dense/plaza", .has_key = true});
  const FeedBatch batch = decoder_.take();
  ASSERT_EQ(batch.alarms.size(), 1U);
  EXPECT_EQ(batch.alarms[0].json, "");
}

TEST_F(TopicDecoderTest, CountsWhatIsNotWhatItsTopicHolds) {
  add_states("not protobuf");
  decoder_.add({.topic = topics_.alerts_current, .value = "\xff\xff", .has_value = true});
  add_alert(v1::Alert());
  EXPECT_TRUE(decoder_.take().empty());
  EXPECT_EQ(decoder_.undecodable(), 3U);
}

TEST_F(TopicDecoderTest, LeavesOutOtherTopics) {
  decoder_.add({.topic = topics_.alerts, .value = "x", .has_value = true});
  EXPECT_EQ(decoder_.undecodable(), 0U);
}

}  // namespace
}  // namespace crowdflow::console
