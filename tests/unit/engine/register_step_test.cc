#include "engine/register_step.h"

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using std::chrono_literals::operator""h;

EventTime utc(std::string_view text) { return *event_time_from_rfc3339(text); }

constexpr auto kNothingOdd = std::optional<Oddity>{};

// A sensor's register, of which a test tells two values in entries; exits go on by one.
struct Register {
  Sensor sensor;
  std::vector<UtcOffset> utc_offsets;
  Span span = 1min;
  EventTime end = utc("2026-03-01T12:00:00Z");
  std::uint64_t boot_before = 0;
  std::uint64_t boot_after = 0;

  Register& bits(int bits) {
    sensor.bits = bits;
    return *this;
  }
  Register& max_rate(double per_minute) {
    sensor.max_rate_per_minute = per_minute;
    return *this;
  }
  Register& resets_at_midnight() {
    sensor.resets_at_midnight = true;
    return *this;
  }
  Register& restarted() {
    boot_before = 11;
    boot_after = 12;
    return *this;
  }
  Register& from(std::string_view start, std::string_view until) {
    end = utc(until);
    span = end - utc(start);
    return *this;
  }
  [[nodiscard]] EventTime start() const { return end - span; }
  [[nodiscard]] RegisterStep step(std::int64_t before, std::int64_t after) const {
    return step_between({.time = start(), .boot_id = boot_before, .entries = before, .exits = 100},
                        {.time = end, .boot_id = boot_after, .entries = after, .exits = 101},
                        sensor, utc_offsets);
  }
};

MATCHER_P2(Is, people, oddity, "") {
  *result_listener << arg.entries << " people, "
                   << (arg.entries_oddity ? name_of(*arg.entries_oddity) : "nothing odd");
  return arg.entries == people && arg.entries_oddity == std::optional<Oddity>(oddity);
}

TEST(RegisterStep, IsTheDifferenceOfTwoValues) {
  const RegisterStep step = Register().step(1000, 1007);
  EXPECT_THAT(step, Is(7, kNothingOdd));
  EXPECT_EQ(step.exits, 1);
  EXPECT_EQ(step.exits_oddity, std::nullopt);
  EXPECT_EQ(step.start, Register().start());
}

TEST(RegisterStep, IsNobodyWhenTheValueStands) {
  EXPECT_THAT(Register().step(0, 0), Is(0, kNothingOdd));
  EXPECT_THAT(Register().step(1000, 1000), Is(0, kNothingOdd));
}

TEST(RegisterStep, JumpsWhenItRisesByMoreThanTheRateAllows) {
  Register fast = Register().max_rate(60);
  EXPECT_THAT(fast.step(0, 61), Is(61, kNothingOdd)) << "60 in a minute, and one at its edge";
  EXPECT_THAT(fast.step(0, 62), Is(0, Oddity::kJump));
  fast.span = 10min;
  EXPECT_THAT(fast.step(0, 601), Is(601, kNothingOdd));
  EXPECT_THAT(fast.step(0, 602), Is(0, Oddity::kJump));
  fast.span = 500ms;
  EXPECT_THAT(fast.step(0, 2), Is(2, kNothingOdd)) << "half a person counts as one";
  EXPECT_THAT(fast.step(0, 3), Is(0, Oddity::kJump));
  fast.span = Span{0};
  EXPECT_THAT(fast.step(0, 1), Is(1, kNothingOdd));
  EXPECT_THAT(fast.step(0, 2), Is(0, Oddity::kJump));
}

TEST(RegisterStep, WithoutARateJumpsBeyondAMillionPeople) {
  EXPECT_THAT(Register().step(5, 1'000'005), Is(1'000'000, kNothingOdd));
  EXPECT_THAT(Register().step(5, 1'000'006), Is(0, Oddity::kJump));
}

TEST(RegisterStep, JudgesEachNumberForItself) {
  const Register sensor = Register().max_rate(60);
  const RegisterStep step =
      step_between({.time = sensor.start(), .entries = 10, .exits = 500},
                   {.time = sensor.end, .entries = 1000, .exits = 3}, sensor.sensor, {});
  EXPECT_THAT(step, Is(0, Oddity::kJump));
  EXPECT_EQ(step.exits, 3);
  EXPECT_EQ(step.exits_oddity, Oddity::kReset);
}

TEST(RegisterStep, RollsOverAtItsWidth) {
  for (const int bits : {16, 24, 32}) {
    const std::int64_t full = (std::int64_t{1} << bits) - 1;
    EXPECT_THAT(Register().bits(bits).step(full, 0), Is(1, Oddity::kRollOver)) << bits;
    EXPECT_THAT(Register().bits(bits).step(full - 5, 20), Is(26, Oddity::kRollOver)) << bits;
    EXPECT_THAT(Register().step(full - 5, 20), Is(20, Oddity::kReset)) << bits << " not declared";
  }
}

TEST(RegisterStep, RollsOverByNoMoreThanTheRateAllows) {
  const Register sensor = Register().bits(16).max_rate(60);
  EXPECT_THAT(sensor.step(65'536 - 30, 31), Is(61, Oddity::kRollOver));
  EXPECT_THAT(sensor.step(65'536 - 31, 31), Is(31, Oddity::kReset));
}

TEST(RegisterStep, WithoutARateRollsOverByLessThanASixteenth) {
  const Register narrow = Register().bits(16);
  EXPECT_THAT(narrow.step(65'536 - 4'000, 95), Is(4'095, Oddity::kRollOver));
  EXPECT_THAT(narrow.step(65'536 - 4'000, 96), Is(96, Oddity::kReset));
  const Register middle = Register().bits(24);
  EXPECT_THAT(middle.step((1 << 24) - 999'999, 1), Is(1'000'000, Oddity::kRollOver));
  EXPECT_THAT(middle.step((1 << 24) - 999'999, 2), Is(2, Oddity::kReset));
  const Register wide = Register().bits(32);
  EXPECT_THAT(wide.step((std::int64_t{1} << 32) - 999'999, 1), Is(1'000'000, Oddity::kRollOver));
  EXPECT_THAT(wide.step((std::int64_t{1} << 32) - 999'999, 2), Is(2, Oddity::kReset))
      << "nor ever by more than a million people";
}

TEST(RegisterStep, DoesNotTakeEveryFallForARollOverBecauseMuchTimeHasPassed) {
  Register sensor = Register().bits(16).max_rate(60);
  sensor.span = 20h;
  EXPECT_THAT(sensor.step(100, 0), Is(0, Oddity::kReset)) << "72,001 could have come";
  EXPECT_THAT(sensor.step(65'500, 100), Is(136, Oddity::kRollOver));
  sensor.span = 18h;
  EXPECT_THAT(sensor.step(65'536 - 64'000, 800), Is(64'800, Oddity::kRollOver))
      << "64,801 could have come";
}

TEST(RegisterStep, DoesNotRollOverAcrossAStart) {
  const Register sensor = Register().bits(16);
  EXPECT_THAT(sensor.step(65'530, 5), Is(11, Oddity::kRollOver));
  EXPECT_THAT(Register(sensor).restarted().step(65'530, 5), Is(5, Oddity::kReset));
}

TEST(RegisterStep, TakesAnUnknownBootForNoStart) {
  Register sensor = Register().bits(16);
  sensor.boot_after = 12;
  EXPECT_THAT(sensor.step(65'530, 5), Is(11, Oddity::kRollOver));
  EXPECT_THAT(sensor.step(30'000, 20'000), Is(0, Oddity::kBackwards));
  sensor.boot_before = 12;
  EXPECT_THAT(sensor.step(65'530, 5), Is(11, Oddity::kRollOver)) << "known and the same";
}

TEST(RegisterStep, IsResetWhenItLosesAtLeastHalf) {
  EXPECT_THAT(Register().step(100, 50), Is(50, Oddity::kReset));
  EXPECT_THAT(Register().step(100, 51), Is(0, Oddity::kBackwards));
  EXPECT_THAT(Register().step(5, 2), Is(2, Oddity::kReset));
  EXPECT_THAT(Register().step(5, 3), Is(0, Oddity::kBackwards));
}

TEST(RegisterStep, IsResetToNobody) {
  EXPECT_THAT(Register().step(100, 0), Is(0, Oddity::kReset));
  EXPECT_THAT(Register().step(1, 0), Is(0, Oddity::kReset));
}

TEST(RegisterStep, IsResetByAStartHoweverLittleItLost) {
  EXPECT_THAT(Register().restarted().step(100, 99), Is(99, Oddity::kReset));
}

TEST(RegisterStep, IsNotResetByAStartThatItSurvived) {
  EXPECT_THAT(Register().restarted().step(100, 100), Is(0, kNothingOdd));
  EXPECT_THAT(Register().restarted().step(100, 103), Is(3, kNothingOdd));
}

TEST(RegisterStep, IsNotResetToMoreThanCouldHaveCome) {
  EXPECT_THAT(Register().max_rate(60).step(1000, 61), Is(61, Oddity::kReset));
  EXPECT_THAT(Register().max_rate(60).step(1000, 62), Is(0, Oddity::kBackwards));
  EXPECT_THAT(Register().max_rate(60).restarted().step(1000, 62), Is(0, Oddity::kBackwards));
  EXPECT_THAT(Register().step(3'000'000, 1'000'000), Is(1'000'000, Oddity::kReset));
  EXPECT_THAT(Register().step(3'000'000, 1'000'001), Is(0, Oddity::kBackwards));
}

TEST(RegisterStep, IsResetAtMidnight) {
  const Register sensor =
      Register().resets_at_midnight().from("2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z");
  const RegisterStep step = sensor.step(900, 40);
  EXPECT_THAT(step, Is(40, Oddity::kMidnightReset));
  EXPECT_EQ(step.start, utc("2026-03-02T00:00:00Z"));
  EXPECT_THAT(sensor.step(900, 890), Is(890, Oddity::kMidnightReset)) << "however little it lost";
}

TEST(RegisterStep, IsNotResetAtMidnightUnlessTheSensorSaysSo) {
  const RegisterStep step =
      Register().from("2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z").step(900, 40);
  EXPECT_THAT(step, Is(40, Oddity::kReset));
  EXPECT_EQ(step.start, utc("2026-03-01T23:50:00Z"));
}

TEST(RegisterStep, IsAnOrdinaryStepOverMidnightWhenTheValueDidNotFall) {
  const Register sensor =
      Register().resets_at_midnight().from("2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z");
  EXPECT_THAT(sensor.step(0, 40), Is(40, kNothingOdd));
  EXPECT_THAT(sensor.step(40, 40), Is(0, kNothingOdd));
  EXPECT_EQ(sensor.step(0, 40).start, utc("2026-03-01T23:50:00Z"));
}

TEST(RegisterStep, CountsMidnightToTheStepThatEndsThere) {
  Register sensor = Register().resets_at_midnight();
  EXPECT_THAT(sensor.from("2026-03-01T23:59:00Z", "2026-03-02T00:00:00Z").step(900, 0),
              Is(0, Oddity::kMidnightReset));
  EXPECT_THAT(sensor.from("2026-03-02T00:00:00Z", "2026-03-02T00:01:00Z").step(900, 0),
              Is(0, Oddity::kReset));
  EXPECT_THAT(sensor.from("2026-03-01T23:58:59.999999Z", "2026-03-01T23:59:59.999999Z").step(9, 0),
              Is(0, Oddity::kReset));
}

TEST(RegisterStep, IsResetAtMidnightToNoMoreThanCouldHaveComeSince) {
  const Register sensor = Register().resets_at_midnight().max_rate(60).from("2026-03-01T22:00:00Z",
                                                                            "2026-03-02T00:10:00Z");
  EXPECT_THAT(sensor.step(5000, 601), Is(601, Oddity::kMidnightReset));
  EXPECT_THAT(sensor.step(5000, 602), Is(602, Oddity::kReset)) << "it was reset before midnight";
  EXPECT_THAT(sensor.step(1100, 602), Is(0, Oddity::kBackwards));
}

TEST(RegisterStep, TakesTheLastOfSeveralMidnights) {
  const RegisterStep step = Register()
                                .resets_at_midnight()
                                .from("2026-03-01T12:00:00Z", "2026-03-04T08:00:00Z")
                                .step(900, 40);
  EXPECT_THAT(step, Is(40, Oddity::kMidnightReset));
  EXPECT_EQ(step.start, utc("2026-03-04T00:00:00Z"));
}

TEST(RegisterStep, PrefersTheDeclaredMidnightToARollOverAndToAStart) {
  Register sensor =
      Register().bits(16).resets_at_midnight().from("2026-03-01T23:59:50Z", "2026-03-02T00:00:10Z");
  EXPECT_THAT(sensor.step(65'530, 5), Is(5, Oddity::kMidnightReset));
  EXPECT_THAT(sensor.restarted().step(65'530, 5), Is(5, Oddity::kMidnightReset));
  EXPECT_EQ(sensor.step(65'530, 5).start, utc("2026-03-02T00:00:00Z"));
}

TEST(RegisterStep, RollsOverAcrossMidnightWhenTheNewValueDidNotComeSince) {
  const Register sensor = Register().bits(16).max_rate(60).resets_at_midnight().from(
      "2026-03-01T23:00:00Z", "2026-03-02T00:01:00Z");
  EXPECT_THAT(sensor.step(65'530, 62), Is(68, Oddity::kRollOver));
  EXPECT_EQ(sensor.step(65'530, 62).start, utc("2026-03-01T23:00:00Z"));
}

TEST(RegisterStep, BeginsAtMidnightForBothNumbersWhenOneWasReset) {
  const Register sensor =
      Register().resets_at_midnight().from("2026-03-01T23:50:00Z", "2026-03-02T00:10:00Z");
  const RegisterStep step = sensor.step(900, 40);
  EXPECT_EQ(step.exits, 1);
  EXPECT_EQ(step.exits_oddity, std::nullopt);
  EXPECT_EQ(step.start, utc("2026-03-02T00:00:00Z"));
}

TEST(RegisterStep, IsResetAtTheMidnightOfItsPlace) {
  Register sensor =
      Register().resets_at_midnight().from("2026-03-01T14:50:00Z", "2026-03-01T15:10:00Z");
  EXPECT_THAT(sensor.step(900, 40), Is(40, Oddity::kReset));
  sensor.utc_offsets = {{.from = utc("2000-01-01T00:00:00Z"), .seconds = 9h}};
  EXPECT_THAT(sensor.step(900, 40), Is(40, Oddity::kMidnightReset)) << "Seoul";
  EXPECT_EQ(sensor.step(900, 40).start, utc("2026-03-01T15:00:00Z"));
}

std::string midnight(std::string_view t, const std::vector<UtcOffset>& offsets) {
  return to_rfc3339(last_local_midnight(utc(t), offsets));
}

TEST(LocalMidnight, IsThatOfUtcWithoutOffsets) {
  EXPECT_EQ(midnight("2026-03-01T00:00:00Z", {}), "2026-03-01T00:00:00Z");
  EXPECT_EQ(midnight("2026-03-01T23:59:59.999999Z", {}), "2026-03-01T00:00:00Z");
}

TEST(LocalMidnight, OfTheFirstOffsetHoldsBeforeIt) {
  const std::vector<UtcOffset> seoul{{.from = utc("2026-06-01T00:00:00Z"), .seconds = 9h}};
  EXPECT_EQ(midnight("2026-03-01T14:59:59Z", seoul), "2026-02-28T15:00:00Z");
  EXPECT_EQ(midnight("2026-03-01T15:00:00Z", seoul), "2026-03-01T15:00:00Z");
  EXPECT_EQ(midnight("2026-06-01T01:00:00Z", seoul), "2026-05-31T15:00:00Z")
      << "the day had begun when the list begins";
}

TEST(LocalMidnight, FollowsTheClocksOfLondon) {
  const std::vector<UtcOffset> london{{.from = utc("2025-10-26T01:00:00Z"), .seconds = 0h},
                                      {.from = utc("2026-03-29T01:00:00Z"), .seconds = 1h},
                                      {.from = utc("2026-10-25T01:00:00Z"), .seconds = 0h}};
  EXPECT_EQ(midnight("2026-03-29T00:30:00Z", london), "2026-03-29T00:00:00Z");
  EXPECT_EQ(midnight("2026-03-29T12:00:00Z", london), "2026-03-29T00:00:00Z")
      << "the day began before the clocks changed";
  EXPECT_EQ(midnight("2026-03-29T22:59:59Z", london), "2026-03-29T00:00:00Z");
  EXPECT_EQ(midnight("2026-03-29T23:00:00Z", london), "2026-03-29T23:00:00Z") << "after 23 hours";
  EXPECT_EQ(midnight("2026-10-25T12:00:00Z", london), "2026-10-24T23:00:00Z");
  EXPECT_EQ(midnight("2026-10-25T23:59:59Z", london), "2026-10-24T23:00:00Z");
  EXPECT_EQ(midnight("2026-10-26T00:00:00Z", london), "2026-10-26T00:00:00Z") << "after 25 hours";
}

TEST(LocalMidnight, IsTheFirstMomentOfADayWithoutOne) {
  // As in Sao Paulo until 2019: at 0:00 the clocks go to 1:00, and back from 0:00 to 23:00.
  const std::vector<UtcOffset> sao_paulo{{.from = utc("2018-02-18T02:00:00Z"), .seconds = -3h},
                                         {.from = utc("2018-11-04T03:00:00Z"), .seconds = -2h},
                                         {.from = utc("2019-02-17T02:00:00Z"), .seconds = -3h}};
  EXPECT_EQ(midnight("2018-11-04T02:59:59Z", sao_paulo), "2018-11-03T03:00:00Z");
  EXPECT_EQ(midnight("2018-11-04T03:00:00Z", sao_paulo), "2018-11-04T03:00:00Z") << "1:00";
  EXPECT_EQ(midnight("2018-11-05T01:59:59Z", sao_paulo), "2018-11-04T03:00:00Z");
  EXPECT_EQ(midnight("2018-11-05T02:00:00Z", sao_paulo), "2018-11-05T02:00:00Z") << "23 hours on";
  EXPECT_EQ(midnight("2019-02-17T02:30:00Z", sao_paulo), "2019-02-16T02:00:00Z")
      << "23:30 for the second time";
  EXPECT_EQ(midnight("2019-02-17T03:00:00Z", sao_paulo), "2019-02-17T03:00:00Z") << "25 hours on";
}

TEST(LocalMidnight, MayComeTwice) {
  // As in St. John's until 2011: at 0:01 the clocks go back to 23:01.
  const std::vector<UtcOffset> st_johns{{.from = utc("2010-03-14T03:31:00Z"), .seconds = -150min},
                                        {.from = utc("2010-11-07T02:31:00Z"), .seconds = -210min}};
  EXPECT_EQ(midnight("2010-11-07T02:30:30Z", st_johns), "2010-11-07T02:30:00Z");
  EXPECT_EQ(midnight("2010-11-07T03:00:00Z", st_johns), "2010-11-07T02:30:00Z");
  EXPECT_EQ(midnight("2010-11-07T03:30:00Z", st_johns), "2010-11-07T03:30:00Z");
}

TEST(RegisterStep, IsResetAfterADayOf23Or25Hours) {
  Register sensor = Register().resets_at_midnight();
  sensor.utc_offsets = {{.from = utc("2025-10-26T01:00:00Z"), .seconds = 0h},
                        {.from = utc("2026-03-29T01:00:00Z"), .seconds = 1h},
                        {.from = utc("2026-10-25T01:00:00Z"), .seconds = 0h}};
  sensor.from("2026-03-29T22:55:00Z", "2026-03-29T23:05:00Z");
  EXPECT_THAT(sensor.step(900, 4), Is(4, Oddity::kMidnightReset));
  EXPECT_EQ(sensor.step(900, 4).start, utc("2026-03-29T23:00:00Z"));
  sensor.from("2026-10-25T22:55:00Z", "2026-10-25T23:05:00Z");
  EXPECT_THAT(sensor.step(900, 4), Is(4, Oddity::kReset)) << "the clocks went back that day";
  sensor.from("2026-10-25T23:55:00Z", "2026-10-26T00:05:00Z");
  EXPECT_THAT(sensor.step(900, 4), Is(4, Oddity::kMidnightReset));
}

}  // namespace
}  // namespace crowdflow::testing
