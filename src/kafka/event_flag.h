#pragma once

#include <chrono>
#include <span>

namespace crowdflow::kafka {

// A flag in the kernel that any thread may raise and one waits for. librdkafka raises it as well:
// rd_kafka_queue_io_event_enable() writes kRaise to its descriptor.
class EventFlag {
 public:
  static constexpr unsigned long long kRaise = 1;

  EventFlag();
  ~EventFlag();
  EventFlag(const EventFlag&) = delete;
  EventFlag& operator=(const EventFlag&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  // Any thread.
  void raise() const;
  // Whether it was raised; it is not any more.
  [[nodiscard]] bool lower() const;

  // Until one of them is raised (they stay so), or for `patience`.
  static void wait(std::span<const EventFlag* const> flags, std::chrono::milliseconds patience);

 private:
  const int descriptor_;
};

}  // namespace crowdflow::kafka
