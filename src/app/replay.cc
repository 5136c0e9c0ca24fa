#include "app/replay.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <crowdflow/shard.h>

#include "app/progress_bar.h"
#include "app/recorded_readings.h"
#include "config/config_error.h"
#include "config/venue_file.h"
#include "wire/dead_letter.h"
#include "wire/json.h"
#include "wire/outputs.h"
#include "wire/utf8.h"

namespace crowdflow::app {
namespace {

constexpr Span kFuture = std::chrono::seconds{60};
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

// One file of the result. Errors show in close().
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path)
      : path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

  std::string& buffer() { return buffer_; }
  void end_line() {
    buffer_ += '\n';
    if (buffer_.size() >= kFlushBytes) flush();
  }
  Result<void> close() {
    flush();
    file_.close();
    if (file_) return {};
    return fail(ErrorCode::kIo, path_.string() + ": cannot be written");
  }

 private:
  void flush() {
    file_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
  }

  std::filesystem::path path_;
  std::ofstream file_;
  std::string buffer_;
};

class Replay {
 public:
  Replay(std::shared_ptr<const Venue> venue, RecordedReadings readings,
         const std::filesystem::path& out)
      : venue_(std::move(venue)),
        readings_(std::move(readings)),
        states_(out / "zone_states.ndjson"),
        alerts_(out / "alerts.ndjson"),
        rejects_(out / "rejected.ndjson"),
        summary_(out / "summary.json") {
    shard_.put_venue(venue_, outputs_);
  }

  Result<void> run() {
    ProgressBar bar("replay");
    const auto begun = std::chrono::steady_clock::now();
    while (true) {
      auto item = readings_.next();
      if (!item) return tl::unexpected(item.error());
      if (*item == nullptr) break;
      take(**item);
      if (accounting_.consumed % 1024 == 0) {
        bar.show(readings_.bytes_read(), readings_.bytes_in_all(),
                 std::to_string(accounting_.consumed) + " readings");
      }
    }
    shard_.finish(outputs_);
    say();
    bar.finish();
    write_summary();
    for (Lines* lines : {&states_, &alerts_, &rejects_, &summary_}) {
      if (auto closed = lines->close(); !closed) return closed;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::fprintf(stderr, "%llu readings in %.1f s; %llu states, %llu alert transitions\n",
                 static_cast<unsigned long long>(accounting_.consumed), took.count(),
                 static_cast<unsigned long long>(states_said_),
                 static_cast<unsigned long long>(alerts_said_));
    return {};
  }

 private:
  void take(const RecordedReadings::Item& item) {
    const RecordedReadings::Source& source = *item.source;
    if (source.refusal) {
      accounting_.consumed += source.refused_readings;
      for (std::size_t i = 0; i < source.refused_readings; ++i)
        accounting_.count(*source.refusal);
      write_rejected(item, *source.refusal);
      return;
    }
    ++accounting_.consumed;
    move_clock(item.reading.event_time);
    const Outcome outcome = shard_.apply(item.reading, outputs_);
    accounting_.count(outcome);
    if (is_rejection(outcome)) {
      write_rejected(item, outcome);
    } else {
      first_ = std::min(first_, item.reading.event_time);
      last_ = std::max(last_, item.reading.event_time);
    }
    if (outcome != Outcome::kApplied && outcome != Outcome::kUnknownSensor) {
      ++oddities_[item.sensor_id][std::string(name_of(outcome))];
    }
    say();
  }

  // There is no clock in a recording: it is as late as the latest stamp that the readings around it
  // bear out.
  void move_clock(EventTime stamp) {
    if (stamp < kEarliestEvent || stamp > kLatestEvent || (ticked_ && stamp <= now_)) return;
    if ((!ticked_ || stamp > now_ + kFuture) && readings_.most_ahead_are_before(stamp)) return;
    now_ = stamp;
    ticked_ = true;
    shard_.tick({.now = WallTime{now_.time_since_epoch()}, .proven = false}, outputs_);
  }

  void say() {
    for (const Outputs::Second& second : outputs_.seconds) {
      for (std::uint32_t i = 0; i < second.count; ++i) {
        encoder_.zone_state_json(*second.venue, outputs_.states[second.first + i], outputs_.flows,
                                 states_.buffer());
        states_.end_line();
        ++states_said_;
      }
    }
    for (const auto& [venue, alert] : outputs_.alerts) {
      encoder_.alert_json(*venue, alert, alerts_.buffer());
      alerts_.end_line();
      ++alerts_said_;
    }
    outputs_.clear();
  }

  void write_rejected(const RecordedReadings::Item& item, Outcome reason) {
    std::string& line = rejects_.buffer();
    line += "{\"reason\":";
    wire::append_json_string(name_of(reason), line);
    line += ",\"message\":";
    wire::append_json_string(item.source->refusal ? std::string_view{item.source->message}
                                                  : wire::rejection_in_words(reason),
                             line);
    line += ",\"file\":";
    wire::append_json_string(item.source->file, line);
    line += ",\"line\":" + std::to_string(item.source->line);
    line += ",\"reading\":" + std::to_string(item.index);
    line += ",\"raw\":";
    wire::append_json_string(as_utf8(item.source->raw), line);
    line += '}';
    rejects_.end_line();
  }

  void write_summary() {
    std::string& text = summary_.buffer();
    const auto number = [&](std::string_view indent, std::string_view name, std::uint64_t value) {
      text += indent;
      wire::append_json_string(name, text);
      text += ": " + std::to_string(value);
    };
    text += "{\n  \"venue_id\": ";
    wire::append_json_string(venue_->id, text);
    text += ",\n  \"venue_version\": ";
    wire::append_json_string(venue_->version, text);
    text += ",\n  \"accounting\": {";
    number("\n    ", "consumed", accounting_.consumed);
    for (std::size_t i = 0; i < static_cast<std::size_t>(kFirstRejection); ++i) {
      number(",\n    ", name_of(static_cast<Outcome>(i)), accounting_.by_outcome[i]);
    }
    text += ",\n    \"rejected\": {";
    std::string_view comma = "\n      ";
    for (std::size_t i = static_cast<std::size_t>(kFirstRejection); i < kOutcomeCount; ++i) {
      if (accounting_.by_outcome[i] == 0) continue;
      number(comma, name_of(static_cast<Outcome>(i)), accounting_.by_outcome[i]);
      comma = ",\n      ";
    }
    text += comma.front() == ',' ? "\n    }\n  }" : "}\n  }";
    write_sensors(text);
    const bool any = first_ <= last_;
    text += ",\n  \"first_event_time\": ";
    text += any ? '"' + to_rfc3339(first_) + '"' : "null";
    text += ",\n  \"last_event_time\": ";
    text += any ? '"' + to_rfc3339(last_) + '"' : "null";
    const double seconds = any ? std::chrono::duration<double>(last_ - first_).count() : 0;
    char rate[32] = "null";
    if (seconds > 0) {
      std::snprintf(rate, sizeof rate, "%.6g", static_cast<double>(accounting_.consumed) / seconds);
    }
    text += ",\n  \"readings_per_second\": " + std::string(rate) + "\n}";
    summary_.end_line();
  }

  void write_sensors(std::string& text) {
    text += ",\n  \"sensors\": {";
    const auto totals = shard_.sensor_totals(venue_->id);
    std::string_view comma = "\n    ";
    for (std::size_t i = 0; i < totals.size(); ++i) {
      text += comma;
      comma = ",\n    ";
      wire::append_json_string(venue_->sensors[i].id, text);
      text += ": {\"readings\": " + std::to_string(totals[i].readings) +
              ", \"entries\": " + std::to_string(totals[i].entries) +
              ", \"exits\": " + std::to_string(totals[i].exits) + ", \"oddities\": {";
      write_oddities(oddities_[venue_->sensors[i].id], totals[i].oddities, text);
      text += "}}";
    }
    text += comma.front() == ',' ? "\n  }" : "}";
  }

  // What became of its readings beside applied, and what was odd about those that count.
  static void write_oddities(const std::map<std::string, std::uint64_t>& outcomes,
                             const OddityCounts& counts, std::string& text) {
    std::string_view between;
    const auto write = [&](std::string_view name, std::uint64_t count) {
      text += between;
      between = ", ";
      wire::append_json_string(name, text);
      text += ": " + std::to_string(count);
    };
    for (const auto& [name, count] : outcomes)
      write(name, count);
    for (std::size_t i = 0; i < kOddityCount; ++i) {
      if (counts[i] > 0) write(name_of(static_cast<Oddity>(i)), counts[i]);
    }
  }

  std::shared_ptr<const Venue> venue_;
  RecordedReadings readings_;
  Lines states_;
  Lines alerts_;
  Lines rejects_;
  Lines summary_;

  Shard shard_;
  Outputs outputs_;
  wire::OutputEncoder encoder_;
  Accounting accounting_;
  std::map<std::string, std::map<std::string, std::uint64_t>, std::less<>> oddities_;
  EventTime now_{};
  bool ticked_ = false;
  EventTime first_ = EventTime::max();
  EventTime last_ = EventTime::min();
  std::uint64_t states_said_ = 0;
  std::uint64_t alerts_said_ = 0;
};

}  // namespace

int replay(const ReplayOptions& options) {
  auto venue = config::load_venue(options.venue_file);
  if (!venue) {
    std::fputs(config::format_errors(venue.error()).c_str(), stderr);
    return 1;
  }
  const auto complain = [](const Error& error) {
    std::fprintf(stderr, "crowdflow replay: %s\n", error.message.c_str());
    return 1;
  };
  std::error_code refused;
  std::filesystem::create_directories(options.out, refused);
  if (refused) return complain({ErrorCode::kIo, options.out + ": " + refused.message()});
  auto readings = RecordedReadings::open(options.readings, venue->id);
  if (!readings) return complain(readings.error());
  Replay run(std::make_shared<const Venue>(std::move(*venue)), std::move(*readings), options.out);
  const auto done = run.run();
  return done ? 0 : complain(done.error());
}

}  // namespace crowdflow::app
