#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

namespace crowdflow::simulation {

class Fiber;

// Time since the simulation began.
using Time = std::chrono::microseconds;

// The only clock and the only scheduler: time moves from event to event. What runs beside each
// other are fibers of one thread, of which one runs until it lets time pass. The same events in the
// same order give the same run, to the bit.
class Clockwork {
 public:
  Clockwork();
  ~Clockwork();  // every fiber must have ended
  Clockwork(const Clockwork&) = delete;
  Clockwork& operator=(const Clockwork&) = delete;

  [[nodiscard]] Time now() const { return now_; }
  // Happens then, or at once when that is over; in the order of calls when several happen at once.
  void at(Time when, std::function<void()> what);
  void after(Time span, std::function<void()> what) { at(now_ + span, std::move(what)); }

  // Runs `body` beside everything else, from now on.
  void start(std::function<void()> body);

  // Lets time pass for whoever calls: others run meanwhile. Returns early when `over` says so,
  // which is asked after each event.
  void wait(Time span, const std::function<bool()>& over);
  void pass(Time span);

  // From outside all fibers: runs until `done`, which is asked after each event, or that time.
  void run_until(Time end, const std::function<bool()>& done);

 private:
  struct Event {
    Time when{};
    std::uint64_t order = 0;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };
  struct Waiting {
    Fiber* fiber = nullptr;
    const std::function<bool()>* over = nullptr;
    std::uint64_t number = 0;
  };

  void step();
  void resume(Fiber& fiber);
  void end_wait(std::size_t index);
  void resume_those_whose_wait_is_over();

  Time now_{0};
  std::uint64_t order_ = 0;
  std::uint64_t waits_ = 0;
  std::priority_queue<Event> events_;
  std::vector<Waiting> waiting_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  Fiber* running_ = nullptr;
};

}  // namespace crowdflow::simulation
