#include "app/replay.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <crowdflow/shard.h>

#include "app/progress_bar.h"
#include "app/recorded_readings.h"
#include "app/replay_files.h"
#include "config/config_error.h"
#include "config/venue_file.h"
#include "wire/json.h"

namespace crowdflow::app {
namespace {

constexpr Span kFuture = std::chrono::seconds{60};

class Replay {
 public:
  Replay(std::shared_ptr<const Venue> venue, RecordedReadings readings,
         const std::filesystem::path& out)
      : venue_(std::move(venue)), readings_(std::move(readings)), files_(out) {
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
      if (summary_.accounting.consumed % 1024 == 0) {
        bar.show(readings_.bytes_read(), readings_.bytes_in_all(),
                 std::to_string(summary_.accounting.consumed) + " readings");
      }
    }
    shard_.finish(outputs_);
    say();
    bar.finish();
    files_.write(summary());
    if (auto closed = files_.close(); !closed) return closed;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::fprintf(stderr, "%llu readings in %.1f s; %llu states, %llu alert transitions\n",
                 static_cast<unsigned long long>(summary_.accounting.consumed), took.count(),
                 static_cast<unsigned long long>(files_.states()),
                 static_cast<unsigned long long>(files_.alerts()));
    return {};
  }

 private:
  void take(const RecordedReadings::Item& item) {
    const RecordedReadings::Source& source = *item.source;
    if (source.refusal) {
      summary_.accounting.consumed += source.refused_readings;
      for (std::size_t i = 0; i < source.refused_readings; ++i)
        summary_.accounting.count(*source.refusal);
      write_rejected(item, *source.refusal);
      return;
    }
    ++summary_.accounting.consumed;
    move_clock(item.reading.event_time);
    const Outcome outcome = shard_.apply(item.reading, outputs_);
    summary_.accounting.count(outcome);
    if (is_rejection(outcome)) {
      write_rejected(item, outcome);
    } else {
      summary_.take(item.reading.event_time);
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
    for (const Outputs::Second& second : outputs_.seconds)
      files_.add_states(outputs_, second);
    for (const auto& [venue, alert] : outputs_.alerts)
      files_.add_alert(*venue, alert);
    outputs_.clear();
  }

  void write_rejected(const RecordedReadings::Item& item, Outcome reason) {
    std::string place = "\"file\":";
    wire::append_json_string(item.source->file, place);
    place += ",\"line\":" + std::to_string(item.source->line);
    files_.add_rejected({.reason = reason,
                         .message = item.source->refusal ? item.source->message : "",
                         .place = std::move(place),
                         .index = item.index,
                         .raw = item.source->raw});
  }

  const ReplaySummary& summary() {
    summary_.venue_id = venue_->id;
    summary_.venue_version = venue_->version;
    const auto totals = shard_.sensor_totals(venue_->id);
    for (std::size_t i = 0; i < totals.size(); ++i) {
      const std::string& id = venue_->sensors[i].id;
      summary_.sensors.push_back({.id = id, .totals = totals[i], .outcomes = oddities_[id]});
    }
    return summary_;
  }

  std::shared_ptr<const Venue> venue_;
  RecordedReadings readings_;
  ReplayFiles files_;

  Shard shard_;
  Outputs outputs_;
  ReplaySummary summary_;
  std::map<std::string, std::map<std::string, std::uint64_t>, std::less<>> oddities_;
  EventTime now_{};
  bool ticked_ = false;
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
