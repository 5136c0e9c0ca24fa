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

  for (SensorIndex i = 0; i < old.venue_->sensors.size(); ++i) {
    const auto ours = sensor_by_id_.find(old.venue_->sensors[i].id);
    if (ours == sensor_by_id_.end() || !same_place(old, i, ours->second)) continue;
    SensorWork& sensor = sensors_[ours->second];
    sensor.memory.adopt(old.sensors_[i].memory);
    sensor.waited_for_since = old.sensors_[i].waited_for_since;
    sensor.heard.adopt(old.sensors_[i].heard);
    sensor.flow.adopt(old.sensors_[i].flow);
    sensor.clock_skewed = old.sensors_[i].clock_skewed;
    sensor.totals = old.sensors_[i].totals;
  }
  sensors_.back().memory.adopt(old.sensors_.back().memory);

  for (ZoneIndex former = 0; former < old.zones_.size(); ++former) {
    const auto ours = zone_by_id_.find(old.venue_->zones[former].id);
    if (ours != zone_by_id_.end()) adopt_zone(ours->second, old, former);
  }
  const IndexById opening_by_id = index_by_id(venue_->openings);
  for (OpeningIndex former = 0; former < old.openings_.size(); ++former) {
    const auto ours = opening_by_id.find(old.venue_->openings[former].id);
    if (ours != opening_by_id.end()) openings_[ours->second].adopt(old.openings_[former]);
  }
}

void VenueEngine::adopt_zone(ZoneIndex zone, const VenueEngine& old, ZoneIndex former) {
  ZoneWork& work = zones_[zone];
  const ZoneWork& before = old.zones_[former];
  work.slices.adopt(before.slices);
  work.news = before.news;
  work.news.changed_in = head_;
  for (std::size_t i = 0; i < venue_->windows.size(); ++i) {
    const WindowSpec& window = venue_->windows[i];
    const auto same = std::ranges::find(old.venue_->windows, window);
    if (same == old.venue_->windows.end()) continue;
    for (const SaidFinal& said :
         before.said[static_cast<std::size_t>(same - old.venue_->windows.begin())]) {
      // The new list may be shorter: what ended later counts.
      SaidFinal& place = work.said_of(i, window, said.end);
      if (said.times > 0 && said.end > place.end) place = said;
    }
  }
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
  return before.entries == after.entries && before.exits == after.exits &&
         before.counts == after.counts && place(*old.venue_, before) == place(*venue_, after);
}

}  // namespace crowdflow
