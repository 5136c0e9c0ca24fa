#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/crossing.h"
#include "engine/fetch_early.h"
#include "engine/second_rows.h"
#include "engine/window_totals.h"

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// How many people passed through each of some openings, both directions together, in slices of one
// second of event time. The rings are as those of ZoneSlices.
//
// A slice has 16 bits. When more pass one opening in one second for the first time, every slice is
// given 16 more, for good: that allocates, and is the only thing here that does.
class OpeningSlices {
 public:
  using Column = std::uint32_t;

  OpeningSlices(std::int64_t seconds, std::size_t openings, std::vector<std::int64_t> tumbling);

  void start_at(std::int64_t second);
  void advance();
  void adopt(Column opening, const OpeningSlices& old, Column former);
  // As bytes. Whoever loads has started in the second in which it was saved.
  void save(SnapshotWriter& to) const;
  void load(SnapshotReader& from);
  // Adds (sign 1) or takes back (sign -1) a crossing, which must end by head(). What lies before
  // the ring is not kept.
  void add(Column opening, const Crossing& crossing, int sign);

  // The same for a crossing that lies in the ring as a whole.
  void add(Column opening, const ShortSpread& spread) {
    for (std::int64_t i = 0; i < spread.seconds; ++i) {
      const auto k = static_cast<std::size_t>(i);
      add_to(spread.first + i, opening,
             static_cast<std::uint32_t>(spread.entered[k] + spread.left[k]));
    }
  }

  // People in [start, end) of a window; `tumbling_size` as for ZoneSlices.
  [[nodiscard]] std::int64_t people(Column opening, std::int64_t start, std::int64_t end,
                                    std::int64_t tumbling_size) const {
    for (const Sums& sums : sums_) {
      if (sums.start == start && sums.end == end && tumbling_size == 0) return sums.people[opening];
    }
    return count(opening, start, end, tumbling_size);
  }
  // Sums up the seconds [start, end) of all openings at once, for many people() of that sliding
  // window. For two windows at a time, `which` 0 and 1; only while nothing changes.
  void sum_up(std::size_t which, std::int64_t start, std::int64_t end);
  void forget_sums() { sums_[0].end = sums_[0].start = sums_[1].end = sums_[1].start = kNever; }

  [[nodiscard]] std::int64_t head() const { return lower_.head(); }
  [[nodiscard]] std::int64_t tail() const { return tail_; }

  void prefetch(Column opening) const {
    fetch_early(&lower_.row(lower_.head())[opening]);
    fetch_early(&lower_.row(lower_.head() - 1)[opening]);
  }

  [[nodiscard]] static std::size_t bytes(std::int64_t seconds, std::size_t openings,
                                         std::size_t tumbling);
  // What the upper 16 bits take.
  [[nodiscard]] static std::size_t upper_bytes(std::int64_t seconds, std::size_t openings);

 private:
  // The part of a tumbling window that is no longer in the ring.
  struct Folded {
    std::uint32_t window = 0xFFFF'FFFF;  // its number since 1970, modulo 2^32
    std::uint32_t people = 0;
  };
  static constexpr std::int64_t kFoldAtOnce = 4;

  // What was summed up for a window.
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
  struct Sums {
    std::int64_t start = kNever;
    std::int64_t end = kNever;
    std::vector<std::uint32_t> people;  // by opening
  };

  [[nodiscard]] std::int64_t count(Column opening, std::int64_t start, std::int64_t end,
                                   std::int64_t tumbling_size) const;
  [[nodiscard]] std::uint32_t at(std::int64_t second, Column opening) const {
    const std::uint32_t lower = lower_.row(second)[opening];
    return upper_ ? lower | std::uint32_t{upper_->row(second)[opening]} << 16 : lower;
  }
  // Modulo 2^32, as what is taken back was added before.
  void add_to(std::int64_t second, Column opening, std::uint32_t people) {
    std::uint16_t& lower = lower_.row(second)[opening];
    const std::uint32_t sum = lower + people;
    if (upper_ || sum > kMostLower) return add_to_both(second, opening, people);
    lower = static_cast<std::uint16_t>(sum);
  }
  void add_to_both(std::int64_t second, Column opening, std::uint32_t people);
  void fold();
  void fold_second(Column opening, std::int64_t second, std::uint32_t people);

  std::int64_t kept_;
  std::vector<std::int64_t> sizes_;
  static constexpr std::uint32_t kMostLower = 0xFFFF;
  SecondRows<std::uint16_t> lower_;
  std::optional<SecondRows<std::uint16_t>> upper_;  // once there was anything in them
  std::int64_t tail_ = 0;
  std::vector<Folded> folded_;  // by opening, then as sizes_
  std::array<Sums, 2> sums_;
};

}  // namespace crowdflow
