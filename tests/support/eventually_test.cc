#include "support/eventually.h"

#include <chrono>
#include <gtest/gtest.h>

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

TEST(Eventually, AsksAgainUntilItIsTrue) {
  int calls = 0;
  EXPECT_TRUE(eventually(10s, [&] { return ++calls == 5; }));
  EXPECT_EQ(calls, 5);
}

TEST(Eventually, AsksOnceWithoutTime) {
  int calls = 0;
  EXPECT_FALSE(eventually(0ms, [&] { return ++calls == 5; }));
  EXPECT_EQ(calls, 1);
}

TEST(Eventually, ShowsTheLastWordsWhenTimeIsUp) {
  int calls = 0;
  const testing::AssertionResult result = eventually(30ms, [&]() -> testing::AssertionResult {
    return testing::AssertionFailure() << ++calls << " zones of 20 known";
  });
  EXPECT_FALSE(result);
  EXPECT_EQ(result.message(), "not within 30 ms: " + std::to_string(calls) + " zones of 20 known");
}

}  // namespace
}  // namespace crowdflow::test
