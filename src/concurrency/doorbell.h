#pragma once

#include <atomic>
#include <cstdint>

namespace crowdflow::concurrency {

// Lets a thread that has nothing to do sleep until another one has put something somewhere (in a
// ring, say). Any number may ring, one waits:
//
//   ringing:  put it there; bell.ring();
//   waiting:  const auto heard = bell.heard();
//             if (nothing is there) bell.wait(heard);   // and look again
//
// No ring is lost: heard() is asked before looking. What was put there before a ring that is
// counted in it is found by looking; after any other ring wait() returns at once.
//
// Threads: ring() any, heard() and wait() one. Limits: ring() is wait-free and enters the kernel
// only when somebody sleeps; 2^32 rings between heard() and wait() would look like none.
//
// Atomic is std::atomic, or what a model check puts there.
template <template <typename> class Atomic = std::atomic>
class Doorbell {
 public:
  Doorbell() = default;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  void ring() {
    // Release pairs with the acquire in heard(): who counts this ring finds what was put there.
    rings_.fetch_add(1, std::memory_order_release);
    rings_.notify_one();
  }

  [[nodiscard]] std::uint32_t heard() const {
    // Acquire pairs with the release in ring().
    return rings_.load(std::memory_order_acquire);
  }

  // Returns when there were other rings than those in `heard`.
  void wait(std::uint32_t heard) const {
    // Relaxed: only says whether to look again, and the look begins with heard().
    rings_.wait(heard, std::memory_order_relaxed);
  }

 private:
  Atomic<std::uint32_t> rings_{0};
};

}  // namespace crowdflow::concurrency
