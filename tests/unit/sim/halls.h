#pragma once

#include <string>

#include <crowdflow/venue.h>

namespace crowdflow::sim {

// Venues to walk in. Every opening has a sensor that counts each second; each zone's window is one
// second, so that every second's level is said.

inline Venue empty_hall() {
  Venue venue;
  venue.id = "hall";
  venue.profiles = {*built_in_profile("fruin-queueing")};
  venue.windows = {{.size_s = 1, .hop_s = 1}};
  venue.starts = StartLevel::kEmpty;
  return venue;
}

inline ZoneIndex add_zone(Venue& venue, const std::string& id, ZoneKind kind, double area_m2) {
  venue.zones.push_back({.id = id, .name = id, .kind = kind, .area_m2 = area_m2});
  return static_cast<ZoneIndex>(venue.zones.size() - 1);
}

inline OpeningIndex add_opening(Venue& venue, ZoneIndex from, ZoneIndex to, double width_m) {
  const auto index = static_cast<OpeningIndex>(venue.openings.size());
  const std::string id = "opening-" + std::to_string(index);
  venue.openings.push_back({.id = id, .name = id, .from = from, .to = to, .width_m = width_m});
  venue.sensors.push_back({.id = "counter-" + std::to_string(index), .at = index});
  return index;
}

// Two gates, two forecourts, a concourse with a gauge, stairs, and a stand; a rule on everything.
inline Venue small_arena() {
  Venue venue = empty_hall();
  const ZoneIndex west = add_zone(venue, "west", ZoneKind::kQueue, 60);
  const ZoneIndex east = add_zone(venue, "east", ZoneKind::kQueue, 90);
  const ZoneIndex concourse = add_zone(venue, "concourse", ZoneKind::kWalkway, 300);
  const ZoneIndex stairs = add_zone(venue, "stairs", ZoneKind::kStairs, 40);
  const ZoneIndex stand = add_zone(venue, "stand", ZoneKind::kSeating, 500);
  add_opening(venue, kOutside, west, 4);
  add_opening(venue, kOutside, east, 5);
  add_opening(venue, west, concourse, 4);
  add_opening(venue, east, concourse, 4);
  add_opening(venue, concourse, stairs, 3);
  // Mounted the wrong way round, and drawn the wrong way round.
  add_opening(venue, stand, stairs, 3);
  std::swap(venue.sensors.back().entries, venue.sensors.back().exits);
  venue.sensors.push_back(
      {.id = "area-concourse", .counts = CountKind::kOccupancy, .in = concourse});
  venue.rules.push_back({.id = "dense",
                         .when = RuleKind::kDensity,
                         .zones = {west, east, concourse, stairs, stand},
                         .over = 1.5,
                         .deadband = 0.2,
                         .off_delay = std::chrono::seconds{3}});
  return venue;
}

inline constexpr EventTime kNoon = start_of_second(1'700'000'000);

}  // namespace crowdflow::sim
