#include <algorithm>
#include <array>
#include <charconv>

#include <crowdflow/time.h>

namespace crowdflow {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void append_padded(std::string& out, std::int64_t value, int width) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto length = static_cast<int>(end - digits.data());
  out.append(static_cast<std::size_t>(std::max(width - length, 0)), '0');
  out.append(digits.data(), end);
}

std::string format(Span since_epoch) {
  // RFC 3339 has four digits for the year.
  constexpr Span kFirst = std::chrono::sys_days{std::chrono::year{0} / 1 / 1}.time_since_epoch();
  constexpr Span kEnd = std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}.time_since_epoch();
  since_epoch = std::clamp(since_epoch, kFirst, kEnd - Span{1});

  const auto day = std::chrono::floor<days>(since_epoch);
  const std::chrono::year_month_day date{std::chrono::sys_days{day}};
  const std::chrono::hh_mm_ss<Span> clock{since_epoch - day};
  std::string out;
  out.reserve(27);
  append_padded(out, int{date.year()}, 4);
  out += '-';
  append_padded(out, unsigned{date.month()}, 2);
  out += '-';
  append_padded(out, unsigned{date.day()}, 2);
  out += 'T';
  append_padded(out, clock.hours().count(), 2);
  out += ':';
  append_padded(out, clock.minutes().count(), 2);
  out += ':';
  append_padded(out, clock.seconds().count(), 2);
  if (const std::int64_t micros = clock.subseconds().count(); micros != 0) {
    out += '.';
    if (micros % 1000 == 0) {
      append_padded(out, micros / 1000, 3);
    } else {
      append_padded(out, micros, 6);
    }
  }
  out += 'Z';
  return out;
}

// Takes a text apart from its front; ok() says whether everything so far was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `width` digits.
  int number(std::size_t width) {
    int value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value * 10 + digit();
    return value;
  }

  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return '\0';
    }
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // An optional '.' with one to nine digits, cut to microseconds.
  Span fraction() {
    if (rest_.empty() || rest_.front() != '.') return Span{0};
    rest_.remove_prefix(1);
    std::int64_t value = digit();
    std::size_t taken = 1;
    while (ok_ && !rest_.empty() && is_digit(rest_.front())) {
      const int next = digit();
      if (++taken > 9) ok_ = false;
      if (taken <= 6) value = value * 10 + next;
    }
    for (; taken < 6; ++taken)
      value *= 10;
    return Span{value};
  }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  int digit() {
    if (rest_.empty() || !is_digit(rest_.front())) {
      ok_ = false;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string to_rfc3339(EventTime t) { return format(t.time_since_epoch()); }
std::string to_rfc3339(WallTime t) { return format(t.time_since_epoch()); }

std::optional<EventTime> event_time_from_rfc3339(std::string_view text) {
  Scanner in{text};
  const int year = in.number(4);
  in.one_of("-");
  const int month = in.number(2);
  in.one_of("-");
  const int day = in.number(2);
  in.one_of("Tt ");
  const int hour = in.number(2);
  in.one_of(":");
  const int minute = in.number(2);
  in.one_of(":");
  const int second = in.number(2);
  const Span fraction = in.fraction();
  const char zone = in.one_of("Zz+-");
  minutes offset{0};
  if (zone == '+' || zone == '-') {
    const int offset_hour = in.number(2);
    in.one_of(":");
    const int offset_minute = in.number(2);
    if (offset_hour > 23 || offset_minute > 59) return std::nullopt;
    offset = hours{offset_hour} + minutes{offset_minute};
    if (zone == '-') offset = -offset;
  }
  if (!in.at_end() || hour > 23 || minute > 59 || second > 60) return std::nullopt;

  const auto date = std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} /
                    std::chrono::day{static_cast<unsigned>(day)};
  if (!date.ok()) return std::nullopt;
  const minutes utc =
      std::chrono::sys_days{date}.time_since_epoch() + hours{hour} + minutes{minute} - offset;
  // A leap second is the last of a UTC day. Unix time has none: it counts as the second after.
  if (second == 60 && utc % days{1} != hours{23} + minutes{59}) return std::nullopt;

  const EventTime t{Span{utc} + seconds{second} + fraction};
  if (t < kEarliestEvent || t > kLatestEvent) return std::nullopt;
  return t;
}

}  // namespace crowdflow
