// VenueEngine: how another version of a venue file takes over from the one before.

#include <algorithm>
#include <string>

#include "engine/venue_engine.h"

namespace crowdflow {

void VenueEngine::adopt(const VenueEngine& old, Outputs& out) {
  former_venue_ = old.venue_;
  now_ = old.now_;
  levels_forgotten_ = old.levels_forgotten_;
  alarms_.adopt(old.alarms_, old.venue_time_, old.now_, out);
  if (!old.started_) return;
  start(old.venue_time_);
  first_ = old.first_;
  frontier_ = old.frontier_;
  told_until_ = old.told_until_;
  venue_time_at_tick_ = old.venue_time_at_tick_;
  latest_hand_count_ = old.latest_hand_count_;
  latest_venue_count_ = old.latest_venue_count_;
  apportion_from_ = old.apportion_from_;

  std::vector<ZoneIndex> zones;  // by their former number
  for (const Zone& zone : old.venue_->zones)
    zones.push_back(zone_by_id_.find(zone.id).value_or(kOutside));
  for (SensorIndex i = 0; i < old.anybody(); ++i) {
    const auto ours = sensor_by_id_.find(old.venue_->sensors[i].id);
    if (ours && *ours != anybody() && same_place(old, i, *ours)) {
      adopt_sensor(*ours, old, i, zones);
    }
  }
  sensors_.back().memory.adopt(old.sensors_.back().memory,
                               [&](ZoneIndex zone) { return zones[zone]; });

  for (ZoneIndex former = 0; former < zones.size(); ++former) {
    if (zones[former] != kOutside) adopt_zone(zones[former], old, former);
  }
  const IdIndex opening_by_id(venue_->openings);
  for (OpeningIndex former = 0; former < old.plan_.openings.size(); ++former) {
    const auto ours = opening_by_id.find(old.venue_->openings[former].id);
    if (!ours) continue;
    const VenuePlan::OpeningPlan& before = old.plan_.openings[former];
    const VenuePlan::OpeningPlan& now = plan_.openings[*ours];
    opening_groups_[now.group].adopt(now.column, old.opening_groups_[before.group], before.column);
  }
}

void VenueEngine::adopt_sensor(SensorIndex sensor, const VenueEngine& old, SensorIndex former,
                               std::span<const ZoneIndex> zones) {
  SensorWork& now = sensors_[sensor];
  const SensorWork& before = old.sensors_[former];
  now.memory.adopt(before.memory, [&](ZoneIndex zone) { return zones[zone]; });
  rest_[sensor].waited_for_since = old.rest_[former].waited_for_since;
  rest_[sensor].oddities = old.rest_[former].oddities;
  now.clock_ahead = before.clock_ahead;
  now.readings = before.readings;
  now.entered = before.entered;
  now.left = before.left;
  now.anything.adopt(before.anything, old.pauses_of(former, kAnything),
                     pauses_of(sensor, kAnything));
  now.flow.adopt(before.flow, old.pauses_of(former, kFlow), pauses_of(sensor, kFlow));
}

void VenueEngine::adopt_zone(ZoneIndex zone, const VenueEngine& old, ZoneIndex former) {
  slices(zone).adopt(column(zone), old.slices(former), old.column(former));
  if (slices(zone).has_gauges(column(zone))) {
    for (const SensorIndex sensor : plan_.sensors_of_zone.of(zone))
      sensors_[sensor].feeds_gauged = true;
  }
  news_[zone] = old.news_[former];
  news_[zone].changed_in = head_;
  ZoneGroup& ours = zone_groups_[places_[zone].group];
  const ZoneGroup& theirs = old.zone_groups_[old.places_[former].group];
  for (std::size_t i = 0; i < venue_->windows.size(); ++i) {
    const WindowSpec& window = venue_->windows[i];
    const auto same = std::ranges::find(old.venue_->windows, window);
    if (same == old.venue_->windows.end()) continue;
    const ZoneGroup::Finals& from =
        theirs.finals[static_cast<std::size_t>(same - old.venue_->windows.begin())];
    const std::int64_t latest = old.news_[former].closed / window.hop_s;
    for (std::int64_t n = 0; n < std::min(from.count, ours.finals[i].count); ++n) {
      const auto place = static_cast<std::uint64_t>(latest - n) % from.count;
      times_said(zone, i, (latest - n) * window.hop_s) =
          theirs.times_said[std::size_t{old.column(former)} * theirs.finals_of_zone + from.first +
                            place];
    }
  }
}

// Whether a sensor of both versions still counts the same at the same place: only then may what it
// said be revised or taken back.
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
  return before.entries == after.entries && before.exits == after.exits &&
         before.counts == after.counts && before.bits == after.bits &&
         before.resets_at_midnight == after.resets_at_midnight &&
         before.max_rate_per_minute == after.max_rate_per_minute &&
         old.sensors_[theirs].flows == sensors_[ours].flows &&
         place(*old.venue_, before) == place(*venue_, after);
}

}  // namespace crowdflow
