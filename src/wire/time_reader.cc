#include "wire/time_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace crowdflow::wire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kDirectives = "YmdHMSybIpfzsFTRe%";

// The long way to write a short directive.
std::string spelt_out(std::string_view format) {
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const bool directive = format[i] == '%' && i + 1 < format.size();
    const char c = directive ? format[i + 1] : '\0';
    if (c == 'F') {
      out += "%Y-%m-%d";
    } else if (c == 'T') {
      out += "%H:%M:%S";
    } else if (c == 'R') {
      out += "%H:%M";
    } else if (c == 'e') {
      out += "%d";
    } else {
      out += format.substr(i, directive ? 2 : 1);
    }
    if (directive) ++i;
  }
  return out;
}

// A time while it is read.
struct Parts {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::optional<bool> afternoon;
  Span fraction{0};
  std::optional<minutes> offset;
  std::optional<std::int64_t> since_1970;
};

class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  bool take(std::string_view format, Parts& out) {
    for (std::size_t i = 0; i < format.size(); ++i) {
      const char c = format[i];
      if (c == '%' && i + 1 < format.size()) {
        if (!directive(format[++i], out)) return false;
      } else if (c == ' ') {
        if (!rest_.starts_with(' ')) return false;
        skip_spaces();
      } else if (!literal(c)) {
        return false;
      }
    }
    return true;
  }

 private:
  bool directive(char which, Parts& out) {
    switch (which) {
      case 'Y':
        return number(4, 4, out.year);
      case 'y': {
        const bool read = number(2, 2, out.year);
        out.year += 2000;
        return read;
      }
      case 'm':
        return number(1, 2, out.month);
      case 'b':
        return month_name(out.month);
      case 'd':
        return number(1, 2, out.day);
      case 'H':
        return number(1, 2, out.hour) && out.hour <= 23;
      case 'I':
        return number(1, 2, out.hour) && out.hour >= 1 && out.hour <= 12;
      case 'p':
        return half_of_day(out);
      case 'M':
        return number(1, 2, out.minute) && out.minute <= 59;
      case 'S':
        return number(1, 2, out.second) && out.second <= 59;
      case 'f':
        return fraction(out.fraction);
      case 'z':
        return offset(out);
      case 's':
        return since_1970(out);
      default:
        return literal(which);
    }
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  bool literal(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::size_t digits(std::size_t most) const {
    std::size_t n = 0;
    while (n < most && n < rest_.size() && is_digit(rest_[n]))
      ++n;
    return n;
  }

  bool number(std::size_t least, std::size_t most, int& out) {
    const std::size_t n = digits(most);
    if (n < least) return false;
    out = 0;
    for (const char c : rest_.substr(0, n))
      out = out * 10 + (c - '0');
    rest_.remove_prefix(n);
    return true;
  }

  bool fraction(Span& out) {
    const std::size_t n = digits(9);
    if (n == 0) return false;
    std::int64_t micros = 0;
    for (std::size_t i = 0; i < 6; ++i)
      micros = micros * 10 + (i < n ? rest_[i] - '0' : 0);
    out = Span{micros};
    rest_.remove_prefix(n);
    return true;
  }

  bool since_1970(Parts& out) {
    const std::size_t n = digits(11);
    if (n == 0) return false;
    std::int64_t value = 0;
    for (const char c : rest_.substr(0, n))
      value = value * 10 + (c - '0');
    rest_.remove_prefix(n);
    out.since_1970 = value;
    return true;
  }

  bool offset(Parts& out) {
    if (rest_.starts_with('Z') || rest_.starts_with('z')) {
      rest_.remove_prefix(1);
      out.offset = minutes{0};
      return true;
    }
    const bool west = rest_.starts_with('-');
    if (!west && !rest_.starts_with('+')) return false;
    rest_.remove_prefix(1);
    int hour = 0;
    int minute = 0;
    if (!number(2, 2, hour)) return false;
    if (rest_.starts_with(':')) rest_.remove_prefix(1);
    if (digits(2) == 2 && !number(2, 2, minute)) return false;
    if (hour > 23 || minute > 59) return false;
    out.offset = (west ? -1 : 1) * (hours{hour} + minutes{minute});
    return true;
  }

  bool half_of_day(Parts& out) {
    if (rest_.size() < 2 || lower(rest_[1]) != 'm') return false;
    const char half = lower(rest_[0]);
    if (half != 'a' && half != 'p') return false;
    out.afternoon = half == 'p';
    rest_.remove_prefix(2);
    return true;
  }

  bool month_name(int& out) {
    constexpr std::string_view kNames = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (rest_.size() < 3) return false;
    const std::array<char, 3> name{lower(rest_[0]), lower(rest_[1]), lower(rest_[2])};
    const std::size_t at = kNames.find(std::string_view(name.data(), name.size()));
    if (at == std::string_view::npos || at % 3 != 0) return false;
    out = static_cast<int>(at / 3) + 1;
    rest_.remove_prefix(3);
    return true;
  }

  std::string_view rest_;
};

std::optional<Parts> read_parts(std::string_view text, std::string_view format) {
  Parts parts;
  TimeScanner in(text);
  if (!in.take(format, parts) || !in.done()) return std::nullopt;
  return parts;
}

std::optional<Parts> read_usual(std::string_view text) {
  for (const std::string_view format :
       {"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f"}) {
    if (auto parts = read_parts(text, format)) return parts;
  }
  return std::nullopt;
}

}  // namespace

Result<TimeReader> TimeReader::make(std::string format,
                                    std::optional<std::vector<UtcOffset>> zone) {
  for (std::size_t at = format.find('%'); at != std::string::npos; at = format.find('%', at + 2)) {
    if (at + 1 == format.size() || kDirectives.find(format[at + 1]) == std::string_view::npos) {
      return fail(ErrorCode::kInvalid, "the time format has \"" + format.substr(at, 2) +
                                           "\", expected %Y %m %d %H %M %S %y %b %I %p %f %z %s "
                                           "%F %T %R %e or %%");
    }
  }
  return TimeReader(spelt_out(format), std::move(zone));
}

tl::expected<TimeReader::Times, std::string> TimeReader::read(std::string_view text) const {
  if (format_.empty()) {
    if (const auto exact = event_time_from_rfc3339(text)) return Times{.time = *exact, .again = {}};
  }
  const auto parts = format_.empty() ? read_usual(text) : read_parts(text, format_);
  if (!parts) {
    return tl::unexpected(
        format_.empty() ? std::string("a time such as 2018-02-09 11:00 (how else it is written is "
                                      "said by a time format, such as %d/%m/%Y %H:%M)")
                        : "a time as in " + format_);
  }
  const auto in_range = [](EventTime t) { return t >= kEarliestEvent && t <= kLatestEvent; };
  if (parts->since_1970) {
    const EventTime t{seconds{*parts->since_1970} + parts->fraction};
    if (!in_range(t)) return tl::unexpected(std::string("a time in the years 1970 to 2200"));
    return Times{.time = t, .again = {}};
  }
  const auto date = std::chrono::year{parts->year} /
                    std::chrono::month{static_cast<unsigned>(parts->month)} /
                    std::chrono::day{static_cast<unsigned>(parts->day)};
  if (!date.ok()) return tl::unexpected(std::string("a day that there is"));
  int hour = parts->hour;
  if (parts->afternoon) hour = hour % 12 + (*parts->afternoon ? 12 : 0);
  const Span local = std::chrono::sys_days{date}.time_since_epoch() + hours{hour} +
                     minutes{parts->minute} + seconds{parts->second} + parts->fraction;
  if (!parts->offset) return from_local(local);
  const EventTime t{local - *parts->offset};
  if (!in_range(t)) return tl::unexpected(std::string("a time in the years 1970 to 2200"));
  return Times{.time = t, .again = {}};
}

tl::expected<TimeReader::Times, std::string> TimeReader::from_local(Span local) const {
  if (!zone_) {
    return tl::unexpected(std::string(
        "a time with its zone, such as 2018-02-09T11:00:00Z, or to be told which zone it is in"));
  }
  // Each period with one offset may hold it.
  std::optional<EventTime> first;
  std::optional<EventTime> again;
  const std::vector<UtcOffset>& offsets = *zone_;
  const auto consider = [&](EventTime t, bool holds) {
    if (!holds || t < kEarliestEvent || t > kLatestEvent) return;
    (first ? again : first) = t;
  };
  if (offsets.empty()) consider(EventTime{local}, true);
  // No offset is longer than a day: the periods that matter begin at most so much later.
  const auto later =
      std::ranges::upper_bound(offsets, EventTime{local + hours{24}}, {}, &UtcOffset::from);
  const auto end = std::max<std::size_t>(static_cast<std::size_t>(later - offsets.begin()), 1);
  for (std::size_t i = end > 4 ? end - 4 : 0; i < std::min(end, offsets.size()); ++i) {
    const EventTime t{local - offsets[i].seconds};
    const bool begun = i == 0 || t >= offsets[i].from;
    consider(t, begun && (i + 1 == offsets.size() || t < offsets[i + 1].from));
  }
  if (!first) {
    return tl::unexpected(std::string(
        "a local time that there is: the clocks skip this one when they are set forward"));
  }
  return Times{.time = *first, .again = again};
}

}  // namespace crowdflow::wire
