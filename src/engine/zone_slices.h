#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <crowdflow/time.h>

#include "engine/crossing.h"
#include "engine/fetch_early.h"
#include "engine/second_rows.h"
#include "engine/window_totals.h"
#include "engine/zone_gauges.h"

namespace crowdflow {

// Facts of zones, in slices of one second of event time: who came, who left, who was counted; and
// the level (people present) that follows from them. Windows of any number are merges of slices: a
// reading is applied once. Slices that are no longer kept are folded into the level before the ring
// and into the tumbling windows that they belong to.
//
// Level at t = the latest gauge at g <= t, plus the flow in [g, t). It is an integer, may be
// negative (counters miss people), and is not clipped (but for +-2e9 people).
class ZoneSlices {
 public:
  // Which zone: a number from 0 on.
  using Column = std::uint32_t;
  // A level that nothing has told.
  static constexpr std::int64_t kUnknown = std::numeric_limits<std::int32_t>::min();

  // `seconds`: how many are kept at least. `tumbling`: sizes in seconds of the tumbling windows to
  // keep beyond that. `level`: of all zones before the first fact, or kUnknown.
  ZoneSlices(std::int64_t seconds, std::size_t zones, std::vector<std::int64_t> tumbling,
             std::int64_t level);

  // Time begins, or leaps, to this second, with the levels that there are.
  void start_at(std::int64_t second);
  // The next second begins.
  void advance();

  // Takes over what `old` knows of a zone. Both are in the same second.
  void adopt(Column zone, const ZoneSlices& old, Column former);
  // As bytes. Whoever loads has started in the second in which it was saved.
  void save(SnapshotWriter& to) const;
  void load(SnapshotReader& from);

  // The zone's time began at `second` or before: windows may reach back to it.
  void reach_back_to(Column zone, std::int64_t second);

  // Adds (sign 1) or takes back (sign -1) a crossing, which must end by head(). What lies before
  // the ring goes into the level only.
  void add(Column zone, const Crossing& crossing, int sign);
  // The same for a crossing that lies in the ring as a whole and is `spread`; of its numbers
  // `entered` are those who came into the zone.
  void add(Column zone, const ShortSpread& spread, const std::array<std::int64_t, 2>& entered,
           const std::array<std::int64_t, 2>& left) {
    Zone& here = zones_[zone];
    for (std::int64_t i = 0; i < spread.seconds; ++i) {
      Slice& slice = rows_.row(spread.first + i)[zone];
      const auto k = static_cast<std::size_t>(i);
      slice.entered += static_cast<std::uint32_t>(entered[k]);
      slice.left += static_cast<std::uint32_t>(left[k]);
    }
    here.first = std::min(here.first, spread.first);
    here.levels_until = std::min(here.levels_until, spread.first - 1);
  }
  [[nodiscard]] bool has_gauges(Column zone) const { return zones_[zone].gauges != nullptr; }
  // Room for gauges: allocates.
  void expect_gauges(Column zone);
  // The gauge that holds for its second, replacing any other; `flow_after` is the change of level
  // from gauge.at to the end of that second. The second must be in the ring.
  void set_gauge(Column zone, const Gauge& gauge, std::int64_t flow_after);
  void clear_gauge(Column zone, std::int64_t second);
  // The level is not known until a gauge tells it.
  void forget_level(Column zone);

  [[nodiscard]] std::int64_t head() const { return rows_.head(); }
  // The first second in the ring.
  [[nodiscard]] std::int64_t tail() const { return tail_; }
  // The first second that counts: windows do not reach before it.
  [[nodiscard]] std::int64_t first(Column zone) const { return zones_[zone].first; }

  // The level at the end of `second`, or kUnknown. The second is in the ring, or before it.
  [[nodiscard]] std::int64_t level_at_end_of(Column zone, std::int64_t second) const;
  // The level by all that was taken.
  [[nodiscard]] std::int64_t present_level(Column zone) const {
    return level_at_end_of(zone, head());
  }
  // The gauge of a second in the ring.
  [[nodiscard]] std::optional<Gauge> gauge_of(Column zone, std::int64_t second) const;
  // What set_gauge() was told of it, and what came since.
  [[nodiscard]] std::int64_t flow_after_gauge(Column zone, std::int64_t second) const {
    return zones_[zone].gauges->flow_after(second);
  }
  // The latest gauge at or before the end of `second`.
  [[nodiscard]] std::optional<Gauge> gauge_before_end_of(Column zone, std::int64_t second) const;

  // Totals of the seconds [start, end) of a window. `tumbling_size`: its size when it is a tumbling
  // window, which may have begun before the ring; else 0.
  [[nodiscard]] WindowTotals totals(Column zone, std::int64_t start, std::int64_t end,
                                    std::int64_t tumbling_size) const;
  // The levels at the end of those of the seconds [start, end) in which they were known, never
  // below 0, appended to `levels`.
  void levels(Column zone, std::int64_t start, std::int64_t end,
              std::vector<std::int32_t>& levels) const;

  // For the zone's next reading.
  void prefetch(Column zone) const {
    fetch_early(&zones_[zone]);
    fetch_early(&rows_.row(rows_.head())[zone]);
    fetch_early(&rows_.row(rows_.head() - 1)[zone]);
  }

  // What this takes, without gauges, and what the gauges of one zone take.
  [[nodiscard]] static std::size_t bytes(std::int64_t seconds, std::size_t zones,
                                         std::size_t tumbling);
  [[nodiscard]] static std::size_t gauge_bytes(std::int64_t seconds);

 private:
  struct Slice {
    // Modulo 2^32, as what is taken back was added before.
    std::uint32_t entered = 0;
    std::uint32_t left = 0;
    // Valid for seconds up to levels_until; a cache.
    mutable std::int32_t level = 0;
  };
  struct Zone {
    mutable std::int64_t levels_until = 0;
    std::int64_t first = 0;
    std::unique_ptr<ZoneGauges> gauges;
  };

  // Seconds are folded so many at a time, because each time costs a visit to every zone.
  static constexpr std::int64_t kFoldAtOnce = 4;
  [[nodiscard]] static std::int64_t rows_for(std::int64_t seconds) {
    return seconds + kFoldAtOnce + 1;  // and the row before the ring, which holds the level there
  }

  void fold();
  void fold_second(Column zone, std::int64_t second, const Slice& slice);
  void add_to_base(Column zone, const Crossing& crossing, int sign);
  void levels_changed_from(Column zone, std::int64_t second);
  [[nodiscard]] std::span<FoldedWindow> folded(Column zone) {
    return std::span(folded_).subspan(zone * sizes_.size(), sizes_.size());
  }

  std::int64_t kept_;
  std::vector<std::int64_t> sizes_;  // of tumbling windows
  SecondRows<Slice> rows_;
  std::int64_t tail_ = 0;
  std::vector<Zone> zones_;
  std::vector<FoldedWindow> folded_;  // by zone, then as sizes_
  std::vector<Column> with_gauges_;
};

}  // namespace crowdflow
