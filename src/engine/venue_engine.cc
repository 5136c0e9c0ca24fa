// VenueEngine: how one is built, and how its time moves.

#include "engine/venue_engine.h"

#include <algorithm>

namespace crowdflow {
namespace {

// Silence in the data that is not longer than this is told second by second.
constexpr std::int64_t kShortestLeapSeconds = 3600;

std::int64_t seconds_up(Span span) { return std::chrono::ceil<std::chrono::seconds>(span).count(); }

}  // namespace

VenueEngine::VenueEngine(std::shared_ptr<const Venue> venue, bool levels_forgotten)
    : venue_(std::move(venue)),
      sensor_by_id_(index_by_id(venue_->sensors)),
      zone_by_id_(index_by_id(venue_->zones)),
      lateness_s_(seconds_up(venue_->lateness)),
      revise_s_(seconds_up(venue_->revise_for)),
      levels_forgotten_(levels_forgotten),
      alarms_(*venue_) {
  // An anchor may come from nobody's sensor: a person counted.
  sensor_by_id_.emplace(std::string_view{}, static_cast<SensorIndex>(venue_->sensors.size()));
  measure_sensors();
  make_zones();
  make_openings();

  // What lies on this side of a leap has nothing in common with what lies on the other: no slice in
  // a ring, no window.
  leap_s_ = kShortestLeapSeconds;
  for (const ZoneWork& zone : zones_)
    leap_s_ = std::max(leap_s_, zone.slices.ring_seconds());
  for (const WindowSpec& window : venue_->windows)
    leap_s_ = std::max(leap_s_, window.size_s);
  for (const Rule& rule : venue_->rules) {
    if (rule.window) leap_s_ = std::max(leap_s_, rule.window->size_s);
  }
}

void VenueEngine::measure_sensors() {
  const auto zones_of = [&](const Sensor& sensor) -> std::array<ZoneIndex, 2> {
    if (sensor.in) return {*sensor.in, kOutside};
    const Opening& opening = venue_->openings[*sensor.at];
    return {opening.from, opening.to};
  };
  std::vector<std::int64_t> longest_of_zone(venue_->zones.size(), 1);
  for (const Sensor& sensor : venue_->sensors) {
    for (const ZoneIndex zone : zones_of(sensor)) {
      if (zone == kOutside) continue;
      longest_of_zone[zone] = std::max(longest_of_zone[zone], seconds_up(sensor.every));
    }
  }
  const auto add = [&](std::array<ZoneIndex, 2> zones, std::int64_t longest, Span every) {
    const std::int64_t reach_s = lateness_s_ + longest + revise_s_;
    // Twice the declared rate, and some, so that a repeat within reach is always known.
    const auto capacity = static_cast<std::size_t>(2 * std::chrono::seconds{reach_s} / every) + 16;
    const Silences silences(3 * seconds_up(every) + lateness_s_);
    sensors_.push_back(SensorWork{.memory = SensorMemory{capacity},
                                  .zones = zones,
                                  .longest_every_s = longest,
                                  .reach = std::chrono::seconds{reach_s},
                                  .heard = silences,
                                  .flow = silences});
  };
  for (const Sensor& sensor : venue_->sensors) {
    const std::array<ZoneIndex, 2> zones = zones_of(sensor);
    std::int64_t longest = 1;
    for (const ZoneIndex zone : zones) {
      if (zone != kOutside) longest = std::max(longest, longest_of_zone[zone]);
    }
    add(zones, longest, sensor.every);
  }
  add({kOutside, kOutside}, 1, std::chrono::seconds{1});
}

std::vector<std::int64_t> VenueEngine::tumbling_sizes() const {
  std::vector<std::int64_t> sizes;
  const auto add = [&](const WindowSpec& window) {
    if (window.size_s != window.hop_s) return;
    if (std::ranges::find(sizes, window.size_s) == sizes.end()) sizes.push_back(window.size_s);
  };
  for (const WindowSpec& window : venue_->windows)
    add(window);
  for (const Rule& rule : venue_->rules) {
    if (rule.window) add(*rule.window);
  }
  return sizes;
}

std::int64_t VenueEngine::longest_sliding_s() const {
  std::int64_t longest = 0;
  const auto cover = [&](const WindowSpec& window) {
    if (window.hop_s < window.size_s) longest = std::max(longest, window.size_s);
  };
  for (const WindowSpec& window : venue_->windows)
    cover(window);
  for (const Rule& rule : venue_->rules) {
    if (rule.window) cover(*rule.window);
  }
  return longest;
}

std::int64_t VenueEngine::ring_seconds(std::int64_t longest_every_s) const {
  // A reading is at most this late, and speaks of a span as long as its sensor's pause.
  const std::int64_t late = lateness_s_ + 2 * longest_every_s + revise_s_;
  return late + longest_sliding_s() + 2;
}

void VenueEngine::make_zones() {
  const bool known = venue_->starts != StartLevel::kUnknown && !levels_forgotten_;
  std::vector<std::vector<SensorIndex>> sensors(venue_->zones.size());
  std::vector<bool> measured(venue_->openings.size(), false);
  for (SensorIndex i = 0; i < venue_->sensors.size(); ++i) {
    if (venue_->sensors[i].at) measured[*venue_->sensors[i].at] = true;
    for (const ZoneIndex zone : sensors_[i].zones) {
      if (zone != kOutside) sensors[zone].push_back(i);
    }
  }
  zones_.reserve(venue_->zones.size());
  for (ZoneIndex zone = 0; zone < venue_->zones.size(); ++zone) {
    std::int64_t longest_reach = 1;
    for (const SensorIndex i : sensors[zone])
      longest_reach = std::max(longest_reach, sensors_[i].longest_every_s);
    zones_.push_back(ZoneWork{.slices = ZoneSlices(ring_seconds(longest_reach), tumbling_sizes(),
                                                   known ? 0 : ZoneSlices::kUnknown),
                              .sensors = std::move(sensors[zone])});
    ZoneWork& work = zones_.back();
    for (const SensorIndex i : work.sensors) {
      const Sensor& sensor = venue_->sensors[i];
      work.longest_every_s = std::max(work.longest_every_s, seconds_up(sensor.every));
      if (sensor.counts == CountKind::kOccupancy) work.has_gauge_sensor = true;
    }
    for (const WindowSpec& window : venue_->windows) {
      const std::int64_t revisable = lateness_s_ + longest_reach + revise_s_ + window.size_s;
      work.said.emplace_back(static_cast<std::size_t>(revisable / window.hop_s + 2));
    }
  }
  for (OpeningIndex i = 0; i < venue_->openings.size(); ++i) {
    const Opening& opening = venue_->openings[i];
    for (const ZoneIndex zone : {opening.from, opening.to}) {
      if (zone == kOutside) continue;
      if (!measured[i]) {
        zones_[zone].has_unmeasured_opening = true;
      } else if (opening.width_m) {
        zones_[zone].openings.push_back(i);
      }
    }
  }
}

void VenueEngine::make_openings() {
  std::vector<std::int64_t> longest(venue_->openings.size(), 1);
  for (SensorIndex i = 0; i < venue_->sensors.size(); ++i) {
    const Sensor& sensor = venue_->sensors[i];
    if (sensor.at) {
      longest[*sensor.at] = std::max(longest[*sensor.at], sensors_[i].longest_every_s);
    }
  }
  openings_.reserve(venue_->openings.size());
  for (const std::int64_t every : longest)
    openings_.emplace_back(ring_seconds(every), tumbling_sizes(), 0);
}

void VenueEngine::start(EventTime first) {
  started_ = true;
  frontier_ = first;
  venue_time_ = first;
  // How much of the present step had passed before the first reading, nobody knows: the tick that
  // ends it moves nothing.
  venue_time_at_tick_ = EventTime::min();
  start_second(second_of(first));
}

void VenueEngine::start_second(std::int64_t second) {
  head_ = second;
  first_ = second;
  for (ZoneWork& zone : zones_) {
    zone.slices.start_at(second);
    zone.news.settled = second;
    zone.news.changed_in = second;
    zone.news.closed = closed(zone);
    zone.news.revise_from = kNothing;
  }
  for (SensorWork& sensor : sensors_)
    sensor.waited_for_since = second;
  for (ZoneSlices& opening : openings_)
    opening.start_at(second);
}

void VenueEngine::reach_back_to(std::int64_t second) {
  if (second >= first_) return;
  for (SensorWork& sensor : sensors_) {
    if (sensor.waited_for_since == first_) sensor.waited_for_since = second;
  }
  first_ = second;
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
    zones_[zone].slices.reach_back_to(second);
    reopen(zone, second);
  }
}

bool VenueEngine::move_to(EventTime t, Outputs& out) {
  if (!started_) {
    start(t);
    return true;
  }
  if (t <= venue_time_) return false;
  const std::int64_t target = second_of(t);
  if (target - head_ > leap_s_) {
    finish(out);
    start_second(target);
    venue_time_ = t;
    return true;
  }
  bool left_to_speak = false;
  while (head_ < target) {
    if (left_to_speak) speak(out);
    ++head_;
    for (ZoneWork& zone : zones_)
      zone.slices.advance();
    for (ZoneSlices& opening : openings_)
      opening.advance();
    venue_time_ = start_of_second(head_);
    left_to_speak = true;
  }
  venue_time_ = t;
  return left_to_speak;
}

void VenueEngine::tick(WallTime now, Span step, Outputs& out) {
  now_ = now;
  if (!started_) return;
  // What readings moved since the last tick is part of the step, not on top of it.
  if (step > Span{0} && move_to(venue_time_at_tick_ + step, out)) speak(out);
  venue_time_at_tick_ = venue_time_;
}

void VenueEngine::forget_levels() {
  levels_forgotten_ = true;
  for (ZoneWork& zone : zones_) {
    zone.slices.forget_level();
    zone.news.changed_in = head_;
  }
}

std::vector<SensorTotals> VenueEngine::sensor_totals() const {
  std::vector<SensorTotals> totals;
  totals.reserve(venue_->sensors.size());
  for (std::size_t i = 0; i < venue_->sensors.size(); ++i)
    totals.push_back(sensors_[i].totals);
  return totals;
}

VenueProgress VenueEngine::progress() const {
  return {.venue = venue_.get(),
          .started = started_,
          .frontier = frontier_,
          .venue_time = venue_time_,
          .watermark = venue_time_ - venue_->lateness,
          .active_alarms = alarms_.active()};
}

}  // namespace crowdflow
