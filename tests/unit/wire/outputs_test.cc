#include "wire/outputs.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "unit/wire/golden.h"
#include "unit/wire/sample_venue.h"

namespace crowdflow::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class OutputEncoder : public testing::Test {
 protected:
  Venue venue_ = sample_venue();
  Outputs outputs_ = sample_outputs(venue_);
  wire::OutputEncoder encoder_;
};

TEST_F(OutputEncoder, WritesZoneStatesAsTheContractHasThem) {
  std::vector<std::string> values;
  encoder_.zone_states(outputs_, outputs_.seconds[0], values);
  ASSERT_THAT(values, SizeIs(1));
  EXPECT_TRUE(is_golden("zone_states.hex", hex(values[0])));
}

TEST_F(OutputEncoder, WritesAlertsAsTheContractHasThem) {
  EXPECT_TRUE(is_golden("alert.hex", hex(encoder_.alert(venue_, sample_alert()))));
}

TEST_F(OutputEncoder, WritesJsonAsTheContractHasIt) {
  std::string lines;
  for (const ZoneState& state : outputs_.states) {
    encoder_.zone_state_json(venue_, state, outputs_.flows, lines);
    lines += '\n';
  }
  EXPECT_TRUE(is_golden("zone_states.ndjson", lines));
  lines.clear();
  encoder_.alert_json(venue_, sample_alert(), lines);
  EXPECT_TRUE(is_golden("alerts.ndjson", lines + '\n'));
}

TEST_F(OutputEncoder, SaysNoNumberOfPeopleInAnUnknownZone) {
  v1::ZoneState state;
  wire::fill(venue_, outputs_.states[1], outputs_.flows, state);
  EXPECT_EQ(state.quality(), v1::QUALITY_UNKNOWN);
  EXPECT_FALSE(state.has_occupancy());
  EXPECT_FALSE(state.has_density());
  EXPECT_EQ(state.level_of_service(), v1::LEVEL_OF_SERVICE_UNSPECIFIED);
  EXPECT_EQ(state.inflow(), 6);
}

TEST_F(OutputEncoder, SaysNeitherPercentileNorMotionThatThereIsNot) {
  outputs_.states[0].density_percentile.reset();
  outputs_.states[0].motion.reset();
  std::string line;
  encoder_.zone_state_json(venue_, outputs_.states[0], outputs_.flows, line);
  EXPECT_THAT(line, Not(HasSubstr("percentile")));
  EXPECT_THAT(line, Not(HasSubstr("motion")));
}

TEST_F(OutputEncoder, TranslatesEveryQualityReason) {
  v1::ZoneState message;
  for (int reason = 1; reason <= v1::QualityReason_MAX; ++reason) {
    ZoneState state = outputs_.states[0];
    state.quality_reasons = static_cast<QualityReasons>(1U << reason);
    wire::fill(venue_, state, outputs_.flows, message);
    EXPECT_THAT(message.quality_reasons(), ElementsAre(reason));
  }
  EXPECT_EQ(bit(QualityReason::kApportioned), 1U << v1::QualityReason_MAX);
}

TEST_F(OutputEncoder, TranslatesEveryEnumeration) {
  v1::ZoneState state;
  const v1::Quality qualities[] = {v1::QUALITY_GOOD, v1::QUALITY_DEGRADED, v1::QUALITY_STALE,
                                   v1::QUALITY_UNKNOWN};
  for (int i = 0; i < 4; ++i) {
    outputs_.states[0].quality = static_cast<Quality>(i);
    wire::fill(venue_, outputs_.states[0], outputs_.flows, state);
    EXPECT_EQ(state.quality(), qualities[i]);
  }
  outputs_.states[0].quality = Quality::kGood;
  for (int i = 0; i < 6; ++i) {
    outputs_.states[0].level_of_service = static_cast<LevelOfService>(i);
    wire::fill(venue_, outputs_.states[0], outputs_.flows, state);
    EXPECT_EQ(v1::LevelOfService_Name(state.level_of_service()),
              std::string("LEVEL_OF_SERVICE_") + letter(static_cast<LevelOfService>(i)));
  }
  v1::Alert message;
  Alert alert = sample_alert();
  const v1::Priority priorities[] = {v1::PRIORITY_LOW, v1::PRIORITY_MEDIUM, v1::PRIORITY_HIGH,
                                     v1::PRIORITY_CRITICAL};
  for (int i = 0; i < 4; ++i) {
    venue_.rules[0].priority = static_cast<Priority>(i);
    wire::fill(venue_, alert, message);
    EXPECT_EQ(message.priority(), priorities[i]);
  }
  const v1::AlarmState states[] = {v1::ALARM_STATE_NORMAL, v1::ALARM_STATE_UNACKNOWLEDGED,
                                   v1::ALARM_STATE_RETURNED_UNACKNOWLEDGED};
  for (int i = 0; i < 3; ++i) {
    alert.state = static_cast<AlarmState>(i);
    wire::fill(venue_, alert, message);
    EXPECT_EQ(message.state(), states[i]);
  }
}

TEST_F(OutputEncoder, SplitsALargeSecondBeforeTheLimit) {
  const ZoneState state = outputs_.states[0];
  outputs_.states.assign(20'000, state);
  outputs_.seconds[0].count = 20'000;
  std::vector<std::string> values;
  encoder_.zone_states(outputs_, outputs_.seconds[0], values);

  EXPECT_GT(values.size(), 10U);
  int states = 0;
  for (const std::string& value : values) {
    EXPECT_LE(value.size(), wire::kMaxZoneStatesBytes);
    v1::ZoneStateBatch batch;
    ASSERT_TRUE(wire::parse(value, batch).has_value());
    EXPECT_EQ(batch.venue_id(), venue_.id);
    EXPECT_EQ(wire::event_time(batch.venue_time()), at(10));
    EXPECT_EQ(wire::wall_time(batch.now()), wall(10, 250'000));
    states += batch.states_size();
  }
  EXPECT_EQ(states, 20'000);
}

TEST_F(OutputEncoder, SaysNothingForASecondWithoutStates) {
  outputs_.seconds[0].count = 0;
  std::vector<std::string> values;
  encoder_.zone_states(outputs_, outputs_.seconds[0], values);
  EXPECT_THAT(values, SizeIs(0));
}

TEST_F(OutputEncoder, GivesTheSameBytesAgain) {
  std::vector<std::string> values;
  encoder_.zone_states(outputs_, outputs_.seconds[0], values);
  encoder_.zone_states(outputs_, outputs_.seconds[0], values);
  wire::OutputEncoder other;
  other.zone_states(outputs_, outputs_.seconds[0], values);
  EXPECT_EQ(values[0], values[1]);
  EXPECT_EQ(values[0], values[2]);
  EXPECT_EQ(encoder_.alert(venue_, sample_alert()), other.alert(venue_, sample_alert()));
}

TEST(AlertReason, SaysInWordsWhatIsOverWhichLimitAndForHowLong) {
  const Venue venue = sample_venue();
  EXPECT_EQ(wire::alert_reason(venue, sample_alert()),
            "North corridor: 2.4 people/m² is over 2.2 for 10 s");
}

TEST(AlertReason, SaysWhatHasCleared) {
  const Venue venue = sample_venue();
  Alert alert = sample_alert();
  alert.condition_active = false;
  alert.state = AlarmState::kReturnedUnacknowledged;
  alert.value = 1.234;
  EXPECT_EQ(wire::alert_reason(venue, alert),
            "North corridor: 1.23 people/m² is back to 2 or less for 90 s");
}

TEST(AlertReason, SaysWhenTheVenueFileHasTakenTheRuleAway) {
  const Venue venue = sample_venue();
  Alert alert = sample_alert();
  alert.condition_active = false;
  alert.state = AlarmState::kNormal;
  EXPECT_EQ(wire::alert_reason(venue, alert),
            "North corridor: rule corridor-dense no longer watches it");
}

TEST(AlertReason, SpeaksOfTheWindowOfItsRule) {
  const Venue venue = sample_venue();
  Alert alert = sample_alert();
  alert.rule = 1;
  alert.zone = 0;
  alert.value = 4000.5;
  EXPECT_EQ(wire::alert_reason(venue, alert),
            "Ticket plaza: 4000.5 people on average over 1 min is over 4000");
}

TEST(AlertReason, TellsAValueFromALimitThatItJustPasses) {
  Venue venue = sample_venue();
  Alert alert = sample_alert();
  alert.value = 2.20004;
  EXPECT_EQ(wire::alert_reason(venue, alert),
            "North corridor: 2.20004 people/m² is over 2.2 for 10 s");
  alert.value = 2.2 + 1e-15;
  venue.rules[0].on_delay = Span{0};
  EXPECT_EQ(wire::alert_reason(venue, alert), "North corridor: 2.2 people/m² is over 2.2");
}

TEST(AlertReason, NamesAZoneWithoutANameByItsId) {
  Venue venue = sample_venue();
  venue.zones[1].name.clear();
  EXPECT_EQ(wire::alert_reason(venue, sample_alert()).substr(0, 9), "corridor:");
}

}  // namespace
}  // namespace crowdflow::test
