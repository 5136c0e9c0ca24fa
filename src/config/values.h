#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::config {

// The scalars of our files, read strictly: nothing when the text is anything else. No octal, no
// hexadecimal, no exponents, no infinity, no blanks.

// "1800", "-2": no leading zeros, within 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);
// "1.8", "60", "-0.5": digits on both sides of the point.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
// "500ms", "10s", "15m", "1h", "7d" (24 h each): a whole number and a unit, up to 10,000 days.
[[nodiscard]] std::optional<Span> parse_duration(std::string_view text);
// "64KiB", "512MiB", "2GiB": a whole number and a unit, in bytes, up to 1024 TiB.
[[nodiscard]] std::optional<std::int64_t> parse_bytes(std::string_view text);
// "60/min", "3600/h", "1/s", as people per minute.
[[nodiscard]] std::optional<double> parse_rate_per_minute(std::string_view text);
// "10s/1s" (size/hop) or "1m" (tumbling): whole seconds above 0, size a multiple of hop.
[[nodiscard]] std::optional<WindowSpec> parse_window(std::string_view text);
// "plaza", "gate-a.2": what venues, zones, openings, sensors, rules and profiles are called.
// [a-z0-9][a-z0-9._-]{0,63}
[[nodiscard]] bool is_id(std::string_view text);

// The shortest text that reads back as the value: "0s", "90s", "15m", "1h"; "1800", "0.5".
[[nodiscard]] std::string to_text(Span duration);
[[nodiscard]] std::string to_text(double number);
// Rounded to two decimals: "2.17", "4.7", "12".
[[nodiscard]] std::string to_short_text(double number);

}  // namespace crowdflow::config
