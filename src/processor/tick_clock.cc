#include "processor/tick_clock.h"

#include <algorithm>

namespace crowdflow::processor {
namespace {

constexpr std::chrono::seconds kLongestStep{5};
constexpr std::chrono::milliseconds kMostDrift{500};

}  // namespace

void TickClock::step(WallTime now, Steady steady) {
  passed_ = steady - steady_;
  const bool was_set = std::chrono::abs((now - now_) - passed_) > kMostDrift;
  timely_ = passed_ <= kLongestStep && !was_set;
  now_ = now;
  steady_ = steady;
}

WallTime TickClock::now_after(WallTime before) const {
  const Span passed = timely_ ? std::chrono::floor<Span>(passed_) : Span{0};
  return std::max(now_, before + passed / 2);
}

}  // namespace crowdflow::processor
