// What has to become of readings: by definition, without a memory that ends.

#include <algorithm>
#include <cmath>
#include <utility>

#include "reference.h"

namespace crowdflow::testing {
namespace {

bool over_the_rate(std::uint64_t people, const Reading& reading, const Sensor& sensor) {
  if (!sensor.max_rate_per_minute) return false;
  const double minutes = static_cast<double>(reading.interval.count()) / 60e6;
  return static_cast<double>(people) > 1 + std::ceil(*sensor.max_rate_per_minute * minutes);
}

bool is_possible(const Reading& reading, const Sensor& sensor) {
  if (const auto* delta = std::get_if<CountDelta>(&reading.statement)) {
    return sensor.counts == CountKind::kDelta && !over_the_rate(delta->entries, reading, sensor) &&
           !over_the_rate(delta->exits, reading, sensor);
  }
  if (const auto* access = std::get_if<Access>(&reading.statement)) {
    return sensor.counts == CountKind::kAccess && !over_the_rate(access->admitted, reading, sensor);
  }
  if (const auto* total = std::get_if<CountTotal>(&reading.statement)) {
    const std::uint64_t end = std::uint64_t{1} << sensor.bits.value_or(53);
    return sensor.counts == CountKind::kTotal && std::max(total->entries, total->exits) < end;
  }
  if (std::holds_alternative<Occupancy>(reading.statement)) {
    return sensor.counts == CountKind::kOccupancy;
  }
  if (std::holds_alternative<Motion>(reading.statement)) return sensor.counts == CountKind::kMotion;
  return std::holds_alternative<Heartbeat>(reading.statement);
}

std::optional<Outcome> refusal_of_anchor(const Anchor& anchor, const Sensor* sensor,
                                         const Venue& venue) {
  const auto zone = std::ranges::find(venue.zones, anchor.zone_id, &Zone::id);
  if (!anchor.zone_id.empty() && zone == venue.zones.end()) return Outcome::kUnknownSensor;
  if (sensor == nullptr) return std::nullopt;
  const auto index = static_cast<ZoneIndex>(zone - venue.zones.begin());
  const bool answers_for_it =
      sensor->in ? sensor->counts == CountKind::kOccupancy && *sensor->in == index
                 : counts_flow(*sensor, venue) && (venue.openings[*sensor->at].from == index ||
                                                   venue.openings[*sensor->at].to == index);
  if (anchor.zone_id.empty() || !answers_for_it) return Outcome::kImpossible;
  return std::nullopt;
}

}  // namespace

Identity identity_of(const Reading& reading) {
  if (reading.sequence != 0) {
    return {reading.sensor_id, reading.boot_id, reading.sequence, 0, "", EventTime{}};
  }
  const auto* anchor = std::get_if<Anchor>(&reading.statement);
  return {reading.sensor_id,
          reading.boot_id,
          reading.sequence,
          reading.statement.index(),
          anchor ? anchor->zone_id : "",
          reading.event_time};
}

bool counts_flow(const Sensor& sensor, const Venue& venue) {
  if (sensor.counts != CountKind::kAccess) return sensor.at.has_value();
  return std::ranges::none_of(venue.sensors, [&](const Sensor& other) {
    return other.at == sensor.at && other.counts != CountKind::kAccess;
  });
}

std::optional<Outcome> refusal(const Reading& reading, const Venue& venue) {
  if (reading.venue_id != venue.id) return Outcome::kUnknownVenue;
  const auto at = std::ranges::find(venue.sensors, reading.sensor_id, &Sensor::id);
  const Sensor* sensor = at == venue.sensors.end() ? nullptr : &*at;
  if (sensor == nullptr && !reading.sensor_id.empty()) return Outcome::kUnknownSensor;
  if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
    return refusal_of_anchor(*anchor, sensor, venue);
  }
  if (sensor == nullptr) return Outcome::kUnknownSensor;
  if (!is_possible(reading, *sensor)) return Outcome::kImpossible;
  return std::nullopt;
}

Fates fates_of(const std::vector<Reading>& readings, const Venue& venue) {
  std::map<Identity, Reading> known;
  std::map<std::string_view, Reading> newest;
  Fates fates;
  const auto count_new = [&](const Reading& reading) {
    const auto [before, is_first] = newest.try_emplace(reading.sensor_id, reading);
    if (is_first) return;
    const Reading last = std::exchange(before->second, reading);
    if (last.boot_id != reading.boot_id) {
      if (last.boot_id != 0 && reading.boot_id != 0) ++fates.reboots[reading.sensor_id];
    } else if (last.sequence != 0 && reading.sequence != 0) {
      fates.gaps[reading.sensor_id] += reading.sequence - last.sequence - 1;
    }
  };
  for (const Reading& reading : readings) {
    ++fates.accounting.consumed;
    if (const auto refused = refusal(reading, venue)) {
      fates.accounting.count(*refused);
      continue;
    }
    const auto [said, is_new] = known.try_emplace(identity_of(reading), reading);
    const bool same = !is_new && said->second.event_time == reading.event_time &&
                      said->second.interval == reading.interval &&
                      said->second.statement == reading.statement;
    fates.accounting.count(is_new ? Outcome::kApplied
                           : same ? Outcome::kDuplicate
                                  : Outcome::kRevised);
    said->second = reading;
    if (!same) ++fates.taken[reading.sensor_id];
    if (is_new) count_new(reading);
  }
  return fates;
}

}  // namespace crowdflow::testing
