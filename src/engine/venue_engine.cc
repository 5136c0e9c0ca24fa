#include "engine/venue_engine.h"

#include <algorithm>
#include <cmath>

#include <crowdflow/check.h>

namespace crowdflow {
namespace {

// Silence in the data longer than this is not told second by second: time leaps over it.
constexpr std::int64_t kLeapSeconds = 3600;

std::int64_t seconds_up(Span span) { return std::chrono::ceil<std::chrono::seconds>(span).count(); }

}  // namespace

VenueEngine::VenueEngine(std::shared_ptr<const Venue> venue, bool levels_forgotten)
    : venue_(std::move(venue)),
      lateness_s_(seconds_up(venue_->lateness)),
      levels_forgotten_(levels_forgotten),
      alarms_(*venue_) {
  for (SensorIndex i = 0; i < venue_->sensors.size(); ++i) {
    sensor_by_id_.emplace(venue_->sensors[i].id, i);
  }
  // An anchor may come from nobody's sensor: a person counted.
  sensor_by_id_.emplace(std::string_view{}, static_cast<SensorIndex>(venue_->sensors.size()));
  measure_sensors();
  make_zones(levels_forgotten);
  make_openings();
}

void VenueEngine::measure_sensors() {
  std::vector<std::int64_t> longest_of_zone(venue_->zones.size(), 1);
  const auto zones_of = [&](const Sensor& sensor, auto&& visit) {
    if (sensor.in) visit(*sensor.in);
    if (!sensor.at) return;
    const Opening& opening = venue_->openings[*sensor.at];
    if (opening.from != kOutside) visit(opening.from);
    if (opening.to != kOutside) visit(opening.to);
  };
  for (const Sensor& sensor : venue_->sensors) {
    zones_of(sensor, [&](ZoneIndex zone) {
      longest_of_zone[zone] = std::max(longest_of_zone[zone], seconds_up(sensor.every));
    });
  }
  const std::int64_t revise_s = seconds_up(venue_->revise_for);
  const auto add = [&](std::int64_t longest, Span every) {
    const std::int64_t reach_s = lateness_s_ + longest + revise_s;
    // Twice the declared rate, and some, so that a repeat within reach is always known.
    const auto capacity = static_cast<std::size_t>(2 * std::chrono::seconds{reach_s} / every) + 16;
    sensors_.push_back(SensorWork{.memory = SensorMemory{capacity},
                                  .longest_every_s = longest,
                                  .reach = std::chrono::seconds{reach_s},
                                  .silent_after_s = 3 * seconds_up(every) + lateness_s_});
  };
  for (const Sensor& sensor : venue_->sensors) {
    std::int64_t longest = seconds_up(sensor.every);
    zones_of(sensor, [&](ZoneIndex zone) { longest = std::max(longest, longest_of_zone[zone]); });
    add(longest, sensor.every);
  }
  add(1, std::chrono::seconds{1});
}

std::vector<std::int64_t> VenueEngine::tumbling_sizes() const {
  std::vector<std::int64_t> sizes;
  for (const WindowSpec& spec : venue_->windows) {
    if (spec.size_s == spec.hop_s) sizes.push_back(spec.size_s);
  }
  for (const Rule& rule : venue_->rules) {
    if (rule.window && rule.window->size_s == rule.window->hop_s) {
      sizes.push_back(rule.window->size_s);
    }
  }
  return sizes;
}

std::int64_t VenueEngine::ring_seconds(std::int64_t longest_every_s) const {
  std::int64_t sliding = 0;
  const auto cover = [&](const WindowSpec& spec) {
    if (spec.hop_s < spec.size_s) sliding = std::max(sliding, spec.size_s);
  };
  for (const WindowSpec& spec : venue_->windows)
    cover(spec);
  for (const Rule& rule : venue_->rules) {
    if (rule.window) cover(*rule.window);
  }
  // A reading is at most this late, and speaks of a span as long as its sensor's pause.
  const std::int64_t late = lateness_s_ + 2 * longest_every_s + seconds_up(venue_->revise_for);
  return late + sliding + 2;
}

void VenueEngine::make_zones(bool levels_forgotten) {
  const bool known = venue_->starts != StartLevel::kUnknown && !levels_forgotten;
  std::vector<std::vector<SensorIndex>> sensors(venue_->zones.size());
  std::vector<bool> gauged(venue_->zones.size(), false);
  std::vector<bool> measured(venue_->openings.size(), false);
  for (SensorIndex i = 0; i < venue_->sensors.size(); ++i) {
    const Sensor& sensor = venue_->sensors[i];
    if (sensor.in) {
      sensors[*sensor.in].push_back(i);
      if (sensor.counts == CountKind::kOccupancy) gauged[*sensor.in] = true;
    }
    if (!sensor.at) continue;
    measured[*sensor.at] = true;
    const Opening& opening = venue_->openings[*sensor.at];
    for (const ZoneIndex zone : {opening.from, opening.to}) {
      if (zone != kOutside) sensors[zone].push_back(i);
    }
  }
  zones_.reserve(venue_->zones.size());
  for (ZoneIndex zone = 0; zone < venue_->zones.size(); ++zone) {
    std::int64_t longest = 1;
    for (const SensorIndex i : sensors[zone]) {
      longest = std::max(longest, sensors_[i].longest_every_s);
    }
    zones_.push_back(ZoneWork{.slices = ZoneSlices(ring_seconds(longest), tumbling_sizes(),
                                                   known ? 0 : ZoneSlices::kUnknown),
                              .sensors = std::move(sensors[zone]),
                              .longest_every_s = 1,
                              .has_gauge_sensor = gauged[zone]});
    ZoneWork& work = zones_.back();
    for (const SensorIndex i : work.sensors) {
      if (i >= venue_->sensors.size()) continue;
      work.longest_every_s = std::max(work.longest_every_s, seconds_up(venue_->sensors[i].every));
    }
    for (const WindowSpec& spec : venue_->windows) {
      const std::int64_t revisable =
          lateness_s_ + longest + seconds_up(venue_->revise_for) + spec.size_s;
      work.said.emplace_back(static_cast<std::size_t>(revisable / spec.hop_s + 2));
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
  for (const std::int64_t every : longest) {
    openings_.emplace_back(ring_seconds(every), tumbling_sizes(), 0);
  }
}

void VenueEngine::start(EventTime first) {
  started_ = true;
  head_ = second_of(first);
  first_ = head_;
  frontier_ = first;
  venue_time_ = first;
  venue_time_at_tick_ = first;
  for (ZoneWork& zone : zones_) {
    zone.slices.start_at(head_);
    zone.settled = head_;
    zone.changed_in = head_;
  }
  for (ZoneSlices& opening : openings_)
    opening.start_at(head_);
}

bool VenueEngine::move_to(EventTime t, Outputs& out) {
  if (!started_) {
    start(t);
    return true;
  }
  if (t <= venue_time_) return false;
  const std::int64_t target = second_of(t);
  if (target - head_ > kLeapSeconds) {
    leap_to(target, out);
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

void VenueEngine::leap_to(std::int64_t second, Outputs& out) {
  finish(out);
  head_ = second;
  first_ = second;
  for (ZoneWork& zone : zones_) {
    zone.slices.start_at(second);
    zone.settled = second;
    zone.changed_in = second;
  }
  for (ZoneSlices& opening : openings_)
    opening.start_at(second);
}

void VenueEngine::tick(WallTime now, Span step, Outputs& out) {
  now_ = now;
  if (!started_) return;
  if (step > Span{0}) {
    // What readings moved since the last tick is part of the step, not on top of it.
    if (move_to(venue_time_at_tick_ + step, out)) speak(out);
  }
  venue_time_at_tick_ = venue_time_;
}

void VenueEngine::forget_levels() {
  levels_forgotten_ = true;
  for (ZoneWork& zone : zones_) {
    zone.slices.forget_level();
    zone.changed_in = head_;
  }
}

std::vector<SensorTotals> VenueEngine::sensor_totals() const {
  std::vector<SensorTotals> totals;
  for (std::size_t i = 0; i < venue_->sensors.size(); ++i) totals.push_back(sensors_[i].totals);
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

void VenueEngine::adopt(const VenueEngine& old, Outputs& out) {
  former_venue_ = old.venue_;
  now_ = old.now_;
  levels_forgotten_ = old.levels_forgotten_;
  alarms_.adopt(old.alarms_, old.venue_time_, old.now_, out);
  if (!old.started_) return;
  start(old.venue_time_);
  frontier_ = old.frontier_;
  venue_time_at_tick_ = old.venue_time_at_tick_;

  for (SensorIndex i = 0; i < old.venue_->sensors.size(); ++i) {
    const auto found = sensor_by_id_.find(old.venue_->sensors[i].id);
    if (found != sensor_by_id_.end() && same_place(old, i, found->second)) {
      sensors_[found->second].adopt(old.sensors_[i]);
    }
  }
  sensors_.back().adopt(old.sensors_.back());
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
    for (ZoneIndex former = 0; former < old.zones_.size(); ++former) {
      if (old.venue_->zones[former].id != venue_->zones[zone].id) continue;
      zones_[zone].slices.adopt(old.zones_[former].slices);
      if (old.venue_->windows == venue_->windows &&
          old.zones_[former].said.front().size() == zones_[zone].said.front().size()) {
        zones_[zone].said = old.zones_[former].said;
      }
    }
  }
  for (OpeningIndex i = 0; i < openings_.size(); ++i) {
    for (OpeningIndex former = 0; former < old.openings_.size(); ++former) {
      if (old.venue_->openings[former].id == venue_->openings[i].id) {
        openings_[i].adopt(old.openings_[former]);
      }
    }
  }
}

void VenueEngine::SensorWork::adopt(const SensorWork& old) {
  std::vector<Taken> taken;
  old.memory.for_each([&](const Taken& reading) { taken.push_back(reading); });
  for (auto reading = taken.rbegin(); reading != taken.rend(); ++reading)
    memory.add(*reading);
  heard = old.heard;
  last_heard = old.last_heard;
  flowed = old.flowed;
  last_flow = old.last_flow;
  clock_skewed = old.clock_skewed;
  totals = old.totals;
}

// Whether a sensor of both versions still counts at the same place: only then may what it said be
// revised or taken back.
bool VenueEngine::same_place(const VenueEngine& old, SensorIndex theirs, SensorIndex ours) const {
  const auto place = [](const Venue& venue, const Sensor& sensor) {
    const auto zone_id = [&](ZoneIndex zone) {
      return zone == kOutside ? std::string{} : venue.zones[zone].id;
    };
    if (sensor.in) return zone_id(*sensor.in);
    const Opening& opening = venue.openings[*sensor.at];
    return opening.id + '\n' + zone_id(opening.from) + '\n' + zone_id(opening.to);
  };
  const Sensor& before = old.venue_->sensors[theirs];
  const Sensor& after = venue_->sensors[ours];
  return before.reversed == after.reversed && before.counts == after.counts &&
         place(*old.venue_, before) == place(*venue_, after);
}

}  // namespace crowdflow
