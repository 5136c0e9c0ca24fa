#include "simulation/fiber.h"

#include <cstdint>
#include <utility>
#include <vector>

#include <crowdflow/check.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace crowdflow::simulation {
namespace {

constexpr std::size_t kStack = std::size_t{512} << 10U;

// Stacks are used again: a simulation starts some dozens of fibers, and there are thousands of
// them.
std::vector<std::unique_ptr<std::byte[]>>& spare_stacks() {
  static std::vector<std::unique_ptr<std::byte[]>> spare;
  return spare;
}

std::unique_ptr<std::byte[]> take_stack() {
  auto& spare = spare_stacks();
  if (spare.empty()) return std::unique_ptr<std::byte[]>(new std::byte[kStack]);
  auto stack = std::move(spare.back());
  spare.pop_back();
  return stack;
}

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(take_stack()) {
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStack;
  inside_.uc_link = nullptr;
  // makecontext() hands over ints only.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::begin), 2,
              static_cast<unsigned>(self >> 32U), static_cast<unsigned>(self));
#if defined(__SANITIZE_THREAD__)
  thread_inside_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
  CROWDFLOW_CHECK(ended_, "a fiber ends by itself");
#if defined(__SANITIZE_THREAD__)
  __tsan_destroy_fiber(thread_inside_);
#endif
  spare_stacks().push_back(std::move(stack_));
}

void Fiber::begin(unsigned high, unsigned low) {
  const auto address = (static_cast<std::uintptr_t>(high) << 32U) | low;
  auto* self = reinterpret_cast<Fiber*>(address);
  self->arrived();
  self->body_();
  self->body_ = nullptr;
  self->ended_ = true;
  self->leave();
}

void Fiber::arrived() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_inside_, &outside_bottom_, &outside_size_);
#endif
}

void Fiber::enter() {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(&fake_outside_, stack_.get(), kStack);
#endif
#if defined(__SANITIZE_THREAD__)
  thread_outside_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(thread_inside_, 0);
#endif
  swapcontext(&outside_, &inside_);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_outside_, nullptr, nullptr);
#endif
}

void Fiber::leave() {
#if defined(__SANITIZE_ADDRESS__)
  // Nothing to be kept of a stack that is not entered again.
  __sanitizer_start_switch_fiber(ended_ ? nullptr : &fake_inside_, outside_bottom_, outside_size_);
#endif
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(thread_outside_, 0);
#endif
  swapcontext(&inside_, &outside_);
  arrived();
}

}  // namespace crowdflow::simulation
