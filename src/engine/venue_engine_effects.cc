// VenueEngine: the effect of readings on levels and flows.

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

RegisterValue value_of(const Taken& taken) {
  return {
      .time = taken.time, .boot_id = taken.boot_id, .entries = taken.first, .exits = taken.second};
}

bool is_gauge(StatementKind kind) {
  return kind == StatementKind::kOccupancy || kind == StatementKind::kAnchor;
}

}  // namespace

void VenueEngine::put(SensorIndex index, const Taken& taken) {
  const SensorWork& sensor = sensors_[index];
  note_oddities(index, taken, 1);
  switch (taken.kind) {
    case StatementKind::kCountDelta:
    case StatementKind::kAccess:
      if (sensor.flows) put_flow(index, crossing_of(sensor, taken), 1);
      break;
    case StatementKind::kCountTotal:
      put_register(index, taken, 1);
      break;
    case StatementKind::kOccupancy:
      put_gauge(*venue_->sensors[index].in, taken.time);
      break;
    case StatementKind::kMotion:
      touched(*venue_->sensors[index].in, second_of(taken.time - Span{1}));
      break;
    case StatementKind::kAnchor:
      latest_hand_count_ = std::max(latest_hand_count_, second_of_gauge(taken.time));
      if (taken.zone != kOutside) {
        put_gauge(taken.zone, taken.time);
      } else {
        apportion(second_of_gauge(taken.time));
      }
      break;
    case StatementKind::kHeartbeat:
      break;
  }
}

void VenueEngine::take_back(SensorIndex index, const ReadingMemory::Known& known,
                            const Taken& taken) {
  SensorWork& sensor = sensors_[index];
  const Taken& said = known.taken;
  note_oddities(index, said, -1);
  // A flow is taken back as it was put, a gauge is decided anew without the one that is gone.
  if (said.kind == StatementKind::kCountTotal) {
    put_register(index, said, -1);
  } else if (sensor.flows && !is_gauge(said.kind) && said.kind != StatementKind::kHeartbeat) {
    put_flow(index, crossing_of(sensor, said), -1);
  }
  const Taken former = said;
  sensor.memory.replace(known, taken);
  if (former.kind == StatementKind::kMotion) {
    touched(*venue_->sensors[index].in, second_of(former.time - Span{1}));
  } else if (is_gauge(former.kind)) {
    const ZoneIndex zone =
        former.kind == StatementKind::kAnchor ? former.zone : *venue_->sensors[index].in;
    if (zone != kOutside) {
      put_gauge(zone, former.time);
    } else {
      apportion(second_of_gauge(former.time));
    }
  }
}

void VenueEngine::note_oddities(SensorIndex index, const Taken& taken, int sign) {
  if (index == anybody()) return;
  OddityCounts& counts = rest_[index].oddities;
  const auto note = [&](Oddity oddity) {
    counts[static_cast<std::size_t>(oddity)] += static_cast<std::uint32_t>(sign);
  };
  if (taken.capped) note(Oddity::kCapped);
  if (taken.time != taken.stamp) note(Oddity::kClockAhead);
  if (!sensors_[index].has_rates) return;
  const bool counted =
      taken.kind == StatementKind::kCountDelta || taken.kind == StatementKind::kAccess;
  const auto& least = venue_->sensors[index].min_rate_per_minute;
  if (!counted || !least) return;
  const double minutes = std::chrono::duration<double, std::ratio<60>>(taken.interval).count();
  const auto people = taken.first + (taken.kind == StatementKind::kAccess ? 0 : taken.second);
  // Whole people: of half a person nothing can be missed.
  if (static_cast<double>(people) < std::floor(*least * minutes)) {
    note(Oddity::kBelowMinimumRate);
  }
}

Crossing VenueEngine::crossing_of(const SensorWork& sensor, const Taken& taken) const {
  const std::int64_t second = taken.kind == StatementKind::kAccess ? 0 : taken.second;
  return crossing_of(
      sensor, {.start = taken.time - taken.interval, .entries = taken.first, .exits = second},
      taken.time);
}

Crossing VenueEngine::crossing_of(const SensorWork& sensor, const RegisterStep& step,
                                  EventTime end) const {
  const auto people = [&](Direction way) {
    return (sensor.entries == way ? step.entries : 0) + (sensor.exits == way ? step.exits : 0);
  };
  return {.start = step.start,
          .end = end,
          .entered = people(Direction::kForward),
          .left = people(Direction::kBackward)};
}

Crossing VenueEngine::seen_from(ZoneIndex zone, const Opening& opening, const Crossing& through) {
  if (opening.to == zone) return through;
  return {
      .start = through.start, .end = through.end, .entered = through.left, .left = through.entered};
}

void VenueEngine::put_flow(SensorIndex index, const Crossing& crossing, int sign) {
  SensorWork& sensor = sensors_[index];
  sensor.entered += sign * crossing.entered;
  sensor.left += sign * crossing.left;
  if (crossing.start == crossing.end) {
    told_until_ = std::max(told_until_, second_of(crossing.end) + 1);
  }
  if (sign > 0 && !sensor.feeds_gauged) {
    const ShortSpread spread = short_spread(crossing, head_);
    if (spread.seconds > 0) return put_short_flow(sensor, spread);
  }
  const Place& place = sensor.opening_place;
  opening_groups_[place.group].add(place.column, crossing, sign);
  for (const ZoneIndex zone : sensor.feeds) {
    if (zone == kOutside) continue;
    slices(zone).add(column(zone), seen_from(zone, opening_of(index), crossing), sign);
    levels_changed(zone, second_of(crossing.start));
  }
}

void VenueEngine::put_short_flow(const SensorWork& sensor, const ShortSpread& spread) {
  const Place& place = sensor.opening_place;
  opening_groups_[place.group].add(place.column, spread);
  const auto [from, to] = sensor.feeds;
  if (to != kOutside) {
    slices(to).add(column(to), spread, spread.entered, spread.left);
    levels_changed(to, spread.first);
  }
  if (from != kOutside) {
    slices(from).add(column(from), spread, spread.left, spread.entered);
    levels_changed(from, spread.first);
  }
}

// A register's value is a step from the one before, and to the one after, in place of the step
// between these two. In this way any order gives the same.
void VenueEngine::put_register(SensorIndex index, const Taken& taken, int sign) {
  SensorWork& sensor = sensors_[index];
  const auto [before, after] = sensor.memory.neighbours_of(taken);
  const RegisterValue value = value_of(taken);
  const auto first = [&](int times) {
    rest_[index].oddities[static_cast<std::size_t>(Oddity::kFirstValue)] +=
        static_cast<std::uint32_t>(times);
  };
  if (before && after) put_step(index, *before, *after, -sign);
  if (after) put_step(index, value, *after, sign);
  if (before) {
    put_step(index, *before, value, sign);
  } else {
    first(sign);
    if (after) first(-sign);
  }
}

void VenueEngine::put_step(SensorIndex index, const RegisterValue& before,
                           const RegisterValue& after, int sign) {
  SensorWork& sensor = sensors_[index];
  const RegisterStep step =
      step_between(before, after, venue_->sensors[index], venue_->utc_offsets);
  for (const auto& oddity : {step.entries_oddity, step.exits_oddity}) {
    if (oddity) {
      rest_[index].oddities[static_cast<std::size_t>(*oddity)] += static_cast<std::uint32_t>(sign);
    }
  }
  put_flow(index, crossing_of(sensor, step, after.time), sign);
}

// The zone's change of level during [from, until), by all that is remembered.
std::int64_t VenueEngine::flow_between(ZoneIndex zone, EventTime from, EventTime until) const {
  if (from == until) return 0;
  std::int64_t flow = 0;
  for (const SensorIndex index : plan_.sensors_of_zone.of(zone)) {
    const SensorWork& sensor = sensors_[index];
    const Silences& heard = sensor.flow;
    if (!sensor.flows || !heard.ever() || heard.last() < from) continue;
    if (sensor.counts == CountKind::kTotal) {
      flow += register_flow_between(index, zone, from, until);
      continue;
    }
    sensor.memory.for_each([&](const Taken& taken) {
      const bool counted =
          taken.kind == StatementKind::kCountDelta || taken.kind == StatementKind::kAccess;
      if (!counted || taken.time < from) return;
      const Crossing crossing = seen_from(zone, opening_of(index), crossing_of(sensor, taken));
      flow += net_since(crossing, from) - net_since(crossing, until);
    });
  }
  return flow;
}

std::int64_t VenueEngine::register_flow_between(SensorIndex index, ZoneIndex zone, EventTime from,
                                                EventTime until) const {
  const SensorWork& sensor = sensors_[index];
  std::int64_t flow = 0;
  // Before all values of the instant `from`, then after all of an instant.
  Taken place{.time = from, .kind = StatementKind::kCountTotal};
  auto [before, after] = sensor.memory.neighbours_of(place);
  while (after) {
    if (before) {
      const RegisterStep step =
          step_between(*before, *after, venue_->sensors[index], venue_->utc_offsets);
      const Crossing crossing =
          seen_from(zone, opening_of(index), crossing_of(sensor, step, after->time));
      flow += net_since(crossing, from) - net_since(crossing, until);
    }
    if (after->time >= until) break;
    place.time = after->time;
    place.stamp = EventTime::max();
    before = after;
    after = sensor.memory.neighbours_of(place).after;
  }
  return flow;
}

void VenueEngine::levels_changed(ZoneIndex zone, std::int64_t from) {
  if (from <= latest_venue_count_) apportion_from_ = std::min(apportion_from_, from);
  touched(zone, from);
}

void VenueEngine::touched(ZoneIndex zone, std::int64_t from) {
  news_[zone].changed_in = head_;
  reopen(zone, from);
}

void VenueEngine::reopen(ZoneIndex zone, std::int64_t second) {
  News& news = news_[zone];
  if (second < news.closed) news.revise_from = std::min(news.revise_from, second);
}

bool VenueEngine::feeds(SensorIndex sensor, ZoneIndex zone) const {
  return std::ranges::find(sensors_[sensor].feeds, zone) != sensors_[sensor].feeds.end();
}

void VenueEngine::judge_present_of(SensorIndex sensor, const Taken& taken, Outputs& out) {
  if (taken.kind == StatementKind::kAnchor) {
    for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
      if (taken.zone == kOutside || taken.zone == zone) judge_present(zone, heard_in(zone), out);
    }
    return;
  }
  if (!sensors_[sensor].feeds_watched) return;
  for (const ZoneIndex zone : sensors_[sensor].feeds) {
    if (zone != kOutside) judge_present(zone, heard_in(zone), out);
  }
}

}  // namespace crowdflow
