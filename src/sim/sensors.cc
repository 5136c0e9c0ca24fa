#include "sim/sensors.h"

#include <algorithm>
#include <cmath>

#include <crowdflow/check.h>

#include "engine/register_step.h"
#include "sim/pedestrians.h"

namespace crowdflow::sim {
namespace {

// The first multiple of `every` after `t`.
EventTime next_multiple(EventTime t, Span every) {
  const Span since = t.time_since_epoch();
  return EventTime{(since / every + 1) * every};
}

// What a sensor's two numbers say of those who passed.
Passed numbers_of(const Sensor& sensor, const Passed& people) {
  const auto number = [&people](Direction way) {
    switch (way) {
      case Direction::kForward:
        return people.entries;
      case Direction::kBackward:
        return people.exits;
      case Direction::kIgnored:
        break;
    }
    return people.entries + people.exits;  // it may say anything
  };
  Passed said{.entries = number(sensor.entries), .exits = number(sensor.exits)};
  if (sensor.entries == sensor.exits) {  // they share the people
    said.exits /= 2;
    said.entries -= said.exits;
  }
  return said;
}

CountTotal shown(const Sensor& sensor, const Passed& counted) {
  const std::uint64_t highest = sensor.bits ? (std::uint64_t{1} << *sensor.bits) - 1 : ~0ULL;
  return {.entries = counted.entries & highest, .exits = counted.exits & highest};
}

// In the sensor's own units; so is its cap.
Occupancy gauge_of(const Sensor& sensor, std::int64_t people) {
  const std::int64_t units = std::llround(static_cast<double>(people) / sensor.scale);
  const std::int64_t cap = sensor.capped_at.value_or(0);
  return {.people = static_cast<std::uint64_t>(cap > 0 ? std::min(units, cap) : units),
          .capped_at = static_cast<std::uint64_t>(cap)};
}

}  // namespace

Reading to_reading(const Venue& venue, const SensorReading& said) {
  return {.venue_id = venue.id,
          .sensor_id = venue.sensors[said.sensor].id,
          .sequence = said.sequence,
          .boot_id = said.boot_id,
          .event_time = said.event_time,
          .interval = said.interval,
          .statement = said.statement};
}

Sensors::Sensors(const Venue& venue, const SensorFaults& faults, std::uint64_t seed,
                 EventTime start)
    : venue_(&venue),
      faults_(faults),
      random_(seed, 2),
      states_(venue.sensors.size(),
              State{.spoke = start,
                    .boot_id = static_cast<std::uint64_t>(start.time_since_epoch().count()),
                    .counted = {.entries = faults.registers_begin_at,
                                .exits = faults.registers_begin_at}}) {
  for (SensorIndex index = 0; index < venue.sensors.size(); ++index) {
    CROWDFLOW_CHECK(venue.sensors[index].every > Span{0}, "a sensor speaks now and then");
    // Of a register nobody knows what passed before it was read for the first time.
    const bool total = venue.sensors[index].counts == CountKind::kTotal;
    due_.emplace(total ? start : next_multiple(start, venue.sensors[index].every), index);
  }
}

EventTime Sensors::next_due() const { return due_.empty() ? kLatestEvent : due_.top().first; }

void Sensors::speak(const Crowd& crowd, EventTime now) {
  while (!due_.empty() && due_.top().first <= now) {
    const auto [at, index] = due_.top();
    due_.pop();
    say(index, crowd, at);
    due_.emplace(next_multiple(at, venue_->sensors[index].every), index);
  }
}

void Sensors::take_arrived(EventTime now, std::vector<SensorReading>& out) {
  while (!under_way_.empty() && under_way_.top().arrives <= now) {
    out.push_back(under_way_.top().reading);
    under_way_.pop();
  }
}

void Sensors::say(SensorIndex index, const Crowd& crowd, EventTime now) {
  State& state = states_[index];
  SensorReading reading{.sensor = index,
                        .sequence = ++state.sequence,
                        .boot_id = faults_.reboots_per_mille > 0 ? state.boot_id : 0,
                        .event_time = now,
                        .interval = now - state.spoke,
                        .statement = look(index, crowd, now)};
  // A gauge speaks of one instant.
  if (venue_->sensors[index].in) reading.interval = Span{0};
  state.spoke = now;
  under_way_.push({.arrives = now + delay(), .number = ++packets_, .reading = reading});
  if (faults_.reboots_per_mille > 0 && random_.per_mille(faults_.reboots_per_mille)) {
    ++state.boot_id;
    state.sequence = 0;
    state.counted = {};
  }
}

Statement Sensors::look(SensorIndex index, const Crowd& crowd, EventTime now) {
  const Sensor& sensor = venue_->sensors[index];
  if (sensor.in) return look_at_zone(sensor, *sensor.in, crowd);
  CROWDFLOW_CHECK(sensor.at, "a sensor stands at an opening or in a zone");
  State& state = states_[index];
  const Passed& passed = crowd.passed()[*sensor.at];
  const Passed people{.entries = without_missed(passed.entries - state.seen.entries),
                      .exits = without_missed(passed.exits - state.seen.exits)};
  const Passed said = numbers_of(sensor, people);
  state.seen = passed;
  // Of who came in the step over midnight, nobody is lost.
  if (sensor.resets_at_midnight && last_local_midnight(now, venue_->utc_offsets) > state.spoke) {
    state.counted = {};
  }
  state.counted.entries += said.entries;
  state.counted.exits += said.exits;
  switch (sensor.counts) {
    case CountKind::kTotal:
      return shown(sensor, state.counted);
    case CountKind::kAccess:
      return Access{.admitted = said.entries, .refused = 0};
    default:
      return CountDelta{.entries = said.entries, .exits = said.exits};
  }
}

Statement Sensors::look_at_zone(const Sensor& sensor, ZoneIndex zone, const Crowd& crowd) const {
  const std::int64_t people = crowd.people()[zone];
  if (sensor.counts == CountKind::kMotion) {
    const std::int64_t mm = walking_speed_mm(people, venue_->zones[zone]);
    const std::int64_t spread_mm = mm * kSpeedSpreadPercent / 100;
    return Motion{.mean_speed = static_cast<double>(mm) / 1000,
                  .velocity_variance = static_cast<double>(spread_mm * spread_mm) / 1'000'000};
  }
  return gauge_of(sensor, people);
}

std::uint64_t Sensors::without_missed(std::uint64_t people) {
  if (faults_.missed_per_mille == 0) return people;
  std::uint64_t seen = 0;
  for (std::uint64_t i = 0; i < people; ++i) {
    if (!random_.per_mille(faults_.missed_per_mille)) ++seen;
  }
  return seen;
}

Span Sensors::delay() {
  const bool late = random_.per_mille(faults_.late_per_mille);
  return Span{random_.between(0, (late ? faults_.late : faults_.delay).count())};
}

}  // namespace crowdflow::sim
