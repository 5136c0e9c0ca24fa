#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include <crowdflow/time.h>

#include "engine/second_rows.h"

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// A count of the people present at one instant.
struct Gauge {
  EventTime at{};
  std::int64_t people = 0;
  bool capped = false;
  bool apportioned = false;  // a zone's part of a count of the whole venue
  friend bool operator==(const Gauge&, const Gauge&) = default;
};
// The second whose end a gauge tells. One on the stroke of a second belongs to the second before:
// the level at t is told by gauges at or before t.
[[nodiscard]] constexpr std::int64_t second_of_gauge(EventTime at) {
  return second_of(at - Span{1});
}

// The gauges of one zone: at most one for each second that its slices keep, and the latest before.
class ZoneGauges {
 public:
  ZoneGauges(std::int64_t seconds, std::int64_t head) : slots_(seconds, 1) {
    slots_.start_at(head);
  }

  void start_at(std::int64_t second) {
    slots_.start_at(second);
    until_ = std::numeric_limits<std::int64_t>::min();
  }
  void advance() { slots_.advance(); }

  // `flow_after`: the change of level from gauge.at to the end of its second.
  void set(const Gauge& gauge, std::int64_t flow_after) {
    const std::int64_t second = second_of_gauge(gauge.at);
    Slot& slot = *slots_.row(second);
    slot.set = true;
    slot.capped = gauge.capped;
    slot.apportioned = gauge.apportioned;
    slot.before_end =
        static_cast<std::uint32_t>((start_of_second(second + 1) - gauge.at).count()) & 0xF'FFFFU;
    slot.people = static_cast<std::int32_t>(gauge.people);
    slot.flow_after = flow_after;
    until_ = std::max(until_, second);
  }
  void clear(std::int64_t second) { *slots_.row(second) = Slot{}; }

  [[nodiscard]] std::optional<Gauge> of(std::int64_t second) const {
    const Slot& slot = *slots_.row(second);
    if (!slot.set) return std::nullopt;
    return Gauge{.at = start_of_second(second + 1) - Span{slot.before_end},
                 .people = slot.people,
                 .capped = slot.capped,
                 .apportioned = slot.apportioned};
  }
  [[nodiscard]] bool has(std::int64_t second) const {
    return second <= until_ && slots_.row(second)->set;
  }
  // The level at the end of a second that has a gauge.
  [[nodiscard]] std::int64_t level_after(std::int64_t second) const {
    const Slot& slot = *slots_.row(second);
    return slot.people + slot.flow_after;
  }
  [[nodiscard]] std::int64_t flow_after(std::int64_t second) const {
    return slots_.row(second)->flow_after;
  }
  void add_flow_after(std::int64_t second, std::int64_t flow) {
    slots_.row(second)->flow_after += flow;
  }
  // No gauge is in a later second.
  [[nodiscard]] std::int64_t until() const { return until_; }

  // The latest gauge of a second that is no longer kept.
  [[nodiscard]] const std::optional<Gauge>& base() const { return base_; }
  void set_base(const std::optional<Gauge>& gauge) { base_ = gauge; }

  // As bytes: those of the seconds [tail, head], and the latest before. This one is new when it is
  // loaded.
  void save(SnapshotWriter& to, std::int64_t tail, std::int64_t head) const;
  void load(SnapshotReader& from, std::int64_t tail, std::int64_t head);

  [[nodiscard]] static std::size_t bytes(std::int64_t seconds) {
    return sizeof(ZoneGauges) + SecondRows<Slot>::bytes(seconds, 1);
  }

 private:
  struct Slot {
    std::int64_t flow_after = 0;
    std::int32_t people = 0;
    std::uint32_t before_end : 20 = 0;  // microseconds from the gauge to the end of its second
    bool set : 1 = false;
    bool capped : 1 = false;
    bool apportioned : 1 = false;
  };

  SecondRows<Slot> slots_;
  std::int64_t until_ = std::numeric_limits<std::int64_t>::min();
  std::optional<Gauge> base_;
};

}  // namespace crowdflow
