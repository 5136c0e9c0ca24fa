#include "processor/commit_thread.h"

#include <utility>

#include <crowdflow/check.h>

namespace crowdflow::processor {

CommitThread::CommitThread() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

CommitThread::~CommitThread() { wait(); }

void CommitThread::start(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  CROWDFLOW_CHECK(!work_, "one commit at a time");
  work_ = std::move(work);
  changed_.notify_all();
}

void CommitThread::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !work_; });
}

void CommitThread::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return static_cast<bool>(work_); })) {
    lock.unlock();
    work_();  // nobody else touches it now
    lock.lock();
    work_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace crowdflow::processor
