#include "processor/commits.h"

#include <utility>

#include <crowdflow/check.h>

namespace crowdflow::processor {

Commits::Commits(std::unique_ptr<Committer> committer, std::unique_ptr<CommitRunner> runner,
                 std::function<void()> wake)
    : committer_(std::move(committer)), wake_(std::move(wake)), runner_(std::move(runner)) {}

void Commits::begin(Commit commit) {
  CROWDFLOW_CHECK(!under_way_, "one commit at a time");
  under_way_ = true;
  commit_ = std::move(commit);
  runner_->start([this] { run(); });
}

void Commits::run() {
  auto outcome = committer_->commit(commit_);
  {
    const std::lock_guard lock(mutex_);
    outcome_ = std::move(outcome);
  }
  wake_();
}

bool Commits::over() const {
  const std::lock_guard lock(mutex_);
  return outcome_.has_value();
}

Result<Commit> Commits::end() {
  CROWDFLOW_CHECK(under_way_, "a commit that is ended was begun");
  runner_->wait();
  under_way_ = false;
  const std::lock_guard lock(mutex_);
  const auto outcome = *std::exchange(outcome_, std::nullopt);
  if (!outcome) return tl::unexpected(outcome.error());
  return std::move(commit_);
}

}  // namespace crowdflow::processor
