#include "app/replay_files.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "wire/dead_letter.h"
#include "wire/json.h"
#include "wire/utf8.h"

namespace crowdflow::app {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{1} << 20;

// Bytes that are no text become U+FFFD; the file and the line tell where the bytes are.
std::string as_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t good = std::min(wire::find_invalid_utf8(bytes), bytes.size());
    text += bytes.substr(0, good);
    if (good < bytes.size()) text += "\xEF\xBF\xBD";
    bytes.remove_prefix(std::min(good + 1, bytes.size()));
  }
  return text;
}

void append_number(std::string_view indent, std::string_view name, std::uint64_t value,
                   std::string& text) {
  text += indent;
  wire::append_json_string(name, text);
  text += ": " + std::to_string(value);
}

void append_accounting(const Accounting& accounting, std::string& text) {
  text += ",\n  \"accounting\": {";
  append_number("\n    ", "consumed", accounting.consumed, text);
  for (std::size_t i = 0; i < static_cast<std::size_t>(kFirstRejection); ++i) {
    append_number(",\n    ", name_of(static_cast<Outcome>(i)), accounting.by_outcome[i], text);
  }
  text += ",\n    \"rejected\": {";
  std::string_view comma = "\n      ";
  for (std::size_t i = static_cast<std::size_t>(kFirstRejection); i < kOutcomeCount; ++i) {
    if (accounting.by_outcome[i] == 0) continue;
    append_number(comma, name_of(static_cast<Outcome>(i)), accounting.by_outcome[i], text);
    comma = ",\n      ";
  }
  text += comma.front() == ',' ? "\n    }\n  }" : "}\n  }";
}

// What became of a sensor's readings beside applied, and what was odd about those that count.
void append_oddities(const ReplaySummary::Sensor& sensor, std::string& text) {
  std::string_view between;
  const auto add = [&](std::string_view name, std::uint64_t count) {
    append_number(between, name, count, text);
    between = ", ";
  };
  for (const auto& [name, count] : sensor.outcomes)
    add(name, count);
  for (std::size_t i = 0; i < kOddityCount; ++i) {
    if (sensor.totals.oddities[i] > 0)
      add(name_of(static_cast<Oddity>(i)), sensor.totals.oddities[i]);
  }
}

void append_sensors(const ReplaySummary& summary, std::string& text) {
  text += ",\n  \"sensors\": {";
  std::string_view comma = "\n    ";
  for (const ReplaySummary::Sensor& sensor : summary.sensors) {
    text += comma;
    comma = ",\n    ";
    wire::append_json_string(sensor.id, text);
    text += ": {\"readings\": " + std::to_string(sensor.totals.readings) +
            ", \"entries\": " + std::to_string(sensor.totals.entries) +
            ", \"exits\": " + std::to_string(sensor.totals.exits) + ", \"oddities\": {";
    append_oddities(sensor, text);
    text += "}}";
  }
  text += comma.front() == ',' ? "\n  }" : "}";
}

}  // namespace

ReplayFiles::Lines::Lines(const std::filesystem::path& path)
    : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

void ReplayFiles::Lines::end_line() {
  buffer_ += '\n';
  if (buffer_.size() >= kFlushBytes) flush();
}

Result<void> ReplayFiles::Lines::close() {
  flush();
  file_.close();
  if (file_) return {};
  return fail(ErrorCode::kIo, path_.string() + ": cannot be written");
}

void ReplayFiles::Lines::flush() {
  file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

ReplayFiles::ReplayFiles(const std::filesystem::path& out)
    : states_(out / "zone_states.ndjson"),
      alerts_(out / "alerts.ndjson"),
      rejects_(out / "rejected.ndjson"),
      summary_(out / "summary.json") {}

void ReplayFiles::add_states(const Outputs& outputs, const Outputs::Second& second) {
  for (std::uint32_t i = 0; i < second.count; ++i) {
    encoder_.zone_state_json(*second.venue, outputs.states[second.first + i], outputs.flows,
                             states_.buffer());
    states_.end_line();
    ++states_said_;
  }
}

void ReplayFiles::add_alert(const Venue& venue, const Alert& alert) {
  encoder_.alert_json(venue, alert, alerts_.buffer());
  alerts_.end_line();
  ++alerts_said_;
}

void ReplayFiles::add_rejected(const Rejected& rejected) {
  std::string& line = rejects_.buffer();
  line += "{\"reason\":";
  wire::append_json_string(name_of(rejected.reason), line);
  line += ",\"message\":";
  wire::append_json_string(
      rejected.message.empty() ? wire::rejection_in_words(rejected.reason) : rejected.message,
      line);
  line += ',' + rejected.place + ",\"reading\":" + std::to_string(rejected.index);
  line += ",\"raw\":";
  wire::append_json_string(as_utf8(rejected.raw), line);
  line += '}';
  rejects_.end_line();
}

void ReplayFiles::write(const ReplaySummary& summary) {
  std::string& text = summary_.buffer();
  text += "{\n  \"venue_id\": ";
  wire::append_json_string(summary.venue_id, text);
  text += ",\n  \"venue_version\": ";
  wire::append_json_string(summary.venue_version, text);
  append_accounting(summary.accounting, text);
  append_sensors(summary, text);
  const bool any = summary.first <= summary.last;
  text += ",\n  \"first_event_time\": ";
  text += any ? '"' + to_rfc3339(summary.first) + '"' : "null";
  text += ",\n  \"last_event_time\": ";
  text += any ? '"' + to_rfc3339(summary.last) + '"' : "null";
  const double seconds =
      any ? std::chrono::duration<double>(summary.last - summary.first).count() : 0;
  char rate[32] = "null";
  if (seconds > 0) {
    std::snprintf(rate, sizeof rate, "%.6g",
                  static_cast<double>(summary.accounting.consumed) / seconds);
  }
  text += ",\n  \"readings_per_second\": " + std::string(rate) + "\n}";
  summary_.end_line();
}

Result<void> ReplayFiles::close() {
  for (Lines* lines : {&states_, &alerts_, &rejects_, &summary_}) {
    if (auto closed = lines->close(); !closed) return closed;
  }
  return {};
}

}  // namespace crowdflow::app
