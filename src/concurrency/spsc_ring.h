#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>

#include <crowdflow/check.h>

#include "concurrency/cache_line.h"

namespace crowdflow::concurrency {

// A stream of values from one thread to another, in order, none lost. A ring of slots with two
// indices that only grow: the producer's (next to fill) and the consumer's (next to empty). Each
// side keeps what it last saw of the other's index, and looks again only when the ring seems full
// or empty: usually no cache line moves but those of the values.
//
// Threads: try_push() and room() belong to one thread, try_pop() to one (other) thread.
// Limits: wait-free, no allocation after construction; the capacity is a power of two and stays. T
//   must be default constructible and movable. Who has to wait for the other uses a Doorbell; an
//   end of the stream is a value like any other.
// Ownership: a slot keeps what is left of its value after being moved from, until it is used again.
//
// Atomic is std::atomic, or what a model check puts there.
template <typename T, template <typename> class Atomic = std::atomic>
class SpscRing {
 public:
  explicit SpscRing(std::size_t capacity)
      : slots_(std::make_unique<T[]>(capacity)), capacity_(capacity) {
    CROWDFLOW_CHECK(std::has_single_bit(capacity), "a ring's capacity is a power of two");
  }
  SpscRing(const SpscRing&) = delete;
  SpscRing& operator=(const SpscRing&) = delete;

  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  // False when the ring is full; then `value` is untouched.
  [[nodiscard]] bool try_push(T&& value) {
    Producer& own = producer_;
    if (own.next - own.emptied == capacity_ && room() == 0) return false;
    slots_[own.next & (capacity_ - 1)] = std::move(value);
    ++own.next;
    // Release pairs with the acquire in try_pop(): makes the slot's value visible to the consumer.
    own.filled.store(own.next, std::memory_order_release);
    return true;
  }

  // How many pushes will succeed at least; the consumer can only make it more.
  [[nodiscard]] std::size_t room() {
    // Acquire pairs with the release in try_pop(): the consumer has moved out what was in the slots
    // that come back, so filling them again cannot be seen there.
    producer_.emptied = consumer_.emptied.load(std::memory_order_acquire);
    return capacity_ - (producer_.next - producer_.emptied);
  }

  // False when the ring is empty; then `value` is untouched.
  [[nodiscard]] bool try_pop(T& value) {
    Consumer& own = consumer_;
    if (own.next == own.filled) {
      // Acquire pairs with the release in try_push(): makes the values visible.
      own.filled = producer_.filled.load(std::memory_order_acquire);
      if (own.next == own.filled) return false;
    }
    value = std::move(slots_[own.next & (capacity_ - 1)]);
    ++own.next;
    // Release pairs with the acquire in room(): hands the slot back when we are done with it.
    own.emptied.store(own.next, std::memory_order_release);
    return true;
  }

 private:
  // Each side's own line; of it, the other reads only the atomic index.
  struct alignas(kCacheLine) Producer {
    Atomic<std::size_t> filled{0};  // slots before this have been filled
    std::size_t next = 0;           // the same, for the producer itself
    std::size_t emptied = 0;        // of the consumer's index, when last looked
  };
  struct alignas(kCacheLine) Consumer {
    Atomic<std::size_t> emptied{0};  // slots before this have been emptied
    std::size_t next = 0;            // the same, for the consumer itself
    std::size_t filled = 0;          // of the producer's index, when last looked
  };

  const std::unique_ptr<T[]> slots_;
  const std::size_t capacity_;
  Producer producer_;
  Consumer consumer_;
};

}  // namespace crowdflow::concurrency
