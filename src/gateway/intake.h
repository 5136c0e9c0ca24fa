#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "http/reply.h"

namespace crowdflow::gateway {

// A request that waits for the log.
struct Waiting {
  http::Request request;
  http::Reply reply;
};

// The queue from the server's thread to the gateway's, bounded by the bytes of the bodies in it.
// Threads: any.
class Intake {
 public:
  explicit Intake(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  enum class Put { kQueued, kFull, kClosed };
  // Moves from `waiting` only when it is queued. One request fits always.
  [[nodiscard]] Put put(Waiting& waiting) {
    const std::lock_guard lock(mutex_);
    if (closed_) return Put::kClosed;
    const std::size_t bytes = size_of(waiting);
    if (!queue_.empty() && bytes_ + bytes > max_bytes_) return Put::kFull;
    bytes_ += bytes;
    queue_.push_back(std::move(waiting));
    wake_.notify_one();
    return Put::kQueued;
  }

  // All that waits, in the order of coming; waits for the first. Nothing once `stop` is requested.
  [[nodiscard]] std::vector<Waiting> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, stop, [&] { return !queue_.empty(); });
    if (stop.stop_requested()) return {};
    return take_all();
  }

  // Takes no more; what is left in it.
  [[nodiscard]] std::vector<Waiting> close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    return take_all();
  }

  struct Load {
    std::size_t requests = 0;
    std::size_t bytes = 0;
  };
  [[nodiscard]] Load load() const {
    const std::lock_guard lock(mutex_);
    return {.requests = queue_.size(), .bytes = bytes_};
  }

 private:
  // A small body takes memory, too.
  static std::size_t size_of(const Waiting& waiting) {
    constexpr std::size_t kBeside = 2048;
    return waiting.request.body.size() + kBeside;
  }
  std::vector<Waiting> take_all() {
    bytes_ = 0;
    return std::exchange(queue_, {});
  }

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Waiting> queue_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace crowdflow::gateway
