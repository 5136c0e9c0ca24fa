#include "processor/tick_clock.h"

#include <gtest/gtest.h>

namespace crowdflow::processor {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

const WallTime kNoon{std::chrono::hours{12}};
const TickClock::Steady kSteady{100s};

TickClock at_noon() {
  TickClock clock;
  clock.step(kNoon - 1s, kSteady - 1s);
  clock.step(kNoon, kSteady);
  return clock;
}

TEST(TickClock, IsTimelyWhenBothClocksHavePassedTheSame) {
  TickClock clock = at_noon();
  EXPECT_TRUE(clock.is_timely());
  clock.step(kNoon + 1s, kSteady + 1100ms);
  EXPECT_TRUE(clock.is_timely());
  EXPECT_EQ(clock.now_after(kNoon), kNoon + 1s);
}

TEST(TickClock, ProvesNothingAtItsFirstStep) {
  TickClock clock;
  clock.step(kNoon, kSteady);
  EXPECT_FALSE(clock.is_timely());
}

TEST(TickClock, ProvesNothingAfterItStoodStill) {
  TickClock clock = at_noon();
  clock.step(kNoon + 6s, kSteady + 6s);
  EXPECT_FALSE(clock.is_timely());
  clock.step(kNoon + 7s, kSteady + 7s);
  EXPECT_TRUE(clock.is_timely());
}

TEST(TickClock, ProvesNothingByAClockThatWasSetForward) {
  TickClock clock = at_noon();
  clock.step(kNoon + 3601s, kSteady + 1s);
  EXPECT_FALSE(clock.is_timely());
  EXPECT_EQ(clock.now_after(kNoon), kNoon + 3601s);
}

TEST(TickClock, GoesOnAtHalfItsPaceAfterItWasSetBack) {
  TickClock clock = at_noon();
  clock.step(kNoon - 10s, kSteady + 1s);
  EXPECT_FALSE(clock.is_timely());
  WallTime told = clock.now_after(kNoon);
  EXPECT_EQ(told, kNoon);
  for (int i = 2; i < 30; ++i) {
    clock.step(kNoon + std::chrono::seconds{i - 11}, kSteady + std::chrono::seconds{i});
    EXPECT_TRUE(clock.is_timely());
    const WallTime before = told;
    told = clock.now_after(before);
    EXPECT_GE(told - before, 500ms);
  }
  EXPECT_EQ(told, kNoon + 18s) << "the clock is there again";
}

}  // namespace
}  // namespace crowdflow::processor
