#include "kafka/event_flag.h"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace crowdflow::kafka {
namespace {

using namespace std::chrono_literals;

TEST(EventFlag, IsUpFromTheFirstRaiseToTheNextLower) {
  const EventFlag flag;
  EXPECT_FALSE(flag.lower());
  flag.raise();
  flag.raise();
  EXPECT_TRUE(flag.lower());
  EXPECT_FALSE(flag.lower());
}

TEST(EventFlag, AWaitEndsWhenOneOfThemIsUpAndLeavesItUp) {
  const EventFlag one;
  const EventFlag other;
  const std::array flags{&one, &other};
  for (int i = 0; i < 100; ++i) {
    std::jthread raising([&] { other.raise(); });  // before or while the other waits
    EventFlag::wait(flags, 1h);                    // for ever, as far as a test is concerned
    EXPECT_TRUE(other.lower());
    EXPECT_FALSE(one.lower());
  }
}

TEST(EventFlag, AWaitEndsWhenItsTimeIsUp) {
  const EventFlag flag;
  const auto before = std::chrono::steady_clock::now();
  EventFlag::wait(std::array{&flag}, 20ms);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
  EXPECT_FALSE(flag.lower());
  EventFlag::wait(std::array{&flag}, -1h);  // no time at all
}

}  // namespace
}  // namespace crowdflow::kafka
