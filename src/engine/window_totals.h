#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// What a window says, from the seconds of it that are known.
struct WindowTotals {
  std::int64_t entered = 0;
  std::int64_t left = 0;
  std::int64_t seconds = 0;  // seconds of the window that count
  // The level, never shown below 0, at the end of each second; only those seconds count in which it
  // was known.
  std::int64_t level_seconds = 0;
  std::int64_t level_sum = 0;
  std::int64_t level_maximum = 0;
};

// The part of a tumbling window that is no longer kept second by second.
class FoldedWindow {
 public:
  void fold(std::int64_t second, std::int64_t size, std::uint32_t entered, std::uint32_t left) {
    const auto window = static_cast<std::uint32_t>(second / size);
    if (window != window_) *this = FoldedWindow{window};
    entered_ += entered;
    left_ += left;
    ++seconds_;
  }
  // After fold() of the same second.
  void fold_level(std::int64_t level) {
    const std::int64_t shown = std::max<std::int64_t>(level, 0);
    ++level_seconds_;
    level_sum_ += shown;
    level_maximum_ = std::max(level_maximum_, static_cast<std::int32_t>(shown));
  }
  // Adds this to the totals of the window that starts at `start`, if it is of that window.
  void add_to(WindowTotals& totals, std::int64_t start, std::int64_t size) const {
    if (window_ != static_cast<std::uint32_t>(start / size)) return;
    totals.entered += entered_;
    totals.left += left_;
    totals.seconds += seconds_;
    totals.level_seconds += level_seconds_;
    totals.level_sum += level_sum_;
    totals.level_maximum = std::max<std::int64_t>(totals.level_maximum, level_maximum_);
  }

  void save(SnapshotWriter& to) const;
  void load(SnapshotReader& from);

  FoldedWindow() = default;

 private:
  explicit FoldedWindow(std::uint32_t window) : window_(window) {}

  // Its number since 1970, modulo 2^32; none lasts that long.
  std::uint32_t window_ = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t entered_ = 0;
  std::uint32_t left_ = 0;
  std::uint32_t seconds_ = 0;
  std::uint32_t level_seconds_ = 0;
  std::int32_t level_maximum_ = 0;
  std::int64_t level_sum_ = 0;
};

}  // namespace crowdflow
