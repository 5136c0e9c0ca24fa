// Cumulative registers, through a Shard: every oddity of theirs, in any order, and never a negative
// flow. What one step means is tested in register_step_test.cc.

#include <algorithm>
#include <gmock/gmock.h>
#include <random>

#include "stage.h"

namespace crowdflow::testing {
namespace {

constexpr auto kApplied = Outcome::kApplied;

VenueBuilder a_turnstile(Span every = 1s) {
  return VenueBuilder()
      .zone("hall")
      .opening("gate", "", "hall", 1.0)
      .register_of("turnstile", "gate", every);
}
std::int64_t present(const Stage& stage) { return stage.now("hall").occupancy; }

TEST(Registers, AreNoFlowAtTheirFirstValue) {
  Stage stage(a_turnstile());
  EXPECT_EQ(stage.total("turnstile", 1, 40'000, 39'000), kApplied);
  EXPECT_EQ(present(stage), 0) << "a thousand did not come at once";
  EXPECT_EQ(stage.total("turnstile", 2, 40'003, 39'001), kApplied);
  EXPECT_EQ(present(stage), 2);
  EXPECT_EQ(times(stage, Oddity::kFirstValue), 1U);
  const SensorTotals totals = stage.shard.sensor_totals("hall")[0];
  EXPECT_EQ(totals.readings, 2U);
  EXPECT_EQ(totals.entries, 3);
  EXPECT_EQ(totals.exits, 1);
}

TEST(Registers, SpreadWhoCameOverTheTimeSinceTheyWereReadLast) {
  Stage stage(a_turnstile(10s).windows({{.size_s = 1, .hop_s = 1}}));
  stage.total("turnstile", 0, 0);
  stage.total("turnstile", 10, 20);
  stage.finish();
  for (int second = 1; second <= 10; ++second) {
    const auto state = stage.final("hall", second, {.size_s = 1, .hop_s = 1});
    ASSERT_TRUE(state) << second;
    EXPECT_EQ(state->occupancy, 2 * second);
    EXPECT_DOUBLE_EQ(state->inflow, 120);
  }
}

TEST(Registers, RollOverWithoutLosingAnybody) {
  VenueBuilder builder = a_turnstile();
  builder.sensor().bits = 16;
  Stage stage(builder);
  stage.total("turnstile", 1, 65'530);
  stage.total("turnstile", 2, 4);
  EXPECT_EQ(present(stage), 10);
  EXPECT_EQ(times(stage, Oddity::kRollOver), 1U);
  EXPECT_EQ(stage.total("turnstile", 3, 65'536), Outcome::kImpossible) << "it has no such number";
}

TEST(Registers, BeginAgainFromZeroAfterAStart) {
  Stage stage(a_turnstile());
  stage.total("turnstile", 1, 500, 0, 7);
  stage.total("turnstile", 2, 510, 0, 7);
  stage.total("turnstile", 3, 3, 0, 8);
  EXPECT_EQ(present(stage), 13);
  EXPECT_EQ(times(stage, Oddity::kReset), 1U);
  EXPECT_EQ(times(stage, Oddity::kReboot), 1U);
}

TEST(Registers, AreResetAtLocalMidnightOnTheLongestDayToo) {
  // Local midnight at 100 s, by an offset that ends there.
  VenueBuilder builder = a_turnstile(10s);
  builder.sensor().resets_at_midnight = true;
  const std::int64_t to_midnight = (kZero + 100) % 86'400;
  builder.utc_offsets({{.from = EventTime{}, .seconds = std::chrono::seconds{-to_midnight}}});
  Stage stage(builder);
  stage.total("turnstile", 90, 9'000);
  stage.total("turnstile", 110, 4);
  stage.total("turnstile", 120, 9);
  EXPECT_EQ(present(stage), 9);
  EXPECT_EQ(times(stage, Oddity::kMidnightReset), 1U);
  EXPECT_EQ(times(stage, Oddity::kReset), 0U);
  stage.finish();
  EXPECT_EQ(stage.final("hall", 101)->occupancy, 0) << "nobody of the four came before midnight";
}

TEST(Registers, ThatRunBackwardsOrJumpAreCountedAndMoveNobody) {
  VenueBuilder builder = a_turnstile();
  builder.sensor().max_rate_per_minute = 60;
  builder.rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 3});
  Stage stage(builder);
  stage.total("turnstile", 1, 100'000);
  stage.total("turnstile", 2, 99'998);
  stage.total("turnstile", 3, 900'000);
  stage.total("turnstile", 4, 900'001);
  EXPECT_EQ(present(stage), 1);
  EXPECT_EQ(times(stage, Oddity::kBackwards), 1U);
  EXPECT_EQ(times(stage, Oddity::kJump), 1U);
  EXPECT_THAT(stage.alerts(), ::testing::IsEmpty());
}

TEST(Registers, TakeALateValueBetweenTwoForThePlaceOfTheirPeople) {
  Stage stage(a_turnstile(10s));
  stage.total("turnstile", 0, 0);
  stage.total("turnstile", 20, 20);
  EXPECT_EQ(stage.total("turnstile", 10, 18), kApplied);
  stage.total("turnstile", 30, 20);
  EXPECT_EQ(present(stage), 20) << "it adds nobody";
  stage.finish();
  EXPECT_EQ(stage.final("hall", 10)->occupancy, 18) << "but they came earlier";
}

TEST(Registers, ForgetWhatARevisionTakesBack) {
  Stage stage(a_turnstile());
  stage.total("turnstile", 1, 0);
  stage.total("turnstile", 2, 50);
  EXPECT_EQ(stage.total("turnstile", 2, 5), Outcome::kRevised);
  stage.total("turnstile", 3, 6);
  EXPECT_EQ(present(stage), 6);
  EXPECT_EQ(stage.shard.sensor_totals("hall")[0].entries, 6);
}

TEST(Registers, CatchUpAfterHoursOffLineAndCountNobodyTwice) {
  Stage stage(a_turnstile().counter("other", "gate"));
  stage.total("turnstile", 1, 100);
  stage.crossed("other", 1, 0);
  stage.quiet("other", 2, 1000);
  EXPECT_EQ(stage.total("turnstile", 500, 130), Outcome::kLateApplied);
  EXPECT_EQ(stage.total("turnstile", 300, 120), Outcome::kLate) << "it adds nothing to the level";
  EXPECT_EQ(stage.total("turnstile", 1000, 140), kApplied);
  stage.quiet("other", 1001, 1001);
  EXPECT_EQ(present(stage), 40);
}

TEST(Registers, AddUpWhateverTheOrder) {
  VenueBuilder builder = a_turnstile();
  builder.sensor().bits = 16;
  std::mt19937 random(7);
  for (int round = 0; round < 100; ++round) {
    std::vector<std::pair<int, std::uint64_t>> values;
    const std::uint64_t first = 65'500 + random() % 20;
    std::uint64_t value = first;
    values.emplace_back(0, value);
    for (int second = 1; second <= 30; ++second)
      values.emplace_back(second, (value += random() % 5) % 65'536);
    Stage in_order(builder);
    for (const auto& [second, shown] : values)
      in_order.total("turnstile", second, shown);
    std::ranges::shuffle(values, random);
    Stage shuffled(builder);
    for (const auto& [second, shown] : values)
      shuffled.total("turnstile", second, shown);
    const SensorTotals expected = in_order.shard.sensor_totals("hall")[0];
    const SensorTotals totals = shuffled.shard.sensor_totals("hall")[0];
    ASSERT_EQ(totals.entries, expected.entries);
    ASSERT_EQ(totals.oddities, expected.oddities);
    ASSERT_EQ(present(shuffled), present(in_order));
    ASSERT_EQ(present(in_order), static_cast<std::int64_t>(value - first));
  }
}

}  // namespace
}  // namespace crowdflow::testing
