#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <crowdflow/time.h>

namespace crowdflow {

// One statement of one sensor, decoded (proto/crowdflow/v1/reading.proto has the contract). Ranges
// are not checked yet: the engine checks them and answers with an Outcome.

// People who crossed during [event_time - interval, event_time).
struct CountDelta {
  std::uint64_t entries = 0;
  std::uint64_t exits = 0;
  friend bool operator==(const CountDelta&, const CountDelta&) = default;
};

// A cumulative register.
struct CountTotal {
  std::uint64_t entries = 0;
  std::uint64_t exits = 0;
  friend bool operator==(const CountTotal&, const CountTotal&) = default;
};

// People present in the sensor's zone at event_time.
struct Occupancy {
  std::uint64_t people = 0;
  double stddev = 0;
  std::uint64_t capped_at = 0;
  friend bool operator==(const Occupancy&, const Occupancy&) = default;
};

// Mean speed in m/s, velocity variance in m^2/s^2.
struct Motion {
  double mean_speed = 0;
  double velocity_variance = 0;
  friend bool operator==(const Motion&, const Motion&) = default;
};

// A count from outside the sensor network. No zone: the whole venue.
struct Anchor {
  std::string_view zone_id;
  std::uint64_t people = 0;
  double stddev = 0;
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// Gate decisions; refused is the sum over all reasons.
struct Access {
  std::uint64_t admitted = 0;
  std::uint64_t refused = 0;
  friend bool operator==(const Access&, const Access&) = default;
};

struct Heartbeat {
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};

// std::monostate: the message named no kind.
using Statement = std::variant<std::monostate, CountDelta, CountTotal, Occupancy, Motion, Anchor,
                               Access, Heartbeat>;

// The text fields are views into the record that the reading was decoded from.
struct Reading {
  std::string_view venue_id;
  std::string_view sensor_id;
  std::uint64_t sequence = 0;  // 0: none
  std::uint64_t boot_id = 0;   // 0: not known
  EventTime event_time{};      // the end of what it speaks of
  Span interval{0};
  Statement statement;
};

}  // namespace crowdflow
