#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crowdflow {

// A length of time. One microsecond is the resolution of everything that the engine computes.
using Span = std::chrono::microseconds;

// The clock that sensors stamp with: when something happened. UTC, microseconds since 1970.
// It has no now(): event time is read from readings only.
struct EventClock {
  using rep = Span::rep;
  using period = Span::period;
  using duration = Span;
  using time_point = std::chrono::time_point<EventClock>;
  static constexpr bool is_steady = false;
};
using EventTime = EventClock::time_point;

// The clock on our own wall, UTC, microseconds since 1970. It has no now() either: the core learns
// it from ticks, which are inputs.
struct WallClock {
  using rep = Span::rep;
  using period = Span::period;
  using duration = Span;
  using time_point = std::chrono::time_point<WallClock>;
  static constexpr bool is_steady = false;
};
using WallTime = WallClock::time_point;

// The range of stamps that a reading may carry: years 1970 to 2200.
inline constexpr EventTime kEarliestEvent{std::chrono::seconds{0}};
inline constexpr EventTime kLatestEvent{std::chrono::seconds{7'258'118'400}};

// Seconds of event time since 1970, rounded down: the number of the one-second slice that holds
// `t`.
[[nodiscard]] constexpr std::int64_t second_of(EventTime t) {
  return std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count();
}
[[nodiscard]] constexpr EventTime start_of_second(std::int64_t second) {
  return EventTime{std::chrono::seconds{second}};
}

// RFC 3339 in UTC, with as many decimals as needed (0, 3 or 6): "2018-02-09T11:00:00.250Z".
[[nodiscard]] std::string to_rfc3339(EventTime t);
[[nodiscard]] std::string to_rfc3339(WallTime t);

// Reads RFC 3339 with any offset and up to nine decimals (cut to microseconds).
// Nothing when the text is not such a time or is outside the years 1970 to 2200.
[[nodiscard]] std::optional<EventTime> event_time_from_rfc3339(std::string_view text);

}  // namespace crowdflow
