#pragma once

#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "concurrency/doorbell.h"
#include "processor/lane.h"

namespace crowdflow::processor {

// Applies what comes in through its lanes, a step of each in turn, and sleeps while nothing comes.
//
// Threads: made and ended by the log thread. The lanes must outlive it.
class EngineThread {
 public:
  // `wake`: lets the log thread look at the lanes.
  explicit EngineThread(std::function<void()> wake) : wake_(std::move(wake)) {}
  // Ends it after the step in hand, whatever is still on its way.
  ~EngineThread() = default;
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  // For its lanes to ring.
  [[nodiscard]] concurrency::Doorbell<>& bell() { return bell_; }
  // Once.
  void start(std::vector<Lane*> lanes);

 private:
  void run(const std::stop_token& stop);

  const std::function<void()> wake_;
  concurrency::Doorbell<> bell_;
  std::vector<Lane*> lanes_;
  std::jthread thread_;
};

}  // namespace crowdflow::processor
