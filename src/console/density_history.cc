#include "console/density_history.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crowdflow::console {
namespace {

constexpr float kNotKnown = std::numeric_limits<float>::quiet_NaN();
// Steps that a value holds for beyond its own: 10 s.
constexpr std::int64_t kHolds = 2;
constexpr auto kCount = static_cast<std::int64_t>(DensityHistory::kSteps);

// Event time is from 1970 on.
std::int64_t step_of(EventTime t) { return second_of(t) / DensityHistory::kStepSeconds; }

}  // namespace

DensityHistory::DensityHistory() { steps_.fill(kNotKnown); }

float DensityHistory::at(std::int64_t step) const {
  if (step > newest_) return step - newest_ <= kHolds ? at(newest_) : kNotKnown;
  if (step <= newest_ - kCount || step < 0) return kNotKnown;
  return steps_[static_cast<std::size_t>(step % kCount)];
}

void DensityHistory::put(std::int64_t step, float density) {
  steps_[static_cast<std::size_t>(step % kCount)] = density;
}

void DensityHistory::add(EventTime at_time, std::optional<double> density) {
  const std::int64_t step = step_of(at_time);
  if (!empty_ && step < newest_) return;
  if (empty_) newest_ = step;
  const float held = at(newest_);
  for (std::int64_t skipped = std::max(newest_ + 1, step - kCount + 1); skipped < step; ++skipped) {
    put(skipped, skipped - newest_ <= kHolds ? held : kNotKnown);
  }
  put(step, density ? static_cast<float>(*density) : kNotKnown);
  newest_ = step;
  empty_ = false;
}

DensityHistory::Points DensityHistory::points(EventTime until) const {
  const std::int64_t last = step_of(until);
  Points points{.end = start_of_second(last * kStepSeconds)};
  if (empty_) return points;
  for (std::int64_t step = last - kCount + 1; step <= last; ++step) {
    const float density = at(step);
    if (points.density.empty() && std::isnan(density)) continue;  // not known yet
    points.density.push_back(density);
  }
  return points;
}

}  // namespace crowdflow::console
