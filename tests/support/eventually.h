#pragma once

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <utility>

namespace crowdflow::test {

// Calls `condition` again and again until it is true or `limit` has passed, for
//   ASSERT_TRUE(eventually(5s, [&] { return engine.caught_up(); }));
// The condition is called at least once, is never called again after the limit, and may return a
// testing::AssertionResult: when time is up, the last one's words are shown.
[[nodiscard]] testing::AssertionResult eventually_result(
    std::chrono::milliseconds limit, const std::function<testing::AssertionResult()>& condition);

template <typename Condition>
[[nodiscard]] testing::AssertionResult eventually(std::chrono::milliseconds limit,
                                                  Condition condition) {
  return eventually_result(limit, [&] { return testing::AssertionResult(condition()); });
}

}  // namespace crowdflow::test
