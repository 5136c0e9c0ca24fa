// ZoneSlices, and what they are made of, as bytes.

#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"
#include "engine/zone_slices.h"

namespace crowdflow {
namespace {

// Far more people than ever passed, and few enough that sums of them are numbers.
constexpr std::int64_t kMostSum = std::int64_t{1} << 60;

constexpr std::uint32_t zigzag(std::int32_t level) {
  const auto bits = static_cast<std::uint32_t>(level);
  return (bits << 1) ^ (0 - (bits >> 31));
}
constexpr std::int32_t unzigzag(std::uint32_t bits) {
  return static_cast<std::int32_t>((bits >> 1) ^ (0 - (bits & 1)));
}

constexpr std::uint8_t kCapped = 1;
constexpr std::uint8_t kApportioned = 2;

void save_gauge(SnapshotWriter& to, const Gauge& gauge) {
  to.byte(static_cast<std::uint8_t>((gauge.capped ? kCapped : 0) |
                                    (gauge.apportioned ? kApportioned : 0)));
  to.integer(gauge.people);
}
Gauge load_gauge(SnapshotReader& from) {
  const std::uint8_t flags = from.byte();
  return {.people = from.integer(-kMostSum, kMostSum),
          .capped = (flags & kCapped) != 0,
          .apportioned = (flags & kApportioned) != 0};
}

}  // namespace

void FoldedWindow::save(SnapshotWriter& to) const {
  to.number(window_);
  to.number(seconds_);
  if (seconds_ == 0) return;
  to.number(entered_);
  to.number(left_);
  to.number(level_seconds_);
  to.number(static_cast<std::uint64_t>(level_maximum_));
  to.number(static_cast<std::uint64_t>(level_sum_));
}

void FoldedWindow::load(SnapshotReader& from) {
  *this = FoldedWindow{from.number_32()};
  seconds_ = from.number_32();
  if (seconds_ == 0) return;
  entered_ = from.number_32();
  left_ = from.number_32();
  level_seconds_ = from.number_32();
  level_maximum_ = static_cast<std::int32_t>(from.number(0x7FFF'FFFF));
  level_sum_ = static_cast<std::int64_t>(from.number(kMostSum));
}

// The latest gauge that is no longer kept, if any; how many are in the ring; and each of them, told
// by the seconds since the ring's first.
void ZoneGauges::save(SnapshotWriter& to, std::int64_t tail, std::int64_t head) const {
  to.flag(base_.has_value());
  if (base_) {
    to.time_from(start_of_second(tail), base_->at);
    save_gauge(to, *base_);
  }
  std::uint64_t count = 0;
  for (std::int64_t second = tail; second <= head; ++second)
    count += has(second) ? 1 : 0;
  to.number(count);
  for (std::int64_t second = tail; second <= head; ++second) {
    if (!has(second)) continue;
    const Gauge gauge = *of(second);
    to.number(static_cast<std::uint64_t>(second - tail));
    to.number(static_cast<std::uint64_t>((start_of_second(second + 1) - gauge.at).count()));
    save_gauge(to, gauge);
    to.integer(flow_after(second));
  }
}

void ZoneGauges::load(SnapshotReader& from, std::int64_t tail, std::int64_t head) {
  if (from.flag()) {
    const EventTime at = from.time_from(start_of_second(tail));
    base_ = load_gauge(from);
    base_->at = at;
    from.expect(second_of_gauge(at) <= head, "a gauge is of the future");
  }
  const auto seconds = static_cast<std::uint64_t>(head - tail);
  std::int64_t next = tail;
  for (std::uint64_t left = from.number(seconds + 1); left > 0 && from.ok(); --left) {
    const std::int64_t second = tail + static_cast<std::int64_t>(from.number(seconds));
    const auto before_end = static_cast<std::int64_t>(from.number(999'999));
    Gauge gauge = load_gauge(from);
    gauge.at = start_of_second(second + 1) - Span{before_end};
    const std::int64_t flow_after = from.integer(-kMostSum, kMostSum);
    from.expect(second >= next && gauge.people == static_cast<std::int32_t>(gauge.people),
                "gauges out of order, or of too many people");
    if (!from.ok()) return;
    set(gauge, flow_after);
    next = second + 1;
  }
}

// How many seconds the ring holds before the present one; the levels just before the ring; those
// who entered and those who left, second by second, oldest first; since when each zone counts;
// the folded windows; the gauges of each zone that has some. Levels in the ring follow from these.
void ZoneSlices::save(SnapshotWriter& to) const {
  const std::size_t zones = zones_.size();
  to.number(static_cast<std::uint64_t>(head() - tail_));
  const Slice* base = rows_.row(tail_ - 1);
  to.packed(zones, [&](std::size_t zone) { return zigzag(base[zone].level); });
  for (std::int64_t second = tail_; second <= head(); ++second) {
    const Slice* row = rows_.row(second);
    to.packed(zones, [&](std::size_t zone) { return row[zone].entered; });
    to.packed(zones, [&](std::size_t zone) { return row[zone].left; });
  }
  for (const Zone& zone : zones_)
    to.integer(zone.first - head());
  for (const FoldedWindow& window : folded_)
    window.save(to);
  for (const Zone& zone : zones_) {
    to.flag(zone.gauges != nullptr);
    if (zone.gauges != nullptr) zone.gauges->save(to, tail_, head());
  }
}

void ZoneSlices::load(SnapshotReader& from) {
  const auto before = static_cast<std::int64_t>(from.number());
  from.expect(before >= kept_ - 1 && before < kept_ - 1 + kFoldAtOnce + 1,
              "a zone's seconds are not as many as are kept");
  if (!from.ok()) return;
  const std::size_t zones = zones_.size();
  tail_ = head() - before;
  Slice* former = rows_.row(tail_ - 1);
  from.packed(zones, [&](std::size_t zone, std::uint32_t level) {
    former[zone] = Slice{.level = unzigzag(level)};
  });
  for (std::int64_t second = tail_; second <= head(); ++second) {
    Slice* row = rows_.row(second);
    from.packed(zones, [&](std::size_t zone, std::uint32_t n) { row[zone].entered = n; });
    from.packed(zones, [&](std::size_t zone, std::uint32_t n) { row[zone].left = n; });
  }
  for (Zone& zone : zones_) {
    zone.levels_until = tail_ - 1;
    zone.first = head() + from.integer(-kMostSum, 0);
  }
  for (FoldedWindow& window : folded_)
    window.load(from);
  for (Column zone = 0; zone < zones && from.ok(); ++zone) {
    if (from.flag()) {
      expect_gauges(zone);
      zones_[zone].gauges->load(from, tail_, head());
    } else {
      from.expect(zones_[zone].gauges == nullptr, "a zone's gauges are missing");
    }
  }
}

}  // namespace crowdflow
