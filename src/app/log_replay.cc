#include "app/log_replay.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/command_line.h"
#include "app/journalled_log.h"
#include "app/progress_bar.h"
#include "app/replay_files.h"
#include "app/verification_report.h"
#include "log/log.h"
#include "processor/records_to_commit.h"
#include "processor/reproduction.h"
#include "processor/verification.h"
#include "wire/json.h"

namespace crowdflow::app {
namespace {

using processor::EventRange;
using processor::PartitionWork;
using processor::Reproduction;
using processor::Verification;

// What is stamped further ahead of the clock is refused.
constexpr Span kFuture = std::chrono::seconds{60};

using SensorTotalsById = std::map<std::string, SensorTotals, std::less<>>;

// Follows one venue through a reproduction and writes what a replay writes.
class VenueRecorder final : public processor::ReproductionObserver {
 public:
  // `files`: nullptr when none are wanted.
  // `now`: of the last tick that the state it begins with has taken.
  VenueRecorder(std::string venue_id, EventRange range, WallTime now, ReplayFiles* files)
      : venue_id_(std::move(venue_id)),
        range_(range),
        files_(files),
        now_(EventTime{now.time_since_epoch()}) {}

  void before_record(const Readings& readings, const PartitionWork& work) override {
    if (!readings || range_.everything()) return;
    for (const Reading& reading : *readings) {
      // What is stamped further ahead is refused, and begins nothing.
      if (reading.venue_id != venue_id_ || reading.event_time > now_ + kFuture) continue;
      if (!at_from_ && reading.event_time >= range_.from) at_from_ = totals(work);
      if (!at_to_ && reading.event_time >= range_.to) at_to_ = totals(work);
    }
  }

  void after_record(const log::Record& record, const Readings& readings,
                    const PartitionWork& work) override {
    if (!readings) {
      const wire::Refusal& refusal = readings.error();
      // Before the first reading, the earliest time of all.
      const EventTime at = work.venue_time(venue_id_).value_or(EventTime::min());
      if (record.key != venue_id_ || !range_.holds(at)) return;
      summary_.accounting.consumed += refusal.readings;
      for (std::size_t i = 0; i < refusal.readings; ++i)
        summary_.accounting.count(refusal.reason);
      reject(record, 0, refusal.reason, refusal.message);
      return;
    }
    for (std::uint32_t i = 0; i < readings->size(); ++i) {
      const Reading& reading = (*readings)[i];
      if (reading.venue_id == venue_id_ && range_.holds(reading.event_time)) {
        count(record, reading, i, work.outcomes()[i]);
      }
    }
  }

  void after_tick(const Tick& tick, const PartitionWork&) override {
    now_ = EventTime{tick.now.time_since_epoch()};
  }

  void after_venue(const wire::VenueFile& file, const std::shared_ptr<const Venue>& venue,
                   const PartitionWork&) override {
    if (file.venue_id == venue_id_) venue_ = venue;
  }

  // Once for each page.
  void say(const Outputs& outputs) {
    if (files_ == nullptr) return;
    for (const Outputs::Second& second : outputs.seconds) {
      if (second.venue->id == venue_id_ && range_.holds(second.venue_time)) {
        files_->add_states(outputs, second);
      }
    }
    for (const auto& [venue, alert] : outputs.alerts) {
      if (venue->id == venue_id_ && range_.holds(alert.event_time))
        files_->add_alert(*venue, alert);
    }
  }

  // False: the journal has no file of the venue.
  [[nodiscard]] bool seen() const { return venue_ != nullptr; }

  void write_summary(const PartitionWork& work) {
    if (files_ == nullptr) return;
    summary_.venue_id = venue_id_;
    summary_.venue_version = venue_->version;
    const SensorTotalsById to = at_to_ ? *at_to_ : totals(work);
    // Of a time that no reading has reached, nothing was taken.
    const SensorTotalsById from = range_.everything() ? SensorTotalsById{} : at_from_.value_or(to);
    for (const Sensor& sensor : venue_->sensors) {
      SensorTotals said{};
      if (const auto known = to.find(sensor.id); known != to.end()) said = known->second;
      const auto before = from.find(sensor.id);
      if (before != from.end()) subtract(before->second, said);
      summary_.sensors.push_back(
          {.id = sensor.id, .totals = said, .outcomes = outcomes_[sensor.id]});
    }
    files_->write(summary_);
  }

 private:
  static void subtract(const SensorTotals& before, SensorTotals& totals) {
    totals.readings -= before.readings;
    totals.entries -= before.entries;
    totals.exits -= before.exits;
    for (std::size_t i = 0; i < kOddityCount; ++i)
      totals.oddities[i] -= before.oddities[i];
  }

  [[nodiscard]] SensorTotalsById totals(const PartitionWork& work) const {
    SensorTotalsById result;
    const auto all = work.shard().sensor_totals(venue_id_);
    for (std::size_t i = 0; venue_ && i < all.size(); ++i)
      result[venue_->sensors[i].id] = all[i];
    return result;
  }

  void count(const log::Record& record, const Reading& reading, std::uint32_t index,
             Outcome outcome) {
    ++summary_.accounting.consumed;
    summary_.accounting.count(outcome);
    if (is_rejection(outcome)) {
      reject(record, index, outcome, {});
    } else {
      summary_.take(reading.event_time);
    }
    if (outcome != Outcome::kApplied && outcome != Outcome::kUnknownSensor) {
      ++outcomes_[std::string(reading.sensor_id)][std::string(name_of(outcome))];
    }
  }

  void reject(const log::Record& record, std::uint32_t index, Outcome reason,
              std::string_view message) {
    if (files_ == nullptr) return;
    std::string place = "\"topic\":";
    wire::append_json_string(record.topic, place);
    place += ",\"partition\":" + std::to_string(record.partition) +
             ",\"offset\":" + std::to_string(record.offset);
    files_->add_rejected({.reason = reason,
                          .message = message,
                          .place = std::move(place),
                          .index = index,
                          .raw = record.value});
  }

  const std::string venue_id_;
  const EventRange range_;
  ReplayFiles* const files_;
  std::shared_ptr<const Venue> venue_;
  EventTime now_;  // by the last tick
  ReplaySummary summary_;
  std::map<std::string, std::map<std::string, std::uint64_t>, std::less<>> outcomes_;
  // Before the first reading that is stamped so.
  std::optional<SensorTotalsById> at_from_;
  std::optional<SensorTotalsById> at_to_;
};

// The comparisons of both topics, when they are wanted.
class Verifications {
 public:
  Result<void> open(log::Log& log, const processor::ProcessorOptions& options,
                    const JournalledVenue& at, EventRange range,
                    const processor::ReproductionStart& start) {
    std::optional<std::int64_t> said_after;
    if (start.said_after) said_after = processor::place_of(*start.said_after);
    const auto letters = log.partition_count(options.topics.dead_letters);
    if (!letters) return tl::unexpected(letters.error());
    others_.dead_letters = *letters;
    struct Compared {
      log::PartitionId at;
      std::optional<std::int64_t> said_after;
      Verification::Look look;
    };
    for (const Compared& each :
         {Compared{.at = {options.topics.zone_states, at.partition},
                   .said_after = said_after,
                   .look = processor::look_for_states(at.id, range)},
          Compared{.at = {options.topics.alerts, at.partition},
                   .said_after = said_after,
                   .look = processor::look_for_alerts(at.id, range)},
          Compared{
              .at = {options.topics.dead_letters, at.partition % *letters},
              .said_after = start.readings_from - 1,
              .look = processor::look_for_dead_letters(options.topics.readings, at.partition)}}) {
      auto opened = Verification::open(log, options, each.at, each.said_after, each.look);
      if (!opened) return tl::unexpected(opened.error());
      all_.push_back(std::move(*opened));
    }
    return {};
  }
  Result<void> fix_end() {
    for (Verification& each : all_) {
      if (auto done = each.fix_end(); !done) return done;
    }
    return {};
  }
  Result<void> expect(const Reproduction::Page& page, const log::TopicNames& topics) {
    if (all_.empty()) return {};
    if (!page.configuration_known) {
      letters_untold_until_ = page.hand_over.position;
      all_.back().pass_over(page.hand_over.position - 1);
    }
    return processor::write_records(
        page.hand_over, topics, others_,
        [&](const std::string& topic, std::int32_t, const processor::OutRecord& record) {
          for (Verification& each : all_) {
            if (each.at().topic == topic) return each.expect(record, page.journal_offset);
          }
          return Result<void>{};
        });
  }
  Result<void> finish() {
    for (Verification& each : all_) {
      if (auto done = each.finish(); !done) return done;
    }
    return {};
  }
  [[nodiscard]] const std::vector<Verification>& all() const { return all_; }
  // Before this offset of `readings`, an earlier version's journal does not give dead letters
  // again.
  [[nodiscard]] std::optional<std::int64_t> letters_untold_until() const {
    return letters_untold_until_;
  }

 private:
  processor::OtherPartitions others_;
  std::vector<Verification> all_;  // the last one is of dead letters
  std::optional<std::int64_t> letters_untold_until_;
};

class LogReplay {
 public:
  LogReplay(log::Log& log, const processor::ProcessorOptions& options, std::string venue_id,
            EventRange range)
      : log_(log), options_(options), venue_{.id = std::move(venue_id)}, range_(range) {}

  // False: what was committed is not what follows from the journal.
  Result<bool> run(const std::string& out, bool verify) {
    auto partition = find_home(log_, options_, venue_.id);
    if (!partition) return tl::unexpected(partition.error());
    venue_.partition = *partition;
    auto start = find_start();
    if (!start) return tl::unexpected(start.error());
    if (start->said_after) {
      std::fprintf(stderr,
                   "what was said up to %s is not reproduced: the journal that is kept begins "
                   "there\n",
                   to_rfc3339(*start->said_after).c_str());
    }
    std::fprintf(stderr, "from %s partition %d offset %lld on\n", options_.topics.journal.c_str(),
                 venue_.partition, static_cast<long long>(start->journal_from));
    Verifications verifications;
    if (verify) {
      auto opened = verifications.open(log_, options_, venue_, range_, *start);
      if (!opened) return tl::unexpected(opened.error());
    }
    std::optional<ReplayFiles> files;
    if (!out.empty()) files.emplace(out);
    VenueRecorder recorder(venue_.id, range_, start->work->shard().now(),
                           files ? &*files : nullptr);
    auto done = redo(std::move(*start), recorder, verifications);
    if (!done) return tl::unexpected(done.error());
    if (files) {
      if (auto closed = files->close(); !closed) return tl::unexpected(closed.error());
      std::fprintf(stderr, "%llu states, %llu alert transitions\n",
                   static_cast<unsigned long long>(files->states()),
                   static_cast<unsigned long long>(files->alerts()));
    }
    if (const auto until = verifications.letters_untold_until()) {
      std::fprintf(stderr,
                   "dead letters of readings before offset %lld are not compared: the journal of "
                   "that version does not say which venues were configured\n",
                   static_cast<long long>(*until));
    }
    return !verify || report(verifications.all(), options_.topics);
  }

 private:
  // Nothing that is asked for has been taken: a reading may be stamped ahead of the clock.
  [[nodiscard]] bool lies_before(const PartitionWork& work) const {
    const auto venue_time = work.venue_time(venue_.id);
    return !venue_time || *venue_time + kFuture < range_.from;
  }
  Result<processor::ReproductionStart> find_start() {
    if (range_.from == EventTime::min()) {
      return processor::find_earliest_start(log_, options_, venue_.partition);
    }
    auto start = processor::find_latest_start(
        log_, options_, venue_.partition, std::nullopt,
        [this](const PartitionWork& work) { return lies_before(work); });
    // What was said before it is not of the time that is asked for. (A life that begins with
    // nothing does not know what was said before.)
    if (start && !start->work->in_force().empty() && lies_before(*start->work)) {
      start->said_after.reset();
    }
    return start;
  }
  Result<void> redo(processor::ReproductionStart start, VenueRecorder& recorder,
                    Verifications& verifications) {
    const auto end =
        processor::find_decided_end(log_, options_, {options_.topics.journal, venue_.partition});
    if (!end) return tl::unexpected(end.error());
    if (auto fixed = verifications.fix_end(); !fixed) return fixed;
    const std::int64_t begin = start.journal_from;
    auto reproduction = Reproduction::open(log_, options_, std::move(start), recorder);
    if (!reproduction) return tl::unexpected(reproduction.error());
    ProgressBar bar("replay");
    while (true) {
      const auto page = reproduction->next(*end);
      if (!page) return tl::unexpected(page.error());
      if (*page == nullptr) break;
      recorder.say((*page)->hand_over.pending.outputs);
      if (auto done = verifications.expect(**page, options_.topics); !done) return done;
      bar.show(static_cast<std::uint64_t>((*page)->journal_offset - begin),
               static_cast<std::uint64_t>(*end - begin), "journal");
    }
    bar.finish();
    if (!recorder.seen()) return unknown_venue(log_, options_, venue_.id);
    recorder.write_summary(reproduction->work());
    return verifications.finish();
  }

  log::Log& log_;
  const processor::ProcessorOptions& options_;
  JournalledVenue venue_;
  const EventRange range_;
};

}  // namespace

int replay_log(const LogReplayOptions& options) {
  const auto complain = [](const Error& error) {
    std::fprintf(stderr, "crowdflow replay: %s\n", error.message.c_str());
    return kFailed;
  };
  EventRange range;
  if (auto read = read_time("--from", options.from, range.from); !read) {
    complain(read.error());
    return kWrongUsage;
  }
  if (auto read = read_time("--to", options.to, range.to); !read) {
    complain(read.error());
    return kWrongUsage;
  }
  const auto config = settle(options.log, "crowdflow replay");
  if (!config) return kWrongConfig;
  if (!options.out.empty()) {
    std::error_code refused;
    std::filesystem::create_directories(options.out, refused);
    if (refused) return complain({ErrorCode::kIo, options.out + ": " + refused.message()});
  }
  auto log = JournalledLog::connect(*config);
  if (!log) return complain(log.error());
  LogReplay run(log->log(), log->options(), options.venue_id, range);
  const auto same = run.run(options.out, options.verify);
  if (!same) return complain(same.error());
  return *same ? 0 : kFailed;
}

}  // namespace crowdflow::app
