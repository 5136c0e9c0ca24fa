#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <ucontext.h>

namespace crowdflow::simulation {

// A function with a stack of its own, which is left and entered again where it was.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // From outside: runs it until it leaves or ends.
  void enter();
  // From inside: back to whoever entered.
  void leave();
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  static void begin(unsigned high, unsigned low);
  void arrived();

  std::function<void()> body_;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool ended_ = false;
  // The sanitizers' idea of the two stacks.
  void* fake_inside_ = nullptr;
  void* fake_outside_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
  void* thread_inside_ = nullptr;
  void* thread_outside_ = nullptr;
};

}  // namespace crowdflow::simulation
