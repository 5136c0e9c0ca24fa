#include "kafka/event_flag.h"

#include <algorithm>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

#include <crowdflow/check.h>

namespace crowdflow::kafka {

static_assert(sizeof(EventFlag::kRaise) == sizeof(std::uint64_t), "what an eventfd takes");

EventFlag::EventFlag() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CROWDFLOW_CHECK(descriptor_ >= 0, "the process has a file descriptor left");
}

EventFlag::~EventFlag() { close(descriptor_); }

void EventFlag::raise() const {
  // It fails only when raised 2^64 - 2 times already, and then it is up.
  static_cast<void>(!write(descriptor_, &kRaise, sizeof(kRaise)));
}

bool EventFlag::lower() const {
  std::uint64_t times = 0;
  return read(descriptor_, &times, sizeof(times)) == sizeof(times);
}

void EventFlag::wait(std::span<const EventFlag* const> flags, std::chrono::milliseconds patience) {
  std::vector<pollfd> descriptors;
  descriptors.reserve(flags.size());
  for (const EventFlag* flag : flags)
    descriptors.push_back({.fd = flag->descriptor(), .events = POLLIN, .revents = 0});
  const auto ms = std::clamp<std::chrono::milliseconds::rep>(patience.count(), 0, 3'600'000);
  // Interrupted by a signal, the caller looks and waits again.
  poll(descriptors.data(), descriptors.size(), static_cast<int>(ms));
}

}  // namespace crowdflow::kafka
