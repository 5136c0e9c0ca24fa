#pragma once

#include <chrono>

namespace crowdflow::app {

// SIGINT and SIGTERM, taken by waiting. Made before any other thread, so that all inherit the mask.
class Signals {
 public:
  Signals();
  // Whether one has arrived; waits at most so long.
  [[nodiscard]] bool wait(std::chrono::milliseconds at_most);
};

}  // namespace crowdflow::app
