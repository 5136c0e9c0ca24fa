#pragma once

#include <cstdint>
#include <string>

#include <crowdflow/reading.h>
#include <crowdflow/venue.h>

namespace crowdflow::bench {

inline constexpr std::int64_t kStart = 1'518'174'000;

// Zones in a row, five doors to the outside each with a counter; default windows.
inline Venue row_of_zones(std::int64_t zones) {
  constexpr int kDoors = 5;
  Venue venue;
  venue.id = "row";
  venue.profiles.push_back(*built_in_profile("fruin-walkway"));
  venue.windows = {{.size_s = 10, .hop_s = 1},
                   {.size_s = 60, .hop_s = 60},
                   {.size_s = 300, .hop_s = 300},
                   {.size_s = 900, .hop_s = 900}};
  venue.starts = StartLevel::kEmpty;
  const auto count = static_cast<std::size_t>(zones);
  venue.zones.reserve(count);
  venue.openings.reserve(kDoors * count);
  venue.sensors.reserve(kDoors * count);
  for (ZoneIndex zone = 0; zone < static_cast<ZoneIndex>(zones); ++zone) {
    venue.zones.push_back({.id = "z" + std::to_string(zone), .area_m2 = 100});
    for (int door = 0; door < kDoors; ++door) {
      const std::string id = "d" + std::to_string(zone) + "-" + std::to_string(door);
      const auto opening = static_cast<OpeningIndex>(venue.openings.size());
      venue.openings.push_back({.id = id, .from = kOutside, .to = zone, .width_m = 2.0});
      venue.sensors.push_back({.id = id, .at = opening});
    }
  }
  return venue;
}

// What a sensor says each second.
inline Reading reading_of(const Venue& venue, std::size_t sensor, std::int64_t second) {
  Reading reading;
  reading.venue_id = venue.id;
  reading.sensor_id = venue.sensors[sensor].id;
  reading.sequence = static_cast<std::uint64_t>(second - kStart) + 1;
  reading.event_time = start_of_second(second);
  reading.interval = std::chrono::seconds{1};
  reading.statement = CountDelta{.entries = 1, .exits = 1};
  return reading;
}

}  // namespace crowdflow::bench
