#include "engine/venue_plan.h"

#include <algorithm>

#include "engine/reading_memory.h"
#include "engine/seconds_up.h"

namespace crowdflow {
namespace {

std::uint32_t group_of(std::int64_t longest_reach_s, std::vector<VenuePlan::Group>& groups) {
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    if (groups[i].longest_reach_s == longest_reach_s) return i;
  }
  groups.push_back({.longest_reach_s = longest_reach_s});
  return static_cast<std::uint32_t>(groups.size() - 1);
}

bool counts_people(const Sensor& sensor) {
  return sensor.counts == CountKind::kDelta || sensor.counts == CountKind::kTotal;
}

}  // namespace

VenuePlan::VenuePlan(const Venue& venue)
    : lateness_s(seconds_up(venue.lateness)), revise_s(seconds_up(venue.revise_for)) {
  plan_windows(venue);
  plan_sensors(venue);
  plan_zones(venue);
  plan_openings(venue);
}

void VenuePlan::plan_windows(const Venue& venue) {
  const auto plan = [&](const WindowSpec& window) {
    const bool is_tumbling = window.size_s == window.hop_s;
    if (!is_tumbling || venue.density_percentile) {
      longest_kept_s = std::max(longest_kept_s, window.size_s);
    }
    if (is_tumbling && std::ranges::find(tumbling, window.size_s) == tumbling.end()) {
      tumbling.push_back(window.size_s);
    }
  };
  for (const WindowSpec& window : venue.windows)
    plan(window);
  for (const Rule& rule : venue.rules) {
    if (rule.window) plan(*rule.window);
  }
}

void VenuePlan::plan_sensors(const Venue& venue) {
  std::vector<bool> has_counter(venue.openings.size(), false);
  for (const Sensor& sensor : venue.sensors) {
    if (counts_people(sensor)) has_counter[*sensor.at] = true;
  }
  std::vector<std::int64_t> longest_of_zone(venue.zones.size(), 1);
  sensors.reserve(venue.sensors.size() + 1);
  for (const Sensor& sensor : venue.sensors) {
    SensorPlan plan;
    if (sensor.in && sensor.counts == CountKind::kOccupancy) plan.feeds = {*sensor.in, kOutside};
    // Who is let in has come in, unless somebody there counts them.
    plan.flows =
        counts_people(sensor) || (sensor.counts == CountKind::kAccess && !has_counter[*sensor.at]);
    if (plan.flows) {
      const Opening& opening = venue.openings[*sensor.at];
      plan.feeds = {opening.from, opening.to};
    }
    for (const ZoneIndex zone : plan.feeds) {
      if (zone == kOutside) continue;
      longest_of_zone[zone] = std::max(longest_of_zone[zone], seconds_up(sensor.every));
    }
    sensors.push_back(plan);
  }
  sensors.push_back({});  // a person who counts
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    SensorPlan& plan = sensors[i];
    const bool is_sensor = i < venue.sensors.size();
    const Span every = is_sensor ? venue.sensors[i].every : Span{std::chrono::seconds{1}};
    std::int64_t longest = is_sensor ? seconds_up(every) : 1;
    for (const ZoneIndex zone : plan.feeds) {
      if (zone != kOutside) {
        longest = std::max(longest, longest_of_zone[zone]);
      }
    }
    // How people move is said with the zone's windows, and so for as long as those can be revised.
    if (is_sensor && venue.sensors[i].counts == CountKind::kMotion) {
      longest = std::max(longest, longest_of_zone[*venue.sensors[i].in]);
    }
    plan.longest_every_s = static_cast<std::uint32_t>(longest);
    plan.allowed_s = static_cast<std::uint32_t>(3 * seconds_up(every) + lateness_s);
    // By its declared rate, and some, so that a repeat within reach is always known.
    plan.readings = static_cast<std::uint32_t>(reach(longest) / every + 16);
    // Large numbers that come in disorder take more bytes each; motion has two of them.
    if (is_sensor) {
      const CountKind counts = venue.sensors[i].counts;
      const bool large = counts == CountKind::kTotal || counts == CountKind::kOccupancy;
      if (large) plan.readings += plan.readings / 2;
      // What motion said last is said again for as long as that is no silence.
      if (counts == CountKind::kMotion) {
        plan.readings += static_cast<std::uint32_t>(std::chrono::seconds{plan.allowed_s} / every);
        plan.readings *= 2;
      }
    }
    // A person may count each zone at one instant; more than so many zones nobody counts at once.
    if (!is_sensor) {
      constexpr std::size_t kMostZones = 5000;
      plan.readings += static_cast<std::uint32_t>(3 * std::min(venue.zones.size(), kMostZones));
    }
    const bool says_little = is_sensor && venue.sensors[i].counts == CountKind::kDelta &&
                             every <= std::chrono::seconds{1};
    plan.memory_bytes = ReadingMemory::room_for(
        plan.readings, says_little ? ReadingMemory::Says::kLittle : ReadingMemory::Says::kAnything);
  }
}

std::int64_t VenuePlan::kept_seconds(std::int64_t longest_reach_s) const {
  // A reading is at most this late, and speaks of a span as long as its sensor's pause.
  const std::int64_t late = lateness_s + 2 * longest_reach_s + revise_s;
  return late + longest_kept_s + 2;
}

std::int64_t VenuePlan::revisable(const WindowSpec& window, const Group& group) const {
  return (lateness_s + group.longest_reach_s + revise_s + window.size_s) / window.hop_s + 2;
}

void VenuePlan::plan_zones(const Venue& venue) {
  std::vector<std::vector<std::uint32_t>> feeding(venue.zones.size());
  std::vector<std::vector<std::uint32_t>> moving(venue.zones.size());
  zones.resize(venue.zones.size());
  for (SensorIndex i = 0; i < venue.sensors.size(); ++i) {
    const Sensor& sensor = venue.sensors[i];
    if (sensor.counts == CountKind::kMotion) moving[*sensor.in].push_back(i);
    for (const ZoneIndex zone : sensors[i].feeds) {
      if (zone == kOutside) continue;
      feeding[zone].push_back(i);
      ZonePlan& plan = zones[zone];
      plan.longest_every_s = std::max(plan.longest_every_s, seconds_up(sensor.every));
      if (sensor.counts == CountKind::kOccupancy) plan.has_gauge_sensor = true;
    }
  }
  for (ZoneIndex zone = 0; zone < zones.size(); ++zone) {
    std::int64_t longest_reach = 1;
    for (const SensorIndex i : feeding[zone])
      longest_reach = std::max<std::int64_t>(longest_reach, sensors[i].longest_every_s);
    ZonePlan& plan = zones[zone];
    plan.group = group_of(longest_reach, zone_groups);
    plan.column = zone_groups[plan.group].size++;
  }
  for (Group& group : zone_groups)
    group.seconds = kept_seconds(group.longest_reach_s);
  sensors_of_zone = Grouped(feeding);
  motion_of_zone = Grouped(moving);
}

void VenuePlan::plan_openings(const Venue& venue) {
  std::vector<std::int64_t> longest(venue.openings.size(), 1);
  std::vector<bool> measured(venue.openings.size(), false);
  for (SensorIndex i = 0; i < venue.sensors.size(); ++i) {
    if (!sensors[i].flows) continue;
    const OpeningIndex at = *venue.sensors[i].at;
    measured[at] = true;
    longest[at] = std::max<std::int64_t>(longest[at], sensors[i].longest_every_s);
  }
  std::vector<std::vector<std::uint32_t>> of_zone(venue.zones.size());
  openings.resize(venue.openings.size());
  for (OpeningIndex i = 0; i < venue.openings.size(); ++i) {
    const Opening& opening = venue.openings[i];
    OpeningPlan& plan = openings[i];
    plan.group = group_of(longest[i], opening_groups);
    plan.column = opening_groups[plan.group].size++;
    plan.width_m = opening.width_m.value_or(0);
    for (const ZoneIndex zone : {opening.from, opening.to}) {
      if (zone == kOutside) continue;
      if (!measured[i]) {
        zones[zone].has_unmeasured_opening = true;
      } else if (opening.width_m) {
        of_zone[zone].push_back(i);
      }
    }
  }
  for (Group& group : opening_groups)
    group.seconds = kept_seconds(group.longest_reach_s);
  openings_of_zone = Grouped(of_zone);
}

}  // namespace crowdflow
