#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "engine/second_ring.h"

namespace crowdflow {

// People who crossed a border during [start, end); an instant when both are equal. Spread evenly,
// in whole people: of n, floor(n * (x - start) / (end - start)) crossed before x.
struct Crossing {
  EventTime start{};
  EventTime end{};
  std::int64_t entered = 0;
  std::int64_t left = 0;
};

// People of n who crossed before x.
[[nodiscard]] std::int64_t people_before(std::int64_t n, const Crossing& crossing, EventTime x);
// The change of level by this crossing from `from` on: entered less left in [from, end).
[[nodiscard]] std::int64_t net_since(const Crossing& crossing, EventTime from);

// A count of the people present at one instant.
struct Gauge {
  EventTime at{};
  std::int64_t people = 0;
  bool capped = false;
};
// The second whose end a gauge tells. One on the stroke of a second belongs to the second before:
// the level at t is told by gauges at or before t.
[[nodiscard]] constexpr std::int64_t second_of_gauge(EventTime at) {
  return second_of(at - Span{1});
}

// What a window says, from the seconds of it that are here.
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

// One zone's facts, in slices of one second of event time: who came, who left, who was counted; and
// the level (people present) that follows from them. Windows of any number are merges of slices: a
// reading is applied once. Slices that leave the ring are folded into the level at its start and
// into the tumbling windows that they belong to.
//
// Level at t = the latest gauge at g <= t, plus the flow in [g, t). It is an integer, may be
// negative (counters miss people), and is not clipped.
class ZoneSlices {
 public:
  // A level that nothing has told.
  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::min();

  // `seconds`: length of the ring. `tumbling`: sizes in seconds of the tumbling windows to keep.
  // `level`: the level before the first fact, or kUnknown.
  ZoneSlices(std::int64_t seconds, std::vector<std::int64_t> tumbling, std::int64_t level);

  // The zone's time begins at this second, with the level that it has.
  void start_at(std::int64_t second);
  // The next second begins.
  void advance();

  // Takes over what `old` knows. Both are in the same second.
  void adopt(const ZoneSlices& old);

  // Time began at `second` or before: windows may reach back to it.
  void reach_back_to(std::int64_t second);

  // Adds (sign 1) or takes back (sign -1) a crossing, which must end within the ring. What lies
  // before the ring goes into the level only.
  void add(const Crossing& crossing, int sign);
  // The gauge that holds for its second, replacing any other; `flow_after` is the change of level
  // from gauge.at to the end of that second. The second must be in the ring.
  void set_gauge(const Gauge& gauge, std::int64_t flow_after);
  void clear_gauge(std::int64_t second);
  // The level is not known until a gauge tells it.
  void forget_level();

  [[nodiscard]] std::int64_t head() const { return ring_.head(); }
  [[nodiscard]] std::int64_t tail() const { return ring_.tail(); }
  [[nodiscard]] std::int64_t ring_seconds() const { return ring_.size(); }
  // The first second that counts: windows do not reach before it.
  [[nodiscard]] std::int64_t first() const { return first_; }

  // The level at the end of `second`, or kUnknown. The second is in the ring, or just before it.
  [[nodiscard]] std::int64_t level_at_end_of(std::int64_t second) const;
  // The level by all that was taken.
  [[nodiscard]] std::int64_t present_level() const { return level_at_end_of(head()); }
  // The gauge of `second`; nullptr when there is none.
  [[nodiscard]] const Gauge* gauge_of(std::int64_t second) const;
  // The latest gauge at or before the end of `second`; nullptr when there was none.
  [[nodiscard]] const Gauge* gauge_before_end_of(std::int64_t second) const;

  // Totals of the seconds [start, end) of a window. `tumbling_size`: its size when it is a tumbling
  // window, which may have begun before the ring; else 0.
  [[nodiscard]] WindowTotals totals(std::int64_t start, std::int64_t end,
                                    std::int64_t tumbling_size) const;

 private:
  struct Slice {
    std::int64_t entered = 0;
    std::int64_t left = 0;
    // Valid for seconds up to levels_until_; a cache.
    mutable std::int64_t level = 0;
  };
  struct GaugeSlot {
    bool set = false;
    Gauge gauge;
    std::int64_t flow_after = 0;
  };
  // The part of a tumbling window that has left the ring.
  struct Folded {
    std::int64_t size = 0;
    std::int64_t start = std::numeric_limits<std::int64_t>::min();
    WindowTotals totals;
  };

  static void count(WindowTotals& totals, const Slice& slice, std::int64_t level);
  // A second before the ring: what it told goes where the past is kept.
  void fold(std::int64_t second, const Slice& slice, std::int64_t level, const Gauge* gauge);
  void levels_changed_from(std::int64_t second);

  SecondRing<Slice> ring_;
  // As long as the ring once the zone has had a gauge, else one second and unused.
  SecondRing<GaugeSlot> gauges_;
  bool has_gauges_ = false;
  std::int64_t gauges_until_ = 0;  // none in a later second
  std::vector<Folded> folded_;

  // The level at the start of the ring, and the gauge that it rests on.
  std::int64_t base_level_;
  Gauge base_gauge_;
  bool base_has_gauge_ = false;

  mutable std::int64_t levels_until_ = 0;
  std::int64_t first_ = 0;
  bool started_ = false;
};

}  // namespace crowdflow
