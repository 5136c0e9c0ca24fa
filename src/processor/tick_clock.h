#pragma once

#include <chrono>

#include <crowdflow/time.h>

namespace crowdflow::processor {

// What the clocks say to a tick, compared with what they said to the one before: the wall clock may
// be set, and either may stand still (a stopped process, a laptop asleep).
class TickClock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  void step(WallTime now, Steady steady);

  [[nodiscard]] Steady last_step() const { return steady_; }
  // Whether time has passed as it should: otherwise nobody knows what the log got meanwhile, or the
  // step of the wall clock is none of time, and the tick proves nothing.
  [[nodiscard]] bool is_timely() const { return timely_; }
  // What a tick says whose predecessor said `before`. Never less. After the clock was set back,
  // time goes on at half its pace until the clock is there again, so that silence shows.
  [[nodiscard]] WallTime now_after(WallTime before) const;

 private:
  WallTime now_{};
  Steady steady_{};
  std::chrono::steady_clock::duration passed_{0};
  bool timely_ = false;
};

}  // namespace crowdflow::processor
