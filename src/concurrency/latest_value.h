#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "concurrency/cache_line.h"

namespace crowdflow::concurrency {

// The newest value of something, handed from one thread to another. Not a queue: what the reader
// does not fetch in time, it never sees. For a stream use a ring.
//
// Three slots: one that the writer fills, one that the reader looks at, and one between them that
// changes hands by a single exchange. So neither side ever waits for the other, and a value is
// always whole.
//
// Threads: writable() and publish() belong to one thread, read() and fresh() to one (other) thread.
// Limits: wait-free, no allocation of its own; T must be default constructible, and the reader sees
//   such a T until the first publish().
// Ownership: a reference from writable() ends with publish(), one from read() with the next read().
//
// Atomic is std::atomic, or what a model check puts there.
template <typename T, template <typename> class Atomic = std::atomic>
class LatestValue {
 public:
  LatestValue() = default;
  LatestValue(const LatestValue&) = delete;
  LatestValue& operator=(const LatestValue&) = delete;

  // The slot to fill. It holds some earlier value, not always the last one: overwrite all of it.
  // What that value allocated can be used again.
  [[nodiscard]] T& writable() { return slots_[filling_].value; }

  // Makes the filled slot the newest value, for the next read() to find.
  void publish() {
    // Release pairs with the acquire in read(): makes what was filled in visible to the reader.
    // Acquire pairs with the release in read(): the reader has finished with the slot that comes
    // back, so filling it again cannot be seen there.
    const std::uint8_t back = between_.exchange(filling_ | kUnread, std::memory_order_acq_rel);
    filling_ = back & kSlot;
  }

  // The newest published value.
  [[nodiscard]] const T& read() {
    // Relaxed: only says whether to exchange. Nothing in a slot is looked at because of it, and a
    // publication that it misses is found by the next call.
    fresh_ = (between_.load(std::memory_order_relaxed) & kUnread) != 0;
    if (fresh_) {
      // Acquire pairs with the release in publish(): makes the slot's content visible.
      // Release pairs with the acquire in publish(): hands the old slot back when we are done.
      const std::uint8_t newest = between_.exchange(reading_, std::memory_order_acq_rel);
      reading_ = newest & kSlot;
    }
    return slots_[reading_].value;
  }

  // Whether the last read() found a value that no read() before had returned.
  [[nodiscard]] bool fresh() const { return fresh_; }

 private:
  static constexpr std::uint8_t kSlot = 3;    // which slot: 0, 1 or 2
  static constexpr std::uint8_t kUnread = 4;  // published after the last exchange by the reader

  struct alignas(kCacheLine) Slot {
    T value{};
  };

  // Each slot belongs to whoever holds its number.
  std::array<Slot, 3> slots_;

  // The writer's.
  alignas(kCacheLine) std::uint8_t filling_ = 0;

  // The reader's.
  alignas(kCacheLine) std::uint8_t reading_ = 1;
  bool fresh_ = false;

  // Shared: the number of the slot in between, and kUnread.
  alignas(kCacheLine) Atomic<std::uint8_t> between_{2};
  static_assert(Atomic<std::uint8_t>::is_always_lock_free);
};

}  // namespace crowdflow::concurrency
