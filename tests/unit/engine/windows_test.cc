// Windows: what they say when they close, that they close once, and how they are revised.

#include <gmock/gmock.h>
#include <map>
#include <numeric>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// In the second that ends at s, s % 10 people come and s % 7 leave (except in the first minute).
std::int64_t came(std::int64_t second) { return second % 10; }
std::int64_t left(std::int64_t second) { return second > 60 ? second % 7 : 0; }

void people_come_and_go(Stage& stage, int first, int last) {
  for (int second = first; second <= last; ++second) {
    stage.crossed("counter", second, static_cast<std::uint64_t>(came(second)),
                  static_cast<std::uint64_t>(left(second)));
  }
}

// What the window [start, end) of a hall of 100 m2 has to say by the numbers above.
void expect_exact(const ZoneState& state, int start, int end) {
  std::int64_t level = 0;
  for (int second = 1; second <= start; ++second)
    level += came(second) - left(second);
  std::int64_t entered = 0;
  std::int64_t gone = 0;
  std::int64_t sum = 0;
  std::int64_t highest = 0;
  for (int second = start + 1; second <= end; ++second) {
    entered += came(second);
    gone += left(second);
    level += came(second) - left(second);
    sum += level;
    highest = std::max(highest, level);
  }
  const double seconds = end - start;
  EXPECT_EQ(since_zero(state.window_start), start);
  EXPECT_EQ(since_zero(state.window_end), end);
  EXPECT_EQ(state.occupancy, level);
  EXPECT_DOUBLE_EQ(state.inflow, static_cast<double>(entered) * 60 / seconds);
  EXPECT_DOUBLE_EQ(state.outflow, static_cast<double>(gone) * 60 / seconds);
  EXPECT_DOUBLE_EQ(state.density_at_end, static_cast<double>(level) / 100);
  EXPECT_DOUBLE_EQ(state.density_mean, static_cast<double>(sum) / seconds / 100);
  EXPECT_DOUBLE_EQ(state.density_maximum, static_cast<double>(highest) / 100);
  EXPECT_EQ(state.revision, 0U);
  EXPECT_TRUE(state.final);
  EXPECT_EQ(state.quality, Quality::kGood);
}

TEST(Windows, SlideAndSayTheExactNumbers) {
  Stage stage(one_hall());
  people_come_and_go(stage, 1, 200);
  for (const int end : {10, 11, 60, 61, 100, 194})
    expect_exact(*stage.final("hall", end), end - 10, end);
}

TEST(Windows, TumbleAndSayTheExactNumbers) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute, kFiveMinutes, kQuarter}));
  people_come_and_go(stage, 1, 2000);
  for (const int end : {60, 120, 1860})
    expect_exact(*stage.final("hall", end, kMinute), end - 60, end);
  for (const int end : {300, 600, 1800})
    expect_exact(*stage.final("hall", end, kFiveMinutes), end - 300, end);
  for (const int end : {900, 1800})
    expect_exact(*stage.final("hall", end, kQuarter), end - 900, end);
}

TEST(Windows, CloseEachExactlyOnceWhenNothingIsLate) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute, kFiveMinutes}));
  people_come_and_go(stage, 1, 700);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 694));
  EXPECT_THAT(stage.ends(stage.finals("hall", kMinute)),
              ElementsAre(60, 120, 180, 240, 300, 360, 420, 480, 540, 600, 660));
  EXPECT_THAT(stage.ends(stage.finals("hall", kFiveMinutes)), ElementsAre(300, 600));
  for (const ZoneState& state : stage.out.states)
    EXPECT_EQ(state.revision, 0U);
}

TEST(Windows, CloseWhenLatenessAndTheLongestPauseOfASensorHavePassed) {
  Stage stage(one_hall().lateness(5s));
  stage.quiet("counter", 1, 15);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 9));
  stage.quiet("counter", 16, 16);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 10));
}

TEST(Windows, CloseByProvenTicksToo) {
  Stage stage(one_hall());
  stage.tick(10);
  stage.quiet("counter", 1, 10);
  stage.tick(10);
  stage.ticks(11, 16);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 10));
}

TEST(Windows, WaitForASensorThatSpeaksEachQuarterOfAnHour) {
  Stage stage(VenueBuilder()
                  .zone("hall")
                  .zone("annex")
                  .opening("door", "", "hall")
                  .opening("side-door", "", "hall")
                  .opening("annex-door", "", "annex")
                  .counter("counter", "door")
                  .counter("quarterly", "side-door", 15min)
                  .counter("annex-counter", "annex-door")
                  .windows({kTenSeconds, kMinute}));
  for (int second = 1; second <= 900; ++second) {
    stage.crossed("counter", second, 1);
    stage.crossed("annex-counter", second, 1);
  }
  EXPECT_THAT(stage.finals("hall"), IsEmpty());
  EXPECT_EQ(stage.finals("annex").size(), 894U) << "only where the slow sensor counts";

  stage.crossed("quarterly", 900, 90, 0, 15min);  // one each ten seconds
  for (int second = 901; second <= 1025; ++second) {
    stage.crossed("counter", second, 1);
    stage.crossed("annex-counter", second, 1);
  }
  const ZoneState minute = *stage.final("hall", 120, kMinute);
  EXPECT_EQ(minute.revision, 0U);
  EXPECT_EQ(minute.occupancy, 132);
  EXPECT_EQ(minute.inflow, 66);
  EXPECT_EQ(stage.final("hall", 121, kMinute), std::nullopt);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 120));
}

TEST(Windows, HaveNothingToSayAboutTheTimeBeforeTheFirstReading) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute}));
  for (int second = 51; second <= 70; ++second)
    stage.crossed("counter", second, 1);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(51, 64));
  EXPECT_EQ(stage.final("hall", 55)->inflow, 60) << "averaged over five seconds";
  EXPECT_EQ(stage.final("hall", 60, kMinute)->inflow, 60) << "over ten";
}

TEST(Windows, ReachBackWhenTheFirstReadingTakenWasNotTheEarliest) {
  Stage stage(two_rooms());
  stage.crossed("gate-counter", 40, 1);
  stage.crossed("gate-counter", 21, 1);
  stage.crossed("gate-counter", 41, 1);
  for (const auto* zone : {"plaza", "corridor"}) {
    SCOPED_TRACE(zone);
    ASSERT_FALSE(stage.finals(zone).empty());
    EXPECT_EQ(since_zero(stage.finals(zone).back().window_end), 35);
    EXPECT_EQ(since_zero(stage.finals(zone).front().window_end), zone[0] == 'p' ? 21 : 22);
  }
}

TEST(Windows, AreRevisedByWhatComesAfterTheyClosed) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 11, 30);
  ASSERT_EQ(stage.final("hall", 12)->revision, 0U);
  stage.crossed("counter", 10, 6);
  EXPECT_EQ(stage.final("hall", 12)->occupancy, 0) << "it says so with the next second";
  stage.quiet("counter", 31, 31);
  for (int end = 1; end <= 25; ++end) {
    SCOPED_TRACE(end);
    const ZoneState state = *stage.final("hall", end);
    EXPECT_EQ(state.revision, end < 10 || end == 25 ? 0U : 1U);
    EXPECT_EQ(state.occupancy, end < 10 ? 0 : 6);
    EXPECT_EQ(state.inflow, end < 10 || end >= 20 ? 0 : 6 * 60 / std::min(end, 10));
  }
}

TEST(Windows, AreRevisedOncePerSecondOfVenueTime) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 13, 30);
  for (const int late : {10, 11, 12})
    stage.crossed("counter", late, 1);
  stage.quiet("counter", 31, 31);
  EXPECT_EQ(stage.final("hall", 20)->revision, 1U);
  EXPECT_EQ(stage.final("hall", 20)->occupancy, 3);
  stage.crossed("counter", 12, 2);
  stage.quiet("counter", 32, 33);
  EXPECT_EQ(stage.final("hall", 20)->revision, 2U);
  EXPECT_EQ(stage.final("hall", 20)->occupancy, 4);
}

TEST(Windows, OfEachKindAreRevised) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute, kFiveMinutes, kQuarter}));
  stage.quiet("counter", 1, 889);
  stage.quiet("counter", 891, 920);
  stage.crossed("counter", 890, 30);
  stage.quiet("counter", 921, 921);
  EXPECT_EQ(stage.final("hall", 900, kMinute)->inflow, 30);
  EXPECT_EQ(stage.final("hall", 900, kFiveMinutes)->inflow, 6);
  EXPECT_EQ(stage.final("hall", 900, kQuarter)->inflow, 2);
  for (const WindowSpec& window : {kMinute, kFiveMinutes, kQuarter}) {
    EXPECT_EQ(stage.final("hall", 900, window)->revision, 1U);
    EXPECT_EQ(stage.final("hall", 900, window)->occupancy, 30);
  }
  EXPECT_EQ(stage.final("hall", 840, kMinute)->revision, 0U);
  EXPECT_EQ(stage.final("hall", 600, kFiveMinutes)->revision, 0U);
}

TEST(Windows, AreNotRevisedWhenTheyHaveBeenFinalForAsLongAsTheFileAllows) {
  Stage stage(one_hall().revise_for(60s));
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 11, 76);
  EXPECT_EQ(stage.crossed("counter", 10, 6), Outcome::kApplied);
  stage.quiet("counter", 77, 77);
  EXPECT_EQ(stage.final("hall", 10)->revision, 0U);
  EXPECT_EQ(stage.final("hall", 11)->revision, 1U) << "closed at 17, revised at 77";
}

TEST(Windows, AreNotRevisedAtAllWhenTheFileSaysSo) {
  Stage stage(one_hall().revise_for(0s));
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 11, 16);
  EXPECT_EQ(stage.crossed("counter", 10, 6), Outcome::kApplied);
  stage.quiet("counter", 17, 40);
  EXPECT_EQ(stage.final("hall", 10)->revision, 0U) << "closed at 16";
  EXPECT_EQ(stage.final("hall", 11)->occupancy, 6);
  EXPECT_EQ(stage.crossed("counter", 10.5, 1), Outcome::kLate);
}

TEST(Windows, AreRevisedWhenAReadingIs) {
  Stage stage(one_hall());
  stage.crossed("counter", 1, 5);
  stage.quiet("counter", 2, 20);
  EXPECT_EQ(stage.crossed("counter", 1, 3), Outcome::kRevised);
  stage.quiet("counter", 21, 21);
  EXPECT_EQ(stage.final("hall", 5)->revision, 1U);
  EXPECT_EQ(stage.final("hall", 5)->occupancy, 3);
  EXPECT_EQ(stage.final("hall", 5)->inflow, 36);
}

TEST(Windows, AreRevisedUpToTheNextGaugeInSubstanceByALateGauge) {
  Stage stage(one_hall().gauge("lidar", "hall", 10s));
  stage.quiet("counter", 1, 40);
  stage.present("lidar", 30, 9);
  stage.present("lidar", 12, 5);
  stage.quiet("counter", 41, 60);
  EXPECT_EQ(stage.final("hall", 11)->occupancy, 0);
  EXPECT_EQ(stage.final("hall", 12)->occupancy, 5);
  EXPECT_EQ(stage.final("hall", 29)->occupancy, 5);
  EXPECT_EQ(stage.final("hall", 30)->occupancy, 9);
}

TEST(Windows, CloseAllWhenTheInputEnds) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute, kQuarter}));
  people_come_and_go(stage, 1, 100);
  stage.finish();
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 109))
      << "all that had begun, up to [99, 109)";
  EXPECT_THAT(stage.ends(stage.finals("hall", kMinute)), ElementsAre(60, 120));
  EXPECT_THAT(stage.ends(stage.finals("hall", kQuarter)), ElementsAre(900));
  expect_exact(*stage.final("hall", 100), 90, 100);
  const std::int64_t last_five = came(96) + came(97) + came(98) + came(99) + came(100);
  EXPECT_DOUBLE_EQ(stage.final("hall", 105)->inflow, static_cast<double>(last_five) * 60 / 5)
      << "averaged over what has passed";
  EXPECT_EQ(stage.final("hall", 105)->occupancy, stage.final("hall", 100)->occupancy);
}

TEST(Windows, CloseWithTheLastRevisionsWhenTheInputEnds) {
  Stage stage(one_hall());
  stage.quiet("counter", 1, 9);
  stage.quiet("counter", 11, 30);
  stage.crossed("counter", 10, 6);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 10)->revision, 1U);
  EXPECT_EQ(stage.final("hall", 10)->occupancy, 6);
  EXPECT_EQ(stage.final("hall", 30)->revision, 0U);
  EXPECT_EQ(stage.final("hall", 30)->occupancy, 6);
}

TEST(Windows, CountWhoCrossedAtTheVeryInstantThatTheInputEnds) {
  Stage stage(one_hall());
  stage.crossed("counter", 10, 6, 0, 0s);
  stage.finish();
  EXPECT_THAT(stage.ends(stage.finals("hall")), seconds_from_to(11, 20));
  EXPECT_EQ(stage.final("hall", 11)->inflow, 360);
}

TEST(Windows, SayNothingWhenNothingBegan) {
  Stage stage(one_hall());
  stage.ticks(1, 100);
  stage.finish();
  EXPECT_TRUE(stage.out.empty());
  EXPECT_TRUE(stage.out.seconds.empty());
}

TEST(Windows, SayNothingAboutNoTimeAtAll) {
  Stage stage(one_hall().zone("attic"));
  stage.anchor("hall", 10, 5);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 10)->occupancy, 5);
  EXPECT_THAT(stage.finals("attic"), IsEmpty()) << "nothing but the stroke of 10 has been told";
}

TEST(Windows, LeapOverANight) {
  Stage stage(one_hall().windows({kTenSeconds, kMinute, kQuarter}));
  constexpr int kMorning = 12 * 3600;
  people_come_and_go(stage, 1, 100);
  const std::int64_t stayed = stage.now("hall").occupancy;
  stage.crossed("counter", kMorning, 1);
  EXPECT_EQ(stage.ends(stage.finals("hall")), seconds_from_to(1, 109)) << "the evening is closed";
  EXPECT_THAT(stage.ends(stage.finals("hall", kQuarter)), ElementsAre(900));
  for (int second = kMorning + 1; second <= kMorning + 20; ++second)
    stage.crossed("counter", second, 1);
  EXPECT_EQ(stage.final("hall", kMorning + 14)->occupancy, stayed + 15);
  EXPECT_EQ(stage.final("hall", kMorning)->inflow, 60) << "the morning begins anew";
  stage.finish();
  EXPECT_EQ(stage.final("hall", kMorning + 900, kQuarter)->inflow, 60);
  std::map<double, int> times;
  for (const ZoneState& state : stage.finals("hall"))
    ++times[since_zero(state.window_end)];
  for (const auto& [end, count] : times)
    EXPECT_EQ(count, 1) << end;
}

TEST(Windows, AreToldSecondBySecondThroughALullOfAnHour) {
  Stage stage(one_hall().windows({kMinute}));
  stage.crossed("counter", 1, 5);
  stage.crossed("counter", 3600, 1);
  EXPECT_EQ(stage.finals("hall", kMinute).size(), 59U);
  EXPECT_EQ(stage.final("hall", 3540, kMinute)->quality, Quality::kStale);
}

TEST(Windows, ThatAreLongerThanALullGoOnAfterIt) {
  constexpr WindowSpec kDay{.size_s = 86'400, .hop_s = 86'400};
  Stage stage(one_hall().windows({kDay}));
  constexpr int kNoon = 12 * 3600 + 6 * 3600 + 40 * 60;
  const double midnight = 86'400 - static_cast<double>(kZero % 86'400);
  stage.crossed("counter", midnight + 10, 5);
  stage.crossed("counter", midnight + kNoon, 7);
  stage.finish();
  ASSERT_EQ(stage.finals("hall", kDay).size(), 1U);
  EXPECT_EQ(stage.finals("hall", kDay)[0].occupancy, 12);
  EXPECT_EQ(stage.finals("hall", kDay)[0].inflow, 12.0 * 60 / (kNoon - 9));
}

TEST(Windows, SayTheFlowThroughMeasuredOpeningsThatHaveAWidth) {
  Stage stage(two_rooms()
                  .opening("hatch", "plaza", "corridor", 1.0)
                  .opening("arch", "", "plaza")
                  .counter("arch-counter", "arch"));
  for (int second = 1; second <= 20; ++second) {
    stage.crossed("gate-counter", second, 2, 1);
    stage.crossed("door-counter", second, 1, 0);
    stage.crossed("arch-counter", second, 1, 0);
  }
  const ZoneState plaza = *stage.final("plaza", 12);
  ASSERT_EQ(plaza.flow_count, 2U);
  const OpeningFlow* flows = &stage.out.flows[plaza.first_flow];
  EXPECT_EQ(stage.venue().openings[flows[0].opening].id, "gate");
  EXPECT_DOUBLE_EQ(flows[0].people_per_metre_per_minute, 3 * 60 / 3.0);
  EXPECT_EQ(stage.venue().openings[flows[1].opening].id, "door");
  EXPECT_DOUBLE_EQ(flows[1].people_per_metre_per_minute, 60 / 1.5);
  EXPECT_EQ(plaza.inflow, 180) << "two by the gate, one by the arch";
  EXPECT_EQ(plaza.outflow, 120) << "one by the gate, one by the door";
}

TEST(Windows, SayTheLevelOfServiceOfTheDensityAtTheirEnd) {
  Stage stage(VenueBuilder().zone("hall", 10).gauge("lidar", "hall"));
  for (int second = 1; second <= 20; ++second)
    stage.present("lidar", second, second == 10 ? 25 : 1);
  EXPECT_EQ(stage.final("hall", 9)->level_of_service, LevelOfService::kA);
  EXPECT_EQ(stage.final("hall", 10)->level_of_service, LevelOfService::kF);
  EXPECT_EQ(stage.final("hall", 11)->level_of_service, LevelOfService::kA);
  EXPECT_EQ(stage.final("hall", 11)->density_maximum, 2.5);
}

}  // namespace
}  // namespace crowdflow::testing
