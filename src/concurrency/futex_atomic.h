#pragma once

#include <atomic>
#include <cstdint>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace crowdflow::concurrency {

// An atomic that a thread can sleep on, as the kernel does it and with nothing around that:
// std::atomic's own wait() yields the processor some times before it sleeps, which on a busy
// machine takes milliseconds.
template <typename T>
class FutexAtomic : public std::atomic<T> {
 public:
  static_assert(sizeof(std::atomic<T>) == 4 && std::atomic<T>::is_always_lock_free,
                "the kernel looks at four bytes");
  using std::atomic<T>::atomic;

  // Sleeps if the value is `old`, until notified; may return early without a reason.
  void sleep_if(T old) const {
    syscall(SYS_futex, this, FUTEX_WAIT_PRIVATE, static_cast<std::uint32_t>(old), nullptr, nullptr,
            0);
  }
  // Wakes one that sleeps.
  void notify() { syscall(SYS_futex, this, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }
};

}  // namespace crowdflow::concurrency
