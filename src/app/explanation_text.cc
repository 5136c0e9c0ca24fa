#include "app/explanation_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include "app/rule_in_file.h"
#include "wire/json.h"
#include "wire/messages.h"

namespace crowdflow::app {
namespace {

using processor::Explanation;

// More rows than this are for machines.
constexpr std::size_t kMostRows = 200;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

// In the fewest digits that read back the same.
std::string exactly(double value) {
  std::array<char, 32> text{};
  const auto [end, problem] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

std::string seconds(Span span) {
  return number(std::chrono::duration<double>(span).count()) + " s";
}

// "QUALITY_GOOD" is GOOD.
std::string without_prefix(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string interval_in_words(const v1::Reading& reading) {
  if (!reading.has_interval()) return {};
  const auto& interval = reading.interval();
  return " in " + number(static_cast<double>(interval.seconds()) + interval.nanos() / 1e9) + " s";
}

std::string statement_in_words(const v1::Reading& reading) {
  const auto in_and_out = [](std::uint64_t in, std::uint64_t out) {
    return std::to_string(in) + " entries, " + std::to_string(out) + " exits";
  };
  switch (reading.kind_case()) {
    case v1::Reading::kCountDelta:
      return in_and_out(reading.count_delta().entries(), reading.count_delta().exits()) +
             interval_in_words(reading);
    case v1::Reading::kCountTotal:
      return "register at " +
             in_and_out(reading.count_total().entries(), reading.count_total().exits());
    case v1::Reading::kOccupancy:
      return std::to_string(reading.occupancy().people()) + " people present";
    case v1::Reading::kMotion:
      return number(reading.motion().mean_speed()) + " m/s";
    case v1::Reading::kAnchor:
      return "count of " + std::to_string(reading.anchor().people()) + " people in " +
             (reading.anchor().zone_id().empty() ? "the whole venue" : reading.anchor().zone_id());
    case v1::Reading::kAccess:
      return std::to_string(reading.access().admitted()) + " admitted" + interval_in_words(reading);
    case v1::Reading::kHeartbeat:
      return "here";
    case v1::Reading::KIND_NOT_SET:
      break;
  }
  return "nothing";
}

// Columns as wide as what is in them; two spaces between.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i)
      line += ' ' + row[i] + std::string(widths[i] - row[i].size() + 1, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

// How many of `count` rows are left out, and a line that says so.
std::size_t left_out(std::size_t count, std::string& text) {
  if (count <= kMostRows) return 0;
  text += "  (" + std::to_string(count - kMostRows) + " earlier ones: --json)\n";
  return count - kMostRows;
}

std::string alert_in_words(const Explanation& why, const ExplanationPlace& place) {
  const v1::Alert& alert = why.held.alert;
  const std::string partition = " partition " + std::to_string(place.partition);
  std::string text =
      "Alarm " + alert.alert_id() + ", occurrence " + std::to_string(alert.occurrence()) + "\n\n";
  text += table({
      {"why", alert.reason()},
      {"value",
       number(alert.value()) + ' ' + alert.unit() + ", the limit is " + number(alert.threshold())},
      {"quality", without_prefix(v1::Quality_Name(alert.quality()), "QUALITY_")},
      {"priority", without_prefix(v1::Priority_Name(alert.priority()), "PRIORITY_")},
      {"happened", to_rfc3339(wire::event_time(alert.event_time())) + " (event time)"},
      {"said", to_rfc3339(wire::wall_time(alert.raised_at())) + " (wall clock)"},
      {"raised by",
       why.record_offset
           ? place.topics.readings + partition + " offset " + std::to_string(*why.record_offset)
           : "the tick of " + to_rfc3339(why.tick.now) +
                 (why.tick.proven ? ": time went on without readings" : "")},
      {"venue time", to_rfc3339(why.venue_time)},
      {"committed", place.topics.alerts + partition + " offset " + std::to_string(why.held.offset) +
                        ", " + place.topics.journal + " offset " +
                        std::to_string(why.journal_offset)},
      {"done again",
       "from " + place.topics.journal + " offset " + std::to_string(why.journal_from) + " on"},
  });
  return text;
}

std::string rule_in_words(const Explanation& why) {
  const Rule& rule = why.venue->rules[why.rule];
  const RuleInFile file = find_rule(why.file.yaml, rule.id);
  std::string text =
      "\nRule " + rule.id + ", as version " + why.venue->version + " of the venue file says it";
  if (file.line > 0)
    text += " in line " + std::to_string(file.line) + ":\n\n" + file.text + '\n';
  else
    text += ":\n\n";
  const std::string unit = rule.when == RuleKind::kDensity ? " people/m2" : " people";
  text += table({
      {"judges", rule.window ? "the mean over " + std::to_string(rule.window->size_s) +
                                   " s, each second that is told"
                             : std::string("the present level, with each reading")},
      {"begins", "above " + number(rule.over) + unit + " for " + seconds(rule.on_delay)},
      {"ends", "at " + number(rule.over - rule.deadband) + unit + " or less for " +
                   seconds(rule.off_delay)},
  });
  return text;
}

std::string levels_in_words(const Explanation& why) {
  std::string text = "\nZone " + why.venue->zones[why.zone].id + ", " +
                     number(why.venue->zones[why.zone].area_m2) +
                     " m2, as each second of venue time began (people and density at the end of "
                     "the last second told; mean over the window that ends there):\n\n";
  std::vector<std::vector<std::string>> rows{
      {"venue time", "window end", "people", "people/m2", "mean", "quality"}};
  for (std::size_t i = left_out(why.levels.size(), text); i < why.levels.size(); ++i) {
    const v1::ZoneState& state = why.levels[i].state;
    const bool known = state.has_density();
    rows.push_back({to_rfc3339(why.levels[i].venue_time),
                    to_rfc3339(wire::event_time(state.window_end())),
                    known ? number(state.occupancy().mean()) : "?",
                    known ? number(state.density().at_end()) : "?",
                    known ? number(state.density().mean()) : "?",
                    without_prefix(v1::Quality_Name(state.quality()), "QUALITY_")});
  }
  return text + table(rows);
}

std::string readings_in_words(const Explanation& why, const ExplanationPlace& place) {
  std::string text = "\nReadings of this zone's sensors since " + to_rfc3339(why.since) +
                     ", in the order taken (" + place.topics.readings + " partition " +
                     std::to_string(place.partition) + "):\n";
  if (why.untold_until) {
    text += "(not all of them: the log does not reach back behind " +
            to_rfc3339(*why.untold_until) + " by the wall clock)\n";
  }
  text += '\n';
  std::vector<std::vector<std::string>> rows{
      {"event time", "sensor", "sequence", "said", "became", "offset"}};
  for (std::size_t i = left_out(why.statements.size(), text); i < why.statements.size(); ++i) {
    const Explanation::Statement& each = why.statements[i];
    const v1::Reading& reading = each.reading;
    std::string where = std::to_string(each.offset);
    if (each.index > 0) where += " [" + std::to_string(each.index) + ']';
    rows.push_back({to_rfc3339(wire::event_time(reading.event_time())),
                    reading.sensor_id().empty() ? "-" : reading.sensor_id(),
                    reading.sequence() == 0 ? "-" : std::to_string(reading.sequence()),
                    statement_in_words(reading), std::string(name_of(each.outcome)),
                    std::move(where)});
  }
  return text + table(rows);
}

// One object or array of JSON, member by member.
class Json {
 public:
  Json& text(std::string_view name, std::string_view value) {
    begin(name);
    wire::append_json_string(value, text_);
    return *this;
  }
  // JSON already.
  Json& raw(std::string_view name, std::string_view value) {
    begin(name);
    text_ += value;
    return *this;
  }
  template <typename Number>
  Json& number(std::string_view name, Number value) {
    return raw(name, std::to_string(value));
  }
  [[nodiscard]] std::string object() const { return '{' + text_ + '}'; }

 private:
  void begin(std::string_view name) {
    if (!text_.empty()) text_ += ',';
    wire::append_json_string(name, text_);
    text_ += ':';
  }
  std::string text_;
};

std::string array(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items)
    text += (text.size() > 1 ? "," : "") + item;
  return text + ']';
}

std::string rule_json(const Explanation& why) {
  const Rule& rule = why.venue->rules[why.rule];
  const RuleInFile file = find_rule(why.file.yaml, rule.id);
  Json json;
  json.text("rule_id", rule.id).text("venue_version", why.venue->version);
  json.number("line", file.line).text("yaml", file.text);
  json.text("when", rule.when == RuleKind::kDensity ? "density" : "occupancy");
  json.raw("over", exactly(rule.over)).raw("deadband", exactly(rule.deadband));
  json.number("on_delay_ms", rule.on_delay.count() / 1000);
  json.number("off_delay_ms", rule.off_delay.count() / 1000);
  if (rule.window) json.number("window_s", rule.window->size_s);
  return json.object();
}

}  // namespace

std::string in_words(const Explanation& explanation, const ExplanationPlace& place) {
  return alert_in_words(explanation, place) + rule_in_words(explanation) +
         levels_in_words(explanation) + readings_in_words(explanation, place);
}

std::string to_json(const Explanation& explanation, const ExplanationPlace& place) {
  std::vector<std::string> levels;
  levels.reserve(explanation.levels.size());
  for (const Explanation::Level& level : explanation.levels) {
    levels.push_back(Json()
                         .text("venue_time", to_rfc3339(level.venue_time))
                         .raw("state", wire::to_json(level.state))
                         .object());
  }
  std::vector<std::string> readings;
  readings.reserve(explanation.statements.size());
  for (const Explanation::Statement& each : explanation.statements) {
    readings.push_back(Json()
                           .raw("reading", wire::to_json(each.reading))
                           .text("outcome", name_of(each.outcome))
                           .number("offset", each.offset)
                           .number("index", each.index)
                           .text("venue_time", to_rfc3339(each.venue_time))
                           .text("now", to_rfc3339(each.now))
                           .object());
  }
  Json json;
  json.raw("alert", wire::to_json(explanation.held.alert));
  json.number("partition", place.partition);
  json.number("alert_offset", explanation.held.offset);
  json.number("journal_offset", explanation.journal_offset);
  json.number("journal_from", explanation.journal_from);
  if (explanation.record_offset) json.number("raised_by_offset", *explanation.record_offset);
  json.text("tick_now", to_rfc3339(explanation.tick.now));
  json.raw("tick_proven", explanation.tick.proven ? "true" : "false");
  json.text("venue_time", to_rfc3339(explanation.venue_time));
  json.raw("rule", rule_json(explanation));
  json.text("since", to_rfc3339(explanation.since));
  if (explanation.untold_until) {
    json.text("untold_until", to_rfc3339(*explanation.untold_until));
  }
  json.raw("levels", array(levels)).raw("readings", array(readings));
  return json.object() + '\n';
}

}  // namespace crowdflow::app
