#pragma once

#include <cstdint>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow {

// What kind of statement a reading made; a reading's identity may rest on it.
enum class StatementKind : std::uint8_t {
  kCountDelta,
  kCountTotal,
  kOccupancy,
  kMotion,
  kAnchor,
  kAccess,
  kHeartbeat,
};

// One reading as it was taken.
struct Taken {
  std::uint64_t sequence = 0;  // 0: none
  std::uint64_t boot_id = 0;
  EventTime stamp{};  // as the sensor said it
  EventTime time{};   // as it was taken: the stamp, or the present for a clock that runs ahead
  Span interval{0};
  StatementKind kind = StatementKind::kHeartbeat;
  bool capped = false;
  bool late = false;          // corrected a level only
  ZoneIndex zone = kOutside;  // of an anchor; kOutside: the whole venue
  // count_delta, count_total: entries and exits. occupancy, anchor: people, and their standard
  // deviation in thousandths. motion: speed in mm/s, and variance in mm2/s2. access: admitted and
  // refused.
  std::int64_t first = 0;
  std::int64_t second = 0;

  [[nodiscard]] bool same_content(const Taken& other) const {
    return stamp == other.stamp && interval == other.interval && kind == other.kind &&
           capped == other.capped && zone == other.zone && first == other.first &&
           second == other.second;
  }
};

}  // namespace crowdflow
