#include "wire/proto_json_time.h"

#include <algorithm>
#include <charconv>

#include "wire/decoded_readings.h"

namespace crowdflow::wire {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes `shape` off the front of `text`: 0 stands for any digit, other characters for themselves.
bool take_shape(std::string_view shape, std::string_view& text) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : shape[i] != text[i]) return false;
  }
  text.remove_prefix(shape.size());
  return true;
}

// Takes an optional '.' and one to nine digits; the digits, padded to nine, are nanoseconds.
std::optional<std::int32_t> take_nanos(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  std::int32_t nanos = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && digits < 9 && is_digit(text[digits]); ++digits)
    nanos = nanos * 10 + (text[digits] - '0');
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  for (; digits < 9; ++digits)
    nanos *= 10;
  return nanos;
}

bool written_like_a_time(std::string_view text) {
  if (!take_shape("0000-00-00T00:00:00", text) || !take_nanos(text)) return false;
  if (text == "Z") return true;
  return (text.starts_with('+') || text.starts_with('-')) &&
         (text.remove_prefix(1), take_shape("00:00", text)) && text.empty();
}

}  // namespace

std::optional<EventTime> parse_time(std::string_view text) {
  if (const auto time = event_time_from_rfc3339(text)) return time;
  if (written_like_a_time(text)) return kNoEventTime;
  return std::nullopt;
}

std::optional<Span> parse_span(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + digits, seconds);
  text.remove_prefix(digits);
  const std::optional<std::int32_t> nanos = take_nanos(text);
  if (!nanos || text != "s") return std::nullopt;
  if (problem != std::errc{}) return kNoInterval;
  if (negative && (seconds != 0 || *nanos != 0)) return kNoInterval;
  return interval_of(seconds, *nanos);
}

}  // namespace crowdflow::wire
