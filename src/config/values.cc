#include "config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace crowdflow::config {
namespace {

constexpr Span kLongestDuration = std::chrono::days{10'000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits that `text` begins with, when they are a whole number without leading zeros.
std::string_view leading_whole(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  return digits.size() > 1 && digits.front() == '0' ? std::string_view{} : digits;
}

struct Unit {
  std::string_view name;
  Span length;
};
constexpr std::array kUnits{Unit{"ms", std::chrono::milliseconds{1}},
                            Unit{"s", std::chrono::seconds{1}}, Unit{"m", std::chrono::minutes{1}},
                            Unit{"h", std::chrono::hours{1}}, Unit{"d", std::chrono::days{1}}};

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || leading_whole(digits).size() != digits.size()) return std::nullopt;
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  std::string_view rest = text.starts_with('-') ? text.substr(1) : text;
  const std::string_view whole = leading_whole(rest);
  if (whole.empty()) return std::nullopt;
  rest.remove_prefix(whole.size());
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() == 1) return std::nullopt;
    rest.remove_prefix(1);
    if (!std::all_of(rest.begin(), rest.end(), is_digit)) return std::nullopt;
  }
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

std::optional<Span> parse_duration(std::string_view text) {
  const std::string_view digits = leading_whole(text);
  const auto count = parse_whole(digits);
  if (!count) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text.substr(digits.size()) != unit.name) continue;
    if (*count > kLongestDuration / unit.length) return std::nullopt;
    return *count * unit.length;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  constexpr std::array<std::string_view, 3> kByteUnits{"KiB", "MiB", "GiB"};
  constexpr std::int64_t kMostBytes = std::int64_t{1} << 50U;
  const std::string_view digits = leading_whole(text);
  const auto count = parse_whole(digits);
  if (!count) return std::nullopt;
  std::int64_t bytes = 1;
  for (const std::string_view unit : kByteUnits) {
    bytes *= 1024;
    if (text.substr(digits.size()) != unit) continue;
    if (*count > kMostBytes / bytes) return std::nullopt;
    return *count * bytes;
  }
  return std::nullopt;
}

std::optional<double> parse_rate_per_minute(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = parse_number(text.substr(0, slash));
  if (!count) return std::nullopt;
  const std::string_view per = text.substr(slash + 1);
  if (per == "s") return *count * 60;
  if (per == "min") return *count;
  if (per == "h") return *count / 60;
  return std::nullopt;
}

std::optional<WindowSpec> parse_window(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto size = parse_duration(text.substr(0, slash));
  const auto hop = slash == std::string_view::npos ? size : parse_duration(text.substr(slash + 1));
  if (!size || !hop || *hop <= Span{0} || *size <= Span{0}) return std::nullopt;
  if (*hop % std::chrono::seconds{1} != Span{0} || *size % *hop != Span{0}) return std::nullopt;
  return WindowSpec{.size_s = *size / std::chrono::seconds{1},
                    .hop_s = *hop / std::chrono::seconds{1}};
}

bool is_id(std::string_view text) {
  const auto is_word = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); };
  if (text.empty() || text.size() > 64 || !is_word(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word(c) || c == '.' || c == '_' || c == '-'; });
}

std::string to_text(Span duration) {
  if (duration == Span{0}) return "0s";
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    if (duration % unit->length == Span{0}) {
      return std::to_string(duration / unit->length) + std::string{unit->name};
    }
  }
  return std::to_string(duration.count()) + "us";
}

std::string to_short_text(double number) { return to_text(std::round(number * 100) / 100); }

std::string to_text(double number) {
  std::array<char, 400> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

}  // namespace crowdflow::config
