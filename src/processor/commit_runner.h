#pragma once

#include <functional>

namespace crowdflow::processor {

// Runs a session's commits beside its log thread, one at a time. A thread does so, or, in the
// simulation, whatever lets the same seed give the same run.
//
// Threads: the log thread.
class CommitRunner {
 public:
  // Waits for what is under way.
  virtual ~CommitRunner() = default;
  // Begins `work`; none may be under way.
  virtual void start(std::function<void()> work) = 0;
  // Until the work that was started last has ended.
  virtual void wait() = 0;
};

}  // namespace crowdflow::processor
