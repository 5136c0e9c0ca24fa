// What is said each second of venue time, and how limits are judged.

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

VenueBuilder two_halls() {
  return VenueBuilder()
      .zone("busy")
      .zone("still")
      .opening("busy-door", "", "busy")
      .opening("still-door", "", "still")
      .counter("busy-counter", "busy-door")
      .counter("still-counter", "still-door");
}

// Both speak; people come to the busy hall only, those of the still hall came long ago.
void both_speak(Stage& stage, int first, int last) {
  for (int second = first; second <= last; ++second) {
    stage.alive("still-counter", second);
    stage.crossed("busy-counter", second, 1);
  }
}

TEST(LiveStates, AreSaidEachSecondForAZoneThatChangesAndEachTenForOneThatDoesNot) {
  Stage stage(two_halls());
  both_speak(stage, 1, 30);
  stage.out.clear();
  both_speak(stage, 31, 60);
  EXPECT_EQ(stage.lives("busy").size(), 30U);
  std::vector<double> said;
  for (const Outputs::Second& second : stage.out.seconds) {
    for (std::uint32_t i = second.first; i < second.first + second.count; ++i) {
      const ZoneState& state = stage.out.states[i];
      if (state.zone == 1 && !state.final) said.push_back(since_zero(second.venue_time));
    }
  }
  EXPECT_THAT(said, ElementsAre(40, 50, 60));
}

TEST(LiveStates, AreNewsAsLongAsAChangeIsInTheWindow) {
  Stage stage(two_halls());
  both_speak(stage, 1, 32);
  stage.crossed("still-counter", 33, 3);
  both_speak(stage, 33, 35);
  stage.out.clear();
  both_speak(stage, 36, 59);
  const std::vector<ZoneState> lives = stage.lives("still");
  ASSERT_GE(lives.size(), 3U);
  EXPECT_EQ(since_zero(lives[0].window_end), 36);
  EXPECT_EQ(lives[0].inflow, 18);
  const ZoneState& last = lives.back();
  EXPECT_EQ(since_zero(last.window_end), 50) << "the one that is said with all";
  EXPECT_EQ(last.inflow, 0) << "the reader is told that the inflow has ended";
  EXPECT_EQ(last.occupancy, 3);
}

TEST(LiveStates, SayWhatIsKnownFromAllSensorsOfTheZone) {
  Stage stage(two_rooms());
  for (int second = 1; second <= 10; ++second) {
    stage.crossed("door-counter", second, 1);
    stage.crossed("gate-counter", second, 2);
  }
  const ZoneState plaza = stage.lives("plaza").back();
  EXPECT_EQ(since_zero(plaza.window_end), 9) << "the gate had not spoken of the tenth second yet";
  EXPECT_EQ(plaza.occupancy, 9);
  EXPECT_EQ(plaza.revision, 0U);
  EXPECT_EQ(stage.now("plaza").occupancy, 10);
}

TEST(LiveStates, DoNotWaitForALateSensorLongerThanTheLateness) {
  Stage stage(two_rooms());
  stage.crossed("door-counter", 1, 0);
  for (int second = 1; second <= 8; ++second)
    stage.crossed("gate-counter", second, 1);
  EXPECT_EQ(since_zero(stage.lives("plaza").back().window_end), 3);
}

TEST(LiveStates, AreOfTheShortestWindowOnly) {
  Stage stage(one_hall().windows({kMinute, kFiveMinutes}));
  for (int second = 1; second <= 90; ++second)
    stage.crossed("counter", second, 1);
  EXPECT_THAT(stage.lives("hall", kFiveMinutes), IsEmpty());
  const ZoneState live = stage.lives("hall", kMinute).back();
  EXPECT_EQ(since_zero(live.window_start), 60);
  EXPECT_EQ(since_zero(live.window_end), 120);
  EXPECT_EQ(live.inflow, 60) << "averaged over the part of the window that has passed";
  EXPECT_EQ(live.occupancy, 90);
}

TEST(LiveStates, TravelBySecondsInTheOrderOfTheFileThenByWindowAndEnd) {
  Stage stage(two_halls().windows({kTenSeconds, kMinute}));
  both_speak(stage, 1, 200);
  std::uint32_t next = 0;
  double latest = -1;
  for (const Outputs::Second& second : stage.out.seconds) {
    EXPECT_EQ(second.first, next);
    EXPECT_GT(second.count, 0U);
    EXPECT_GT(since_zero(second.venue_time), latest);
    EXPECT_EQ(second.venue->id, "hall");
    latest = since_zero(second.venue_time);
    next += second.count;
    const auto key = [&](std::uint32_t i) {
      const ZoneState& state = stage.out.states[i];
      return std::tuple(state.zone, state.window_end - state.window_start, state.window_end);
    };
    for (std::uint32_t i = second.first; i + 1 < next; ++i)
      EXPECT_LT(key(i), key(i + 1));
  }
  EXPECT_EQ(next, stage.out.states.size());
}

Rule full(double people) {
  return {.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = people};
}

std::vector<double> alert_times(const Stage& stage) {
  std::vector<double> times;
  for (const auto& [venue, alert] : stage.alerts())
    times.push_back(since_zero(alert.event_time));
  return times;
}

TEST(Limits, OnThePresentLevelAreJudgedWithEachReading) {
  Stage stage(one_hall().rule(full(10)));
  stage.crossed("counter", 1, 10, 0, 0s);
  EXPECT_THAT(stage.alerts(), IsEmpty());
  stage.crossed("counter", 1.3, 1, 0, 0s);
  EXPECT_THAT(alert_times(stage), ElementsAre(1.3));
  stage.crossed("counter", 1.4, 0, 1, 0s);
  EXPECT_THAT(alert_times(stage), ElementsAre(1.3, 1.4));
  EXPECT_EQ(stage.alerts()[0].alert.value, 11);
}

TEST(Limits, AreNotPassedBeforeTheReadingThatPassesThem) {
  Stage stage(one_hall().rule(full(10)));
  stage.crossed("counter", 1, 0);
  stage.crossed("counter", 9.7, 11);
  EXPECT_THAT(alert_times(stage), ElementsAre(9.7));
}

TEST(Limits, HaveDelaysThatRunByTicks) {
  Rule rule = full(10);
  rule.on_delay = 5s;
  Stage stage(one_hall().rule(rule));
  stage.tick(1);
  stage.crossed("counter", 1, 11);
  stage.tick(1);
  stage.ticks(2, 5);
  EXPECT_THAT(stage.alerts(), IsEmpty());
  stage.tick(6);
  EXPECT_THAT(alert_times(stage), ElementsAre(6));
}

TEST(Limits, AreNotPassedByWhatIsUnknown) {
  Stage stage(one_hall().starts(StartLevel::kUnknown).rule(full(10)));
  stage.crossed("counter", 1, 50);
  EXPECT_THAT(stage.alerts(), IsEmpty());
  stage.anchor("hall", 1, 50);
  EXPECT_THAT(alert_times(stage), ElementsAre(1));
}

TEST(Limits, AreNotClearedByWhatIsStale) {
  Stage stage(
      two_rooms().rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {1}, .over = 10}));
  stage.crossed("gate-counter", 1, 50);
  stage.crossed("door-counter", 1, 20);
  stage.quiet("gate-counter", 2, 60);  // the door's counter is silent
  EXPECT_EQ(stage.alerts().size(), 1U);
  stage.anchor("corridor", 60, 0);
  stage.quiet("gate-counter", 61, 70);
  EXPECT_EQ(stage.alerts().size(), 1U) << "empty at 60, but who came since?";
  stage.crossed("door-counter", 70, 0);
  EXPECT_EQ(stage.alerts().size(), 2U);
}

TEST(Limits, OnAWindowAreJudgedByItsMeanWithEachSecond) {
  Rule rule = full(5);
  rule.window = kTenSeconds;
  Stage stage(one_hall().rule(rule));
  stage.quiet("counter", 1, 20);
  stage.crossed("counter", 21, 10);  // the mean over ten seconds is 1 at 21, 2 at 22, ...
  stage.quiet("counter", 22, 30);
  EXPECT_THAT(alert_times(stage), ElementsAre(26));
  EXPECT_EQ(stage.alerts()[0].alert.value, 6);
  EXPECT_EQ(stage.alerts()[0].alert.quality, Quality::kGood);
}

TEST(Limits, OnAWindowMayHaveAWindowThatNoStateHas) {
  Rule rule = full(5);
  rule.window = WindowSpec{.size_s = 180, .hop_s = 180};
  Stage stage(one_hall().rule(rule));
  stage.crossed("counter", 1, 6);
  stage.quiet("counter", 2, 300);
  EXPECT_THAT(alert_times(stage), ElementsAre(180));
  EXPECT_THAT(stage.finals("hall", *rule.window), IsEmpty());
}

TEST(Limits, WaitForTheEndOfABurstOfLateCorrections) {
  Stage stage(
      two_rooms().rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {1}, .over = 10}));
  stage.crossed("door-counter", 1, 0);
  stage.quiet("gate-counter", 1, 300);
  // Off line since second 1: 20 went in, then 20 came out again; now it tells.
  for (int second = 2; second <= 41; ++second)
    stage.crossed("door-counter", second, second <= 21 ? 1 : 0, second <= 21 ? 0 : 1);
  stage.quiet("gate-counter", 301, 310);
  EXPECT_THAT(stage.alerts(), IsEmpty()) << "there was a crowd, but it has gone";
}

TEST(Limits, WaitForLateCorrectionsOfALevelNoLongerThanTenSeconds) {
  Stage stage(
      two_rooms().rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {1}, .over = 10}));
  stage.crossed("door-counter", 1, 0);
  stage.quiet("gate-counter", 1, 300);
  int late = 2;
  for (int second = 301; second <= 320; ++second, ++late) {
    stage.crossed("door-counter", late, 11);
    stage.quiet("gate-counter", second, second);
  }
  EXPECT_THAT(alert_times(stage), ElementsAre(310));
}

}  // namespace
}  // namespace crowdflow::testing
