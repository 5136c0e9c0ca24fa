#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "processor/commit_runner.h"

namespace crowdflow::processor {

// The thread that commits. It is asked some ten times a second, so a mutex is good enough.
class CommitThread final : public CommitRunner {
 public:
  CommitThread();
  ~CommitThread() override;
  CommitThread(const CommitThread&) = delete;
  CommitThread& operator=(const CommitThread&) = delete;

  void start(std::function<void()> work) override;
  void wait() override;

 private:
  void run(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::function<void()> work_;  // to be done or being done; none: idle
  std::jthread thread_;         // last, so that it ends first
};

}  // namespace crowdflow::processor
