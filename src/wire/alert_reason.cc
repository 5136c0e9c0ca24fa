#include <array>
#include <charconv>
#include <cmath>

#include "wire/outputs.h"

namespace crowdflow::wire {
namespace {

// In the fewest digits; with decimals at most `decimals`, rounded.
std::string rounded(double value, int decimals) {
  std::array<char, 400> text;  // the largest double has 309 digits before the point
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value,
                                            std::chars_format::fixed, decimals);
  std::string out(text.data(), end);
  if (decimals > 0) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

// `value` with two decimals, or as many more as it takes to tell it from `limit`.
std::string told_apart(double value, double limit) {
  constexpr int kMostDecimals = 9;
  int decimals = 2;
  while (decimals < kMostDecimals && value != limit &&
         rounded(value, decimals) == rounded(limit, kMostDecimals))
    ++decimals;
  return rounded(value, decimals);
}

// "10 s", "1.5 s", "5 min", "2 h".
std::string in_words(Span span) {
  const auto seconds = static_cast<double>(span.count()) / 1e6;
  if (seconds >= 3600 && std::fmod(seconds, 3600) == 0) return rounded(seconds / 3600, 0) + " h";
  if (seconds >= 60 && std::fmod(seconds, 60) == 0) return rounded(seconds / 60, 0) + " min";
  return rounded(seconds, 6) + " s";
}

}  // namespace

std::string alert_reason(const Venue& venue, const Alert& alert) {
  const Rule& rule = venue.rules[alert.rule];
  const Zone& zone = venue.zones[alert.zone];
  const double limit = alert.condition_active ? rule.over : rule.over - rule.deadband;
  const Span delay = alert.condition_active ? rule.on_delay : rule.off_delay;

  std::string text = zone.name.empty() ? zone.id : zone.name;
  // Another venue file ended it, not what people did.
  if (alert.state == AlarmState::kNormal)
    return text + ": rule " + rule.id + " no longer watches it";
  text += ": " + told_apart(alert.value, limit);
  text += rule.when == RuleKind::kDensity ? " people/m²" : " people";
  if (rule.window)
    text += " on average over " + in_words(std::chrono::seconds{rule.window->size_s});
  text += alert.condition_active ? " is over " : " is back to ";
  text += rounded(limit, 9);
  if (!alert.condition_active) text += " or less";
  if (delay > Span{0}) text += " for " + in_words(delay);
  return text;
}

}  // namespace crowdflow::wire
