#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <crowdflow/result.h>

#include "processor/commit_runner.h"
#include "processor/committer.h"

namespace crowdflow::processor {

// The commits of one session, each beside the log thread, one after the other.
//
// Threads: the log thread. What is committed belongs to the runner until that is over.
class Commits {
 public:
  // `wake`: lets the log thread look whether a commit is over. Any thread.
  Commits(std::unique_ptr<Committer> committer, std::unique_ptr<CommitRunner> runner,
          std::function<void()> wake);
  // Waits for the one under way.
  ~Commits() = default;
  Commits(const Commits&) = delete;
  Commits& operator=(const Commits&) = delete;

  // None may be under way.
  void begin(Commit commit);
  // Begun, and not ended by end().
  [[nodiscard]] bool under_way() const { return under_way_; }
  // Whether end() need not wait.
  [[nodiscard]] bool over() const;
  // Waits for the one under way and gives back what has been committed. An error leaves the outcome
  // to be read from the log.
  [[nodiscard]] Result<Commit> end();

 private:
  void run();

  const std::unique_ptr<Committer> committer_;
  const std::function<void()> wake_;
  bool under_way_ = false;
  Commit commit_;
  mutable std::mutex mutex_;
  std::optional<Result<void>> outcome_;  // guarded by it; of the one under way, once it is over
  const std::unique_ptr<CommitRunner> runner_;  // last, so that it ends first
};

}  // namespace crowdflow::processor
