// VenueEngine: how one is built, and how its time moves.

#include "engine/venue_engine.h"

#include <algorithm>

namespace crowdflow {
namespace {

// Silence in the data that is not longer than this is told second by second.
constexpr std::int64_t kShortestLeapSeconds = 3600;

}  // namespace

VenueEngine::VenueEngine(std::shared_ptr<const Venue> venue, bool levels_forgotten)
    : venue_(std::move(venue)),
      plan_(*venue_),
      sensor_by_id_(venue_->sensors),
      zone_by_id_(venue_->zones),
      levels_forgotten_(levels_forgotten),
      zone_groups_(
          zone_groups(*venue_, plan_, venue_->starts != StartLevel::kUnknown && !levels_forgotten)),
      news_(venue_->zones.size()),
      alarms_(*venue_) {
  // An anchor may come from nobody's sensor: a person counted.
  sensor_by_id_.add(std::string_view{});
  places_.reserve(plan_.zones.size());
  for (const VenuePlan::ZonePlan& zone : plan_.zones)
    places_.push_back({.group = zone.group, .column = zone.column});
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    if (plan_.zones[zone].has_gauge_sensor) slices(zone).expect_gauges(column(zone));
  }
  for (const VenuePlan::Group& group : plan_.opening_groups)
    opening_groups_.emplace_back(group.seconds, group.size, plan_.tumbling);
  const MemoryNeed needed = need(*venue_, plan_);
  snapshot_bytes_ = needed.sensors + needed.zones + needed.openings;
  make_sensors();

  // What lies on this side of a leap has nothing in common with what lies on the other: no slice in
  // a ring, no window.
  leap_s_ = kShortestLeapSeconds;
  for (const VenuePlan::Group& group : plan_.zone_groups)
    leap_s_ = std::max(leap_s_, group.seconds);
  for (const WindowSpec& window : venue_->windows)
    leap_s_ = std::max(leap_s_, window.size_s);
  for (const std::int64_t size : plan_.tumbling)
    leap_s_ = std::max(leap_s_, size);
  shares_.reserve(places_.size());
  order_.reserve(places_.size());
  if (venue_->density_percentile) {
    levels_.reserve(static_cast<std::size_t>(venue_->windows.back().size_s));
  }
}

std::vector<VenueEngine::ZoneGroup> VenueEngine::zone_groups(const Venue& venue,
                                                             const VenuePlan& plan, bool known) {
  std::vector<ZoneGroup> groups;
  for (const VenuePlan::Group& group : plan.zone_groups) {
    groups.push_back({.slices = ZoneSlices(group.seconds, group.size, plan.tumbling,
                                           known ? 0 : ZoneSlices::kUnknown)});
    ZoneGroup& made = groups.back();
    for (const WindowSpec& window : venue.windows) {
      const auto count = static_cast<std::uint32_t>(plan.revisable(window, group));
      made.finals.push_back({.first = made.finals_of_zone, .count = count});
      made.finals_of_zone += count;
    }
    made.times_said.resize(std::size_t{made.finals_of_zone} * group.size);
  }
  return groups;
}

void VenueEngine::make_sensors() {
  const auto count = static_cast<SensorIndex>(plan_.sensors.size());
  std::size_t room = 0;
  for (const VenuePlan::SensorPlan& plan : plan_.sensors)
    room += plan.memory_bytes;
  memory_room_.resize(room);
  pause_room_.resize(2 * Silences::kPauses * std::size_t{count});
  sensors_.reserve(count);
  rest_.resize(count);
  followed_by_.resize(count);
  for (SensorIndex i = 0; i < count; ++i)
    followed_by_[i] = i + 1 < count ? i + 1 : 0;
  latest_ = count - 1;

  std::span<std::uint8_t> memory(memory_room_);
  for (SensorIndex i = 0; i < count; ++i) {
    const VenuePlan::SensorPlan& plan = plan_.sensors[i];
    SensorWork& work =
        sensors_.emplace_back(SensorWork{.memory = {memory.first(plan.memory_bytes), every_of(i)},
                                         .feeds = plan.feeds,
                                         .allowed_s = plan.allowed_s});
    memory = memory.subspan(plan.memory_bytes);
    rest_[i].longest_every_s = plan.longest_every_s;
    if (i == anybody()) continue;
    const Sensor& sensor = venue_->sensors[i];
    rest_[i].opening = sensor.at.value_or(0);
    if (sensor.at) {
      const VenuePlan::OpeningPlan& opening = plan_.openings[*sensor.at];
      work.opening_place = {.group = opening.group, .column = opening.column};
    }
    for (const ZoneIndex zone : work.feeds) {
      if (zone == kOutside) continue;
      work.feeds_gauged = work.feeds_gauged || slices(zone).has_gauges(column(zone));
      work.feeds_watched = work.feeds_watched || alarms_.watches_present(zone);
    }
    work.counts = sensor.counts;
    work.entries = sensor.entries;
    work.exits = sensor.exits;
    work.flows = plan.flows;
    work.has_rates = sensor.max_rate_per_minute || sensor.min_rate_per_minute;
    work.counts_plainly = work.flows && sensor.counts == CountKind::kDelta && !work.has_rates;
  }
  seconds_.reserve(plan_.sensors.back().readings);
  plan_.forget_sensors();
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
  head_start_ = start_of_second(second);
  first_ = second;
  for (ZoneGroup& group : zone_groups_) {
    group.slices.start_at(second);
    std::ranges::fill(group.times_said, std::uint16_t{0});
  }
  for (ZoneIndex zone = 0; zone < news_.size(); ++zone) {
    News& news = news_[zone];
    news.settled = second;
    news.changed_in = second;
    news.closed = closed(zone);
    news.revise_from = kNothing;
  }
  for (SensorRest& sensor : rest_)
    sensor.waited_for_since = second;
  for (OpeningSlices& group : opening_groups_)
    group.start_at(second);
}

void VenueEngine::reach_back_to(std::int64_t second) {
  if (second >= first_) return;
  for (SensorRest& sensor : rest_) {
    if (sensor.waited_for_since == first_) sensor.waited_for_since = second;
  }
  first_ = second;
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    slices(zone).reach_back_to(column(zone), second);
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
    begin_second();
    left_to_speak = true;
  }
  venue_time_ = t;
  return left_to_speak;
}

void VenueEngine::begin_second() {
  ++head_;
  for (ZoneGroup& group : zone_groups_)
    group.slices.advance();
  for (OpeningSlices& group : opening_groups_)
    group.advance();
  head_start_ = start_of_second(head_);
  venue_time_ = head_start_;
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
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    slices(zone).forget_level(column(zone));
    news_[zone].changed_in = head_;
  }
}

std::vector<SensorTotals> VenueEngine::sensor_totals() const {
  std::vector<SensorTotals> totals;
  totals.reserve(venue_->sensors.size());
  for (SensorIndex i = 0; i < anybody(); ++i) {
    const SensorWork& sensor = sensors_[i];
    totals.push_back({.readings = sensor.readings,
                      .entries = sensor.entered,
                      .exits = sensor.left,
                      .oddities = rest_[i].oddities});
  }
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
