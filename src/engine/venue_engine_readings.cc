// VenueEngine: how readings are checked, placed among what is known, and take effect.

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

constexpr std::uint64_t kMostPeople = 1'000'000;
constexpr Span kLongestInterval = std::chrono::hours{24};
// A stamp further ahead of the clock than this is not believed; one less far ahead than that is
// taken at the present.
constexpr Span kFuture = std::chrono::seconds{60};
constexpr Span kSkew = std::chrono::seconds{2};

EventTime as_event_time(WallTime t) { return EventTime{t.time_since_epoch()}; }

bool is_flow(StatementKind kind) { return kind == StatementKind::kCountDelta; }

}  // namespace

Outcome VenueEngine::apply(const Reading& reading, WallTime now, Outputs& out) {
  now_ = now;
  Candidate candidate;
  if (const auto refused = check(reading, now, candidate)) return *refused;
  SensorWork& sensor = sensors_[candidate.sensor];
  Taken& taken = candidate.taken;

  Taken* known = nullptr;
  const Outcome outcome = place(sensor, taken, known);
  if (outcome == Outcome::kDuplicate || is_rejection(outcome)) return outcome;

  // The seconds before the one that the reading falls into speak without it.
  const bool speaks = move_to(taken.time, out);
  frontier_ = std::max(frontier_, taken.time);
  taken.late = outcome == Outcome::kLateApplied;
  if (!taken.late) reach_back_to(second_of(taken.time));
  hear(sensor, taken);
  if (outcome == Outcome::kRevised) {
    const Taken before = *known;
    sensor.memory.replace(*known, taken);
    put(candidate.sensor, before, -1);
    count(candidate.sensor, before, -1);
  } else {
    sensor.memory.add(taken);
  }
  put(candidate.sensor, taken, 1);
  count(candidate.sensor, taken, 1);

  if (speaks) speak(out);
  judge_present_of(candidate.sensor, taken, out);
  return outcome;
}

std::optional<Outcome> VenueEngine::check(const Reading& reading, WallTime now,
                                          Candidate& candidate) const {
  const auto found = sensor_by_id_.find(reading.sensor_id);
  if (found == sensor_by_id_.end()) return Outcome::kUnknownSensor;
  candidate.sensor = found->second;
  if (reading.event_time < kEarliestEvent || reading.event_time > kLatestEvent ||
      reading.interval < Span{0} || reading.interval > kLongestInterval ||
      reading.event_time - reading.interval < kEarliestEvent) {
    return Outcome::kImpossible;
  }
  Taken& taken = candidate.taken;
  taken.sequence = reading.sequence;
  taken.boot_id = reading.boot_id;
  taken.stamp = reading.event_time;
  taken.time = reading.event_time;
  taken.interval = reading.interval;
  if (const auto refused = check_statement(reading, candidate)) return refused;

  const EventTime present = as_event_time(now);
  if (reading.event_time > present + kFuture) return Outcome::kFuture;
  if (reading.event_time > present + kSkew) taken.time = present;
  return std::nullopt;
}

std::optional<Outcome> VenueEngine::check_statement(const Reading& reading,
                                                    Candidate& candidate) const {
  Taken& taken = candidate.taken;
  if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
    return check_anchor(*anchor, candidate);
  }
  if (candidate.sensor >= venue_->sensors.size()) return Outcome::kUnknownSensor;
  const Sensor& sensor = venue_->sensors[candidate.sensor];

  if (const auto* delta = std::get_if<CountDelta>(&reading.statement)) {
    if (sensor.counts != CountKind::kDelta || delta->entries > kMostPeople ||
        delta->exits > kMostPeople || !within_rate(sensor, reading.interval, delta->entries) ||
        !within_rate(sensor, reading.interval, delta->exits)) {
      return Outcome::kImpossible;
    }
    taken.kind = StatementKind::kCountDelta;
    taken.first = static_cast<std::int64_t>(delta->entries);
    taken.second = static_cast<std::int64_t>(delta->exits);
    return std::nullopt;
  }
  if (const auto* occupancy = std::get_if<Occupancy>(&reading.statement)) {
    if (sensor.counts != CountKind::kOccupancy || occupancy->people > kMostPeople ||
        !(occupancy->stddev >= 0) || std::isinf(occupancy->stddev)) {
      return Outcome::kImpossible;
    }
    taken.kind = StatementKind::kOccupancy;
    taken.first = static_cast<std::int64_t>(occupancy->people);
    const std::int64_t file_cap = sensor.capped_at.value_or(0);
    taken.capped = (occupancy->capped_at != 0 && occupancy->people >= occupancy->capped_at) ||
                   (file_cap != 0 && taken.first >= file_cap);
    return std::nullopt;
  }
  if (std::holds_alternative<Heartbeat>(reading.statement)) {
    taken.kind = StatementKind::kHeartbeat;
    return std::nullopt;
  }
  return std::holds_alternative<std::monostate>(reading.statement) ? Outcome::kImpossible
                                                                   : Outcome::kImpossible;
}

std::optional<Outcome> VenueEngine::check_anchor(const Anchor& anchor, Candidate& candidate) const {
  if (anchor.people > kMostPeople || !(anchor.stddev >= 0) || std::isinf(anchor.stddev)) {
    return Outcome::kImpossible;
  }
  Taken& taken = candidate.taken;
  taken.kind = StatementKind::kAnchor;
  taken.first = static_cast<std::int64_t>(anchor.people);
  const bool anonymous = candidate.sensor == venue_->sensors.size();
  if (!anchor.zone_id.empty()) {
    const auto zone = zone_by_id_.find(anchor.zone_id);
    if (zone == zone_by_id_.end()) return Outcome::kUnknownSensor;
    taken.zone = zone->second;
  } else if (venue_->zones.size() == 1) {
    taken.zone = 0;
  } else if (anchor.people > 0) {
    // How many of a venue's people are in which zone, one number does not tell; none it does.
    return Outcome::kImpossible;
  }
  // A sensor answers for the zones that it feeds only.
  if (!anonymous && (taken.zone == kOutside || !feeds(candidate.sensor, taken.zone))) {
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

Outcome VenueEngine::place(SensorWork& sensor, const Taken& taken, Taken*& known) const {
  known = sensor.memory.find(taken);
  const auto in_reach = [&](const Taken& reading) {
    return !started_ || venue_time_ - reading.time <= sensor.reach;
  };
  if (known != nullptr) {
    if (known->same_content(taken)) return Outcome::kDuplicate;
    if (known->late || !in_reach(*known) || !in_reach(taken)) return Outcome::kLate;
    return Outcome::kRevised;
  }
  // What speaks of a time that its sensor had not spoken of cannot be a repeat.
  const bool new_flow = is_flow(taken.kind) && sensor.flow.said_nothing_about(taken.time);
  if (in_reach(taken)) {
    const bool remembered = taken.stamp > sensor.memory.forgotten_until();
    return remembered || new_flow ? Outcome::kApplied : Outcome::kLate;
  }
  return new_flow ? Outcome::kLateApplied : Outcome::kLate;
}

void VenueEngine::hear(SensorWork& sensor, const Taken& taken) {
  if (!sensor.heard.ever() || taken.time >= sensor.heard.last()) {
    sensor.clock_skewed = taken.time != taken.stamp;
  }
  const EventTime start = taken.time - taken.interval;
  sensor.heard.hear(start, taken.time);
  if (is_flow(taken.kind)) sensor.flow.hear(start, taken.time);
  for (const ZoneIndex zone : sensor.zones) {
    if (zone == kOutside) continue;
    // A window that closed while nothing had been heard of it may not be stale after all.
    reopen(zone, second_of(std::min(start, taken.time - Span{1})));
    if (!taken.late) continue;
    News& news = zones_[zone].news;
    if (news.correcting_since == kNothing) news.correcting_since = head_;
    news.corrected_at = head_;
  }
}

void VenueEngine::count(SensorIndex sensor, const Taken& taken, int sign) {
  SensorTotals& totals = sensors_[sensor].totals;
  if (sign > 0) ++totals.readings;
  if (!is_flow(taken.kind)) return;
  const Sensor& what = venue_->sensors[sensor];
  totals.entries += sign * what.people(Direction::kForward, taken.first, taken.second);
  totals.exits += sign * what.people(Direction::kBackward, taken.first, taken.second);
}

Crossing VenueEngine::crossing_of(const Sensor& sensor, const Taken& taken) const {
  return {.start = taken.time - taken.interval,
          .end = taken.time,
          .entered = sensor.people(Direction::kForward, taken.first, taken.second),
          .left = sensor.people(Direction::kBackward, taken.first, taken.second)};
}

Crossing VenueEngine::seen_from(ZoneIndex zone, const Opening& opening, const Crossing& through) {
  if (opening.to == zone) return through;
  return {
      .start = through.start, .end = through.end, .entered = through.left, .left = through.entered};
}

void VenueEngine::put(SensorIndex sensor, const Taken& taken, int sign) {
  switch (taken.kind) {
    case StatementKind::kCountDelta: {
      const Sensor& what = venue_->sensors[sensor];
      put_flow(what, *what.at, taken, sign);
      break;
    }
    case StatementKind::kOccupancy:
      put_gauge(*venue_->sensors[sensor].in, taken.time);
      break;
    case StatementKind::kAnchor:
      for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
        if (taken.zone == kOutside || taken.zone == zone) put_gauge(zone, taken.time);
      }
      break;
    case StatementKind::kCountTotal:
    case StatementKind::kMotion:
    case StatementKind::kAccess:
    case StatementKind::kHeartbeat:
      break;
  }
}

void VenueEngine::put_flow(const Sensor& sensor, OpeningIndex index, const Taken& taken, int sign) {
  const Opening& opening = venue_->openings[index];
  const Crossing crossing = crossing_of(sensor, taken);
  if (crossing.start == crossing.end) {
    told_until_ = std::max(told_until_, second_of(crossing.end) + 1);
  }
  openings_[index].add(crossing, sign);
  for (const ZoneIndex zone : {opening.from, opening.to}) {
    if (zone == kOutside) continue;
    zones_[zone].slices.add(seen_from(zone, opening, crossing), sign);
    touched(zone, second_of(crossing.start));
  }
}

// Which gauge holds for a second is decided anew from all that is remembered, so that it does not
// depend on the order in which gauges came, were revised or were taken back.
void VenueEngine::put_gauge(ZoneIndex zone, EventTime at) {
  ZoneWork& work = zones_[zone];
  const std::int64_t second = second_of_gauge(at);
  if (second < work.slices.tail()) return;
  const Taken* best = nullptr;
  SensorIndex best_sensor = 0;
  // The latest holds; at the same instant the first in the venue file; of one source a person's
  // count before a machine's, that of the zone before that of the venue, the last word.
  const auto rank = [](SensorIndex sensor, const Taken& taken) {
    return std::tuple(taken.time, -static_cast<std::int64_t>(sensor),
                      taken.kind == StatementKind::kAnchor, taken.zone != kOutside, taken.stamp,
                      taken.boot_id, taken.sequence);
  };
  const auto consider = [&](SensorIndex sensor, const Taken& taken) {
    const bool here = taken.kind == StatementKind::kOccupancy
                          ? venue_->sensors[sensor].in == zone
                          : taken.kind == StatementKind::kAnchor &&
                                (taken.zone == zone || taken.zone == kOutside);
    if (!here || second_of_gauge(taken.time) != second) return;
    if (best != nullptr && rank(sensor, taken) < rank(best_sensor, *best)) return;
    best = &taken;
    best_sensor = sensor;
  };
  for (const SensorIndex sensor : work.sensors) {
    sensors_[sensor].memory.for_each([&](const Taken& taken) { consider(sensor, taken); });
  }
  sensors_.back().memory.for_each([&](const Taken& taken) {
    consider(static_cast<SensorIndex>(venue_->sensors.size()), taken);
  });
  if (best == nullptr) {
    work.slices.clear_gauge(second);
  } else {
    const Gauge gauge{.at = best->time, .people = best->first, .capped = best->capped};
    work.slices.set_gauge(gauge, flow_between(zone, gauge.at, start_of_second(second + 1)));
  }
  touched(zone, second);
}

// The zone's change of level during [from, until), by all that is remembered.
std::int64_t VenueEngine::flow_between(ZoneIndex zone, EventTime from, EventTime until) const {
  if (from == until) return 0;
  std::int64_t flow = 0;
  for (const SensorIndex sensor : zones_[zone].sensors) {
    const Sensor& what = venue_->sensors[sensor];
    if (!what.at) continue;
    sensors_[sensor].memory.for_each([&](const Taken& taken) {
      if (!is_flow(taken.kind) || taken.time < from) return;
      const Crossing crossing =
          seen_from(zone, venue_->openings[*what.at], crossing_of(what, taken));
      flow += net_since(crossing, from) - net_since(crossing, until);
    });
  }
  return flow;
}

void VenueEngine::touched(ZoneIndex zone, std::int64_t from) {
  zones_[zone].news.changed_in = head_;
  reopen(zone, from);
}

void VenueEngine::reopen(ZoneIndex zone, std::int64_t second) {
  News& news = zones_[zone].news;
  if (second < news.closed) news.revise_from = std::min(news.revise_from, second);
}

bool VenueEngine::feeds(SensorIndex sensor, ZoneIndex zone) const {
  return std::ranges::find(sensors_[sensor].zones, zone) != sensors_[sensor].zones.end();
}

void VenueEngine::judge_present_of(SensorIndex sensor, const Taken& taken, Outputs& out) {
  if (taken.kind == StatementKind::kAnchor) {
    for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
      if (taken.zone == kOutside || taken.zone == zone) judge_present(zone, out);
    }
    return;
  }
  for (const ZoneIndex zone : sensors_[sensor].zones) {
    if (zone != kOutside) judge_present(zone, out);
  }
}

}  // namespace crowdflow
