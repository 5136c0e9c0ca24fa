#include "support/eventually.h"

#include <algorithm>
#include <thread>

namespace crowdflow::test {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

testing::AssertionResult eventually_result(
    milliseconds limit, const std::function<testing::AssertionResult()>& condition) {
  const auto deadline = steady_clock::now() + limit;
  milliseconds pause{1};  // short at first: most conditions become true at once
  while (true) {
    testing::AssertionResult result = condition();
    const auto now = steady_clock::now();
    if (result) return result;
    if (now >= deadline) {
      return testing::AssertionFailure()
             << "not within " << limit.count() << " ms" << (*result.message() != '\0' ? ": " : "")
             << result.message();
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - now);
    std::this_thread::sleep_for(std::min(pause, left));
    pause = std::min(pause * 2, milliseconds{50});
  }
}

}  // namespace crowdflow::test
