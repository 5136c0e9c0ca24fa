// VenueEngine: how readings are checked, and placed among what is known.

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/fetch_early.h"
#include "engine/reading_limits.h"
#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

// A stamp that is further ahead of the clock than this, and can still be believed, is taken at the
// present.
constexpr Span kSkew = std::chrono::seconds{2};
// So many readings are looked up together, so that memory answers for all of them at once.
constexpr std::size_t kTogether = 32;
// So many readings before it is applied, what a sensor points to is fetched.
constexpr std::size_t kAhead = 8;

EventTime as_event_time(WallTime t) { return EventTime{t.time_since_epoch()}; }

bool is_sane(double stddev) { return stddev >= 0 && stddev <= kMostStddev; }

std::int64_t thousandths(double value) { return std::llround(value * 1000); }

}  // namespace

void VenueEngine::apply(std::span<const Reading> readings, std::span<Outcome> outcomes,
                        WallTime now, Outputs& out) {
  now_ = now;
  // While some are applied, what the next will need is on its way: few things at a time, because no
  // more can be.
  std::array<std::uint32_t, kTogether> sensors{};
  std::array<std::uint32_t, kTogether> next{};
  const auto from = [&](std::size_t first) {
    const auto rest = readings.subspan(std::min(first, readings.size()));
    return rest.first(std::min(kTogether, rest.size()));
  };
  find(from(0), next);
  for (std::size_t i = 0; i < from(0).size(); ++i)
    prefetch(next[i]);
  for (std::size_t first = 0; first < readings.size(); first += kTogether) {
    sensors = next;
    const std::span<const Reading> some = from(first);
    const std::span<const Reading> later = from(first + kTogether);
    find(later, next);
    for (std::size_t i = 0; i < std::min(kAhead, some.size()); ++i)
      prefetch_places(sensors[i]);
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (i + kAhead < some.size()) prefetch_places(sensors[i + kAhead]);
      if (i < later.size()) prefetch(next[i]);
      Outcome& outcome = outcomes[first + i];
      if (sensors[i] == IdIndex::kNone) {
        outcome = Outcome::kUnknownSensor;
      } else if (apply_plain(sensors[i], some[i])) {
        outcome = Outcome::kApplied;
      } else {
        outcome = apply_to(sensors[i], some[i], out);
      }
    }
  }
}

// Whoever gathers readings does it in the same order again and again: after a sensor comes, mostly,
// the one that came after it last time. From the first that does not on, the index is asked; and
// fewer are guessed the next time, so that what has no order costs little more.
void VenueEngine::find(std::span<const Reading> readings, std::span<std::uint32_t> sensors) {
  if (readings.empty()) return;
  const std::size_t guesses = std::min(readings.size(), guesses_);
  SensorIndex next = latest_;
  for (std::size_t i = 0; i < guesses; ++i) {
    sensors[i] = next = followed_by_[next];
    sensor_by_id_.prefetch(next);
  }
  const auto is_right = [&](std::size_t i) {
    const std::string_view id = readings[i].sensor_id;
    return sensor_by_id_.is(sensors[i], id, IdIndex::Key(id));
  };
  std::size_t right = 0;
  while (right < guesses && is_right(right))
    ++right;
  if (right < guesses) guesses_ = 0;
  guesses_ = std::min(kTogether, std::max(guesses_, 2 * right + 1));
  if (right > 0) latest_ = sensors[right - 1];
  if (right == readings.size()) return;

  std::array<IdIndex::Key, kTogether> keys;
  for (std::size_t i = right; i < readings.size(); ++i) {
    keys[i] = IdIndex::Key(readings[i].sensor_id);
    sensor_by_id_.prefetch(keys[i]);
  }
  for (std::size_t i = right; i < readings.size(); ++i) {
    sensors[i] = sensor_by_id_.find(readings[i].sensor_id, keys[i]);
    if (sensors[i] == IdIndex::kNone) continue;
    latest_ = followed_by_[latest_] = sensors[i];
  }
}

void VenueEngine::prefetch(SensorIndex sensor) const {
  if (sensor == IdIndex::kNone) return;
  const SensorWork& work = sensors_[sensor];
  fetch_early(&work);
  fetch_early(&work.anything);
}

void VenueEngine::prefetch_places(SensorIndex sensor) const {
  if (sensor == IdIndex::kNone) return;
  const SensorWork& work = sensors_[sensor];
  work.memory.prefetch_newest();
  work.memory.prefetch_oldest();
  if (work.flows) opening_groups_[work.opening_place.group].prefetch(work.opening_place.column);
  for (const ZoneIndex zone : work.feeds) {
    if (zone == kOutside) continue;
    slices(zone).prefetch(column(zone));
    fetch_early(&news_[zone]);
  }
}

bool VenueEngine::apply_plain(SensorIndex index, const Reading& reading) {
  const auto* delta = std::get_if<CountDelta>(&reading.statement);
  SensorWork& sensor = sensors_[index];
  if (delta == nullptr || !sensor.counts_plainly || sensor.feeds_gauged || sensor.feeds_watched) {
    return false;
  }
  const EventTime time = reading.event_time;
  // First, because with what is out of range, or before the first second, nothing can be computed.
  if (time < head_start_ || time - head_start_ >= std::chrono::seconds{1} ||
      reading.interval < Span{0} || reading.interval > kLongestInterval) {
    return false;
  }
  const EventTime start = time - reading.interval;
  const EventTime open_since =
      head_start_ - std::chrono::seconds{std::min<std::int64_t>(1, plan_.lateness_s) + 1};
  if (start < open_since || time > as_event_time(now_) + kSkew ||
      head_ - 2 <= latest_venue_count_) {
    return false;
  }
  if (!sensor.anything.is_next(start, sensor.allowed_s) ||
      !sensor.flow.is_next(start, sensor.allowed_s)) {
    return false;
  }
  const ShortSpread spread =
      short_spread(crossing_of(sensor,
                               {.start = start,
                                .entries = static_cast<std::int64_t>(delta->entries),
                                .exits = static_cast<std::int64_t>(delta->exits)},
                               time),
                   head_);
  if (spread.seconds == 0 ||
      !sensor.memory.add_plain_count(time, reading.interval, reading.sequence, reading.boot_id,
                                     delta->entries, delta->exits)) {
    return false;
  }
  sensor.anything.hear_next(time);
  sensor.flow.hear_next(time);
  sensor.clock_ahead = false;
  venue_time_ = std::max(venue_time_, time);
  frontier_ = std::max(frontier_, time);
  if (start == time) told_until_ = std::max(told_until_, head_ + 1);
  ++sensor.readings;
  sensor.entered += spread.entered[0] + spread.entered[1];
  sensor.left += spread.left[0] + spread.left[1];
  put_short_flow(sensor, spread);
  return true;
}

Outcome VenueEngine::apply_to(SensorIndex index, const Reading& reading, Outputs& out) {
  Taken taken;
  if (const auto refused = check(index, reading, taken)) return *refused;
  std::optional<ReadingMemory::Known> known;
  const Outcome outcome = place(index, taken, known);
  if (outcome == Outcome::kDuplicate || is_rejection(outcome)) return outcome;

  // The seconds before the one that the reading falls into speak without it.
  const bool speaks = move_to(taken.time, out);
  frontier_ = std::max(frontier_, taken.time);
  taken.late = outcome == Outcome::kLateApplied;
  if (!taken.late) reach_back_to(second_of(taken.time));
  hear(index, taken);
  SensorWork& sensor = sensors_[index];
  if (known) {
    take_back(index, *known, taken);
  } else {
    note_numbering(index, sensor.memory.add(taken));
  }
  ++sensor.readings;
  put(index, taken);

  if (speaks) speak(out);
  judge_present_of(index, taken, out);
  return outcome;
}

std::optional<Outcome> VenueEngine::check(SensorIndex sensor, const Reading& reading,
                                          Taken& taken) const {
  if (reading.event_time < kEarliestEvent || reading.event_time > kLatestEvent ||
      reading.interval < Span{0} || reading.interval > kLongestInterval ||
      reading.event_time - reading.interval < kEarliestEvent) {
    return Outcome::kImpossible;
  }
  taken.sequence = reading.sequence;
  taken.boot_id = reading.boot_id;
  taken.stamp = reading.event_time;
  taken.time = reading.event_time;
  taken.interval = reading.interval;
  if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
    if (const auto refused = read_anchor(sensor, *anchor, taken)) return refused;
  } else if (sensor == anybody()) {
    return Outcome::kUnknownSensor;
  } else if (!read_statement(sensor, reading, taken)) {
    return Outcome::kImpossible;
  }

  const EventTime present = as_event_time(now_);
  if (reading.event_time > present + kMostAhead) return Outcome::kFuture;
  if (reading.event_time > present + kSkew) taken.time = present;
  return std::nullopt;
}

bool VenueEngine::read_statement(SensorIndex sensor, const Reading& reading, Taken& taken) const {
  const CountKind counts = sensors_[sensor].counts;
  if (const auto* delta = std::get_if<CountDelta>(&reading.statement)) {
    taken.kind = StatementKind::kCountDelta;
    taken.first = static_cast<std::int64_t>(delta->entries);
    taken.second = static_cast<std::int64_t>(delta->exits);
    return counts == CountKind::kDelta && delta->entries <= kMostPeople &&
           delta->exits <= kMostPeople && read_people(sensor, reading, taken);
  }
  if (const auto* total = std::get_if<CountTotal>(&reading.statement)) {
    const auto& bits = venue_->sensors[sensor].bits;
    const std::uint64_t most = bits ? (std::uint64_t{1} << *bits) - 1 : kMostOfRegister;
    taken.kind = StatementKind::kCountTotal;
    taken.first = static_cast<std::int64_t>(total->entries);
    taken.second = static_cast<std::int64_t>(total->exits);
    return counts == CountKind::kTotal && total->entries <= most && total->exits <= most;
  }
  if (const auto* occupancy = std::get_if<Occupancy>(&reading.statement)) {
    const Sensor& what = venue_->sensors[sensor];
    if (!is_sane(occupancy->stddev)) return false;
    taken.kind = StatementKind::kOccupancy;
    taken.first = static_cast<std::int64_t>(occupancy->people);
    taken.second = thousandths(occupancy->stddev);
    taken.capped = (occupancy->capped_at != 0 && occupancy->people >= occupancy->capped_at) ||
                   (what.capped_at && taken.first >= *what.capped_at);
    return counts == CountKind::kOccupancy && occupancy->people <= kMostPeople;
  }
  if (const auto* motion = std::get_if<Motion>(&reading.statement)) {
    const bool sane = motion->mean_speed >= 0 && motion->mean_speed <= kMostSpeed &&
                      motion->velocity_variance >= 0 &&
                      motion->velocity_variance <= kMostSpeed * kMostSpeed;
    if (counts != CountKind::kMotion || !sane) return false;
    taken.kind = StatementKind::kMotion;
    taken.first = thousandths(motion->mean_speed);
    taken.second = std::llround(motion->velocity_variance * 1e6);
    return true;
  }
  if (const auto* access = std::get_if<Access>(&reading.statement)) {
    taken.kind = StatementKind::kAccess;
    taken.first = static_cast<std::int64_t>(access->admitted);
    taken.second = static_cast<std::int64_t>(access->refused);
    return counts == CountKind::kAccess && access->admitted <= kMostPeople &&
           access->refused <= kMostReasons * kMostPeople && read_people(sensor, reading, taken);
  }
  taken.kind = StatementKind::kHeartbeat;
  return std::holds_alternative<Heartbeat>(reading.statement);
}

// People who crossed, against the rate that is possible.
bool VenueEngine::read_people(SensorIndex sensor, const Reading& reading, Taken& taken) const {
  if (!sensors_[sensor].has_rates) return true;
  const Sensor& what = venue_->sensors[sensor];
  return within_rate(what, reading.interval, static_cast<std::uint64_t>(taken.first)) &&
         (taken.kind == StatementKind::kAccess ||
          within_rate(what, reading.interval, static_cast<std::uint64_t>(taken.second)));
}

std::optional<Outcome> VenueEngine::read_anchor(SensorIndex sensor, const Anchor& anchor,
                                                Taken& taken) const {
  if (anchor.people > kMostPeople || !is_sane(anchor.stddev)) return Outcome::kImpossible;
  taken.kind = StatementKind::kAnchor;
  taken.first = static_cast<std::int64_t>(anchor.people);
  taken.second = thousandths(anchor.stddev);
  if (!anchor.zone_id.empty()) {
    const auto zone = zone_by_id_.find(anchor.zone_id);
    if (!zone) return Outcome::kUnknownSensor;
    taken.zone = *zone;
  } else if (venue_->zones.size() == 1) {
    taken.zone = 0;
  }
  // A sensor answers for the zones that it feeds only.
  if (sensor != anybody() && (taken.zone == kOutside || !feeds(sensor, taken.zone))) {
    return Outcome::kImpossible;
  }
  return std::nullopt;
}

bool VenueEngine::within_rate(const Sensor& sensor, Span interval, std::uint64_t people) const {
  if (!sensor.max_rate_per_minute) return true;
  // A rate is no bound on one instant: one person more than the span allows may just have crossed.
  const double minutes = std::chrono::duration<double, std::ratio<60>>(interval).count();
  return static_cast<double>(people) <= 1.0 + std::ceil(*sensor.max_rate_per_minute * minutes);
}

Outcome VenueEngine::place(SensorIndex index, const Taken& taken,
                           std::optional<ReadingMemory::Known>& known) const {
  const SensorWork& sensor = sensors_[index];
  if (!sensor.memory.is_next(taken)) known = sensor.memory.find(taken);
  const Span reach = plan_.reach(rest_[index].longest_every_s);
  const auto in_reach = [&](const Taken& reading) {
    return !started_ || venue_time_ - reading.time <= reach;
  };
  if (known) {
    if (known->taken.same_content(taken)) return Outcome::kDuplicate;
    const bool possible = !known->taken.late && in_reach(known->taken) && in_reach(taken);
    return possible ? Outcome::kRevised : Outcome::kLate;
  }
  // What speaks of a time that its sensor had not spoken of cannot be a repeat.
  const auto new_flow = [&] {
    return sensor.flows && taken.kind != StatementKind::kHeartbeat &&
           taken.kind != StatementKind::kAnchor &&
           sensor.flow.said_nothing_about(taken.time, pauses_of(index, kFlow));
  };
  if (in_reach(taken)) {
    const bool remembered = taken.stamp > sensor.memory.forgotten_until();
    return remembered || new_flow() ? Outcome::kApplied : Outcome::kLate;
  }
  return new_flow() ? Outcome::kLateApplied : Outcome::kLate;
}

void VenueEngine::hear(SensorIndex index, const Taken& taken) {
  SensorWork& sensor = sensors_[index];
  if (!sensor.anything.ever() || taken.time >= sensor.anything.last()) {
    sensor.clock_ahead = taken.time != taken.stamp;
  }
  EventTime start = taken.time - taken.interval;
  sensor.anything.hear(start, taken.time, sensor.allowed_s, pauses_of(index, kAnything));
  if (sensor.flows && taken.kind != StatementKind::kHeartbeat &&
      taken.kind != StatementKind::kAnchor) {
    if (taken.kind == StatementKind::kCountTotal) {
      // A register has counted since it was read last.
      const auto before = sensor.memory.neighbours_of(taken).before;
      start = before ? before->time : taken.time;
    }
    sensor.flow.hear(start, taken.time, sensor.allowed_s, pauses_of(index, kFlow));
  }
  // No window that ends later has closed.
  if (!taken.late && start > start_of_second(head_ - plan_.lateness_s - 1)) return;
  for (const ZoneIndex zone : sensor.feeds) {
    if (zone == kOutside) continue;
    // A window that closed while nothing had been heard of it may not be stale after all.
    reopen(zone, second_of(std::min(start, taken.time - Span{1})));
    if (!taken.late) continue;
    News& news = news_[zone];
    if (news.correcting_since == kNothing) news.correcting_since = head_;
    news.corrected_at = head_;
  }
}

void VenueEngine::note_numbering(SensorIndex sensor, const ReadingMemory::Added& added) {
  const auto count = [&](Oddity oddity, std::int64_t times) {
    std::uint32_t& counted = rest_[sensor].oddities[static_cast<std::size_t>(oddity)];
    counted = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(counted + times, 0, std::numeric_limits<std::uint32_t>::max()));
  };
  if (added.rebooted) count(Oddity::kReboot, 1);
  if (added.skipped != 0) count(Oddity::kSequenceGap, added.skipped);
}

}  // namespace crowdflow
