#pragma once

#include <optional>
#include <string_view>

#include <crowdflow/time.h>

namespace crowdflow::wire {

inline constexpr std::string_view kTimeExpected =
    "an RFC 3339 time with its zone such as \"2018-02-09T11:00:00.250Z\"";
inline constexpr std::string_view kSpanExpected = "a span in seconds such as \"10s\" or \"0.5s\"";

// The text of a Timestamp in JSON. Nothing: not written like a time. kNoEventTime: written like
// one, but there is no such time, or not in the years 1970 to 2200.
[[nodiscard]] std::optional<EventTime> parse_time(std::string_view text);

// The text of a Duration in JSON. Nothing: not written like a span. kNoInterval: written like one,
// but negative or beyond 10,000 years.
[[nodiscard]] std::optional<Span> parse_span(std::string_view text);

}  // namespace crowdflow::wire
