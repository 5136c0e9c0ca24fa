#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <crowdflow/time.h>

namespace crowdflow::console {

// One zone's density over the last 15 minutes of event time, in steps of 5 s: each step holds what
// was said last within it. A zone that did not change is silent for up to 10 s (the engine repeats
// it then), so that long a value holds; what is silent for longer is not known.
//
// Limits: kSteps * 4 bytes, no allocation.
class DensityHistory {
 public:
  static constexpr std::int64_t kStepSeconds = 5;
  static constexpr std::size_t kSteps = 180;

  DensityHistory();

  // People per square metre at `at`; nothing when not known. What is older than the newest step is
  // not taken.
  void add(EventTime at, std::optional<double> density);

  struct Points {
    EventTime end{};             // of the last point: the beginning of its step
    std::vector<float> density;  // oldest first, from the first known one on; NaN: not known
  };
  // The steps up to the one that holds `until`. Empty when none of them is known.
  [[nodiscard]] Points points(EventTime until) const;

 private:
  [[nodiscard]] float at(std::int64_t step) const;
  void put(std::int64_t step, float density);

  std::array<float, kSteps> steps_;  // step n at n mod kSteps
  std::int64_t newest_ = 0;          // step
  bool empty_ = true;
};

}  // namespace crowdflow::console
