#include "processor/explanation.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "processor/cursor.h"
#include "processor/reproduction.h"
#include "processor/reproduction_start.h"
#include "wire/outputs.h"
#include "wire/readings_encoder.h"

namespace crowdflow::processor {
namespace {

constexpr Span kBefore = std::chrono::seconds{30};
constexpr Span kLongestPause = std::chrono::hours{1};
// A reading may be stamped so far ahead of the clock.
constexpr Span kAhead = std::chrono::seconds{60};
// The clock by which an alarm was raised is that of the last tick, which a busy engine had long
// ago; what names the snapshot before it may have been written since.
constexpr Span kUntilNamed = std::chrono::seconds{60};

v1::Reading to_message(const Reading& reading) {
  wire::ReadingsEncoder encoder;
  encoder.begin(reading.venue_id);
  encoder.add(reading);
  v1::ReadingBatch batch;
  if (!wire::parse(encoder.bytes(), batch) || batch.readings().empty()) return {};
  return std::move(*batch.mutable_readings(0));
}

// What an alarm was decided by, as a version of the venue's file says it.
struct Grounds {
  std::uint32_t rule = 0;
  ZoneIndex zone = 0;
  std::set<std::string, std::less<>> sensors;  // of the zone
  EventTime since{};                           // Explanation::since
};

// Nothing: this version has no such rule, or no such zone.
std::optional<Grounds> grounds_of(const v1::Alert& alert, const Venue& venue) {
  const auto rule = std::ranges::find(venue.rules, alert.rule_id(), &Rule::id);
  const auto zone = std::ranges::find(venue.zones, alert.zone_id(), &Zone::id);
  if (rule == venue.rules.end() || zone == venue.zones.end()) return std::nullopt;
  Grounds grounds{.rule = static_cast<std::uint32_t>(rule - venue.rules.begin()),
                  .zone = static_cast<ZoneIndex>(zone - venue.zones.begin())};
  Span pause{0};
  for (const Sensor& sensor : venue.sensors) {
    const bool here = sensor.at ? venue.openings[*sensor.at].from == grounds.zone ||
                                      venue.openings[*sensor.at].to == grounds.zone
                                : sensor.in == grounds.zone;
    if (!here) continue;
    grounds.sensors.insert(sensor.id);
    pause = std::max(pause, sensor.every);
  }
  Span span = rule->on_delay + std::max(kBefore, std::min(pause, kLongestPause));
  if (rule->window) span += std::chrono::seconds{rule->window->size_s};
  grounds.since = wire::event_time(alert.event_time()) - span;
  return grounds;
}

// Whether nothing that is to be told has been taken.
bool lies_before(const v1::Alert& alert, const PartitionWork& work) {
  if (work.shard().now() >= wire::wall_time(alert.raised_at())) return false;
  const auto venue_time = work.venue_time(alert.venue_id());
  if (!venue_time) return true;
  EventTime since = wire::event_time(alert.event_time()) - kLongestPause;
  for (const PartitionWork::InForce& known : work.in_force()) {
    if (known.venue->id != alert.venue_id()) continue;
    if (const auto grounds = grounds_of(alert, *known.venue)) since = grounds->since;
  }
  return *venue_time + kAhead < since;
}

// Watches one zone until its alarm is raised.
class AlarmWatch final : public ReproductionObserver {
 public:
  AlarmWatch(const HeldAlert& held, const ReproductionStart& start)
      : said_after_(start.said_after) {
    found_.held = held;
    found_.tick.now = start.work->shard().now();
    found_.journal_from = start.journal_from;
  }

  void after_record(const log::Record& record, const Readings& readings,
                    const PartitionWork& work) override {
    note_begin(work);
    if (raised_ || !watching_) return;
    look_at_time(work);
    for (std::uint32_t i = 0; readings && i < readings->size(); ++i) {
      const Reading& reading = (*readings)[i];
      if (reading.event_time < found_.since || !touches(reading)) continue;
      found_.statements.push_back({.reading = to_message(reading),
                                   .offset = record.offset,
                                   .index = i,
                                   .outcome = work.outcomes()[i],
                                   .venue_time = found_.venue_time,
                                   .now = found_.tick.now});
    }
    look_for_raise(work, record.offset);
  }

  void after_tick(const Tick& tick, const PartitionWork& work) override {
    note_begin(work);
    if (raised_) return;
    found_.tick = tick;
    if (!watching_) return;
    look_at_time(work);
    look_for_raise(work, std::nullopt);
  }

  void after_venue(const wire::VenueFile& file, const std::shared_ptr<const Venue>& venue,
                   const PartitionWork& work) override {
    const v1::Alert& alert = found_.held.alert;
    if (raised_ || file.venue_id != alert.venue_id()) return;
    note_begin(work);
    found_.file = file;
    found_.venue = venue;
    const auto grounds = grounds_of(alert, *venue);
    watching_ = grounds.has_value();
    if (!watching_) return;
    found_.rule = grounds->rule;
    found_.zone = grounds->zone;
    found_.since = grounds->since;
    sensors_ = grounds->sensors;
    look_for_raise(work, std::nullopt);
  }

  [[nodiscard]] bool raised() const { return raised_; }
  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] Explanation take() {
    if (begun_ >= found_.since) found_.untold_until = said_after_;
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool touches(const Reading& reading) const {
    if (reading.venue_id != found_.venue->id) return false;
    if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
      // Without a zone it is of the whole venue, and so of this one.
      return anchor->zone_id.empty() || anchor->zone_id == found_.venue->zones[found_.zone].id;
    }
    return sensors_.contains(reading.sensor_id);
  }

  void note_begin(const PartitionWork& work) {
    if (!begun_) begun_ = work.venue_time(found_.held.alert.venue_id());
  }

  // Notes where venue time is, and the zone's level when another second has begun.
  void look_at_time(const PartitionWork& work) {
    const auto venue_time = work.venue_time(found_.venue->id);
    if (!venue_time) return;
    const bool begins = second_of(*venue_time) != second_of(found_.venue_time);
    found_.venue_time = *venue_time;
    if (begins && found_.venue_time >= found_.since) note_level(work);
  }

  void note_level(const PartitionWork& work) {
    outputs_.clear();
    work.shard().present(found_.venue->id, outputs_);
    for (const ZoneState& state : outputs_.states) {
      if (state.zone != found_.zone) continue;
      const bool again =
          !found_.levels.empty() && found_.levels.back().venue_time == found_.venue_time;
      Explanation::Level& level = again ? found_.levels.back() : found_.levels.emplace_back();
      level.venue_time = found_.venue_time;
      wire::fill(*found_.venue, state, outputs_.flows, level.state);
    }
  }

  void look_for_raise(const PartitionWork& work, std::optional<std::int64_t> record_offset) {
    const v1::Alert& wanted = found_.held.alert;
    for (const auto& [venue, alert] : work.pending().outputs.alerts) {
      if (alert.occurrence != wanted.occurrence() || alert.sequence != wanted.sequence() ||
          wire::alert_id(*venue, alert) != wanted.alert_id()) {
        continue;
      }
      raised_ = true;
      value_ = encoder_.alert(*venue, alert);
      found_.record_offset = record_offset;
      note_level(work);
      return;
    }
  }

  const std::optional<WallTime> said_after_;
  Explanation found_;
  std::optional<EventTime> begun_;              // the first venue time that was seen
  std::set<std::string, std::less<>> sensors_;  // of the zone
  bool watching_ = false;
  bool raised_ = false;
  std::string value_;
  Outputs outputs_;
  wire::OutputEncoder encoder_;
};

std::string name_of(const v1::Alert& alert) {
  return alert.alert_id() + " occurrence " + std::to_string(alert.occurrence());
}

}  // namespace

Result<AlertSearch> find_raise(log::Log& log, const ProcessorOptions& options,
                               std::int32_t partition, const std::string& venue_id,
                               const std::string& alert_id,
                               std::optional<std::uint64_t> occurrence) {
  const log::PartitionId at{options.topics.alerts, partition};
  const auto held = log.query_bounds(at);
  if (!held) return tl::unexpected(held.error());
  auto alerts = Cursor::open(log, options, at, held->low);
  if (!alerts) return tl::unexpected(alerts.error());
  AlertSearch search;
  std::set<std::string> ids;
  const auto read = alerts->read_until(held->high, [&](const log::Record& record) -> Result<void> {
    HeldAlert found{.offset = record.offset, .value = std::string(record.value)};
    // What somebody else wrote there is no alarm; --verify names it.
    if (!wire::parse(record.value, found.alert) || found.alert.venue_id() != venue_id) return {};
    ids.insert(found.alert.alert_id());
    const bool raise = found.alert.condition_active() && found.alert.sequence() == 1;
    if (found.alert.alert_id() != alert_id || !raise) return {};
    search.occurrences.push_back(found.alert.occurrence());
    if (!occurrence || *occurrence == found.alert.occurrence()) search.raise = std::move(found);
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  search.alert_ids.assign(ids.begin(), ids.end());
  return search;
}

Result<Explanation> explain(log::Log& log, const ProcessorOptions& options, std::int32_t partition,
                            const HeldAlert& held) {
  const WallTime raised_at = wire::wall_time(held.alert.raised_at());
  auto start = find_latest_start(
      log, options, partition, raised_at + kUntilNamed,
      [&held](const PartitionWork& work) { return lies_before(held.alert, work); });
  if (!start) return tl::unexpected(start.error());
  if (start->said_after && raised_at <= *start->said_after) {
    return fail(ErrorCode::kInvalid, name_of(held.alert) + " was raised at " +
                                         to_rfc3339(raised_at) +
                                         ", but the journal that is kept goes back to " +
                                         to_rfc3339(*start->said_after) + " only");
  }
  const auto end = find_decided_end(log, options, {options.topics.journal, partition});
  if (!end) return tl::unexpected(end.error());
  AlarmWatch watch(held, *start);
  auto reproduction = Reproduction::open(log, options, std::move(*start), watch);
  if (!reproduction) return tl::unexpected(reproduction.error());
  const std::string journal = options.topics.journal + " partition " + std::to_string(partition);
  while (true) {
    const auto page = reproduction->next(*end);
    if (!page) return tl::unexpected(page.error());
    if (*page == nullptr) {
      return fail(
          ErrorCode::kNotFound,
          name_of(held.alert) + " is in " + options.topics.alerts + ", at offset " +
              std::to_string(held.offset) + ", but " + journal +
              " does not raise it: it was not written by this engine, or readings are gone");
    }
    if (!watch.raised()) continue;
    if (watch.value() != held.value) {
      return fail(ErrorCode::kInvalid,
                  name_of(held.alert) + ": " + options.topics.alerts + " offset " +
                      std::to_string(held.offset) + " is not what " + journal + " offset " +
                      std::to_string((*page)->journal_offset) +
                      " gives; `crowdflow replay --verify` shows the difference");
    }
    Explanation found = watch.take();
    found.journal_offset = (*page)->journal_offset;
    return found;
  }
}

}  // namespace crowdflow::processor
