#pragma once

#include <cstdint>

#include "concurrency/futex_atomic.h"

namespace crowdflow::concurrency {

// Lets a thread that has nothing to do sleep until another one has put something somewhere (in a
// ring, say). Any number may ring, one waits:
//
//   ringing:  put it there; bell.ring();
//   waiting:  const auto heard = bell.heard();
//             if (nothing is there) bell.wait(heard);   // and look again
//
// No ring is lost. What was put there before a ring that heard() counts is found by looking; after
// any other ring wait() returns at once. And whoever rings while somebody sleeps knows it, because
// the rings and the sleeper are in one word, whose changes have one order.
//
// Threads: ring() any, heard() and wait() one. Limits: ring() is wait-free and enters the kernel
//   only when somebody sleeps; 2^31 rings between heard() and wait() would look like none.
//
// Atomic is what sleeps in the kernel, or what a model check puts there.
template <template <typename> class Atomic = FutexAtomic>
class Doorbell {
 public:
  Doorbell() = default;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  void ring() {
    // Release pairs with the acquire in heard(): who counts this ring finds what was put there.
    const std::uint32_t before = word_.fetch_add(kRing, std::memory_order_release);
    if ((before & kSleeper) != 0) word_.notify();
  }

  [[nodiscard]] std::uint32_t heard() const {
    // Acquire pairs with the release in ring(). (The changes by wait() in between keep up what a
    // ring before them tells: they read it and change it in one step.)
    return word_.load(std::memory_order_acquire);
  }

  // Returns when there were other rings than those in `heard`; may return early without a reason.
  void wait(std::uint32_t heard) {
    // Relaxed, here and below: they only say whether to look again, and the look begins with
    // heard(). A ring before this change shows in `word`, one after it sees the sleeper.
    const std::uint32_t word = word_.fetch_or(kSleeper, std::memory_order_relaxed) | kSleeper;
    if (word == (heard | kSleeper)) word_.sleep_if(word);
    word_.fetch_and(~kSleeper, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t kSleeper = 1;
  static constexpr std::uint32_t kRing = 2;

  Atomic<std::uint32_t> word_{0};  // rings counted by kRing, and kSleeper
};

}  // namespace crowdflow::concurrency
