#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "processor/commit_runner.h"
#include "simulation/clockwork.h"

namespace crowdflow::simulation {

// Commits on a fiber of its own, so that anything may happen while one is under way.
class CommitFiber final : public processor::CommitRunner {
 public:
  explicit CommitFiber(Clockwork& clockwork) : clockwork_(clockwork) {}
  ~CommitFiber() override { CommitFiber::wait(); }
  CommitFiber(const CommitFiber&) = delete;
  CommitFiber& operator=(const CommitFiber&) = delete;

  void start(std::function<void()> work) override {
    under_way_ = true;
    clockwork_.start([this, work = std::move(work)] {
      work();
      under_way_ = false;
    });
  }
  void wait() override {
    while (under_way_)
      clockwork_.wait(std::chrono::hours{1}, [this] { return !under_way_; });
  }

 private:
  Clockwork& clockwork_;
  bool under_way_ = false;
};

}  // namespace crowdflow::simulation
