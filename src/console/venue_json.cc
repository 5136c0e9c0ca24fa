#include "console/venue_json.h"

#include <algorithm>
#include <cstdint>
#include <ranges>

#include "console/json_text.h"
#include "engine/venue_plan.h"

namespace crowdflow::console {
namespace {

std::string_view name_of(ZoneKind kind) {
  switch (kind) {
    case ZoneKind::kWalkway:
      return "walkway";
    case ZoneKind::kStairs:
      return "stairs";
    case ZoneKind::kQueue:
      return "queue";
    case ZoneKind::kStanding:
      return "standing";
    case ZoneKind::kSeating:
      return "seating";
    case ZoneKind::kOther:
      break;
  }
  return "other";
}

void append_profile(const ThresholdProfile& profile, std::string& out) {
  out += '{';
  append_field("name", profile.name, out);
  out += ",\"begins_at\":";
  append_array(profile.begins_at, out, [&](double bound) { append_number(bound, out); });
  out += ",\"limit\":";
  append_number(profile.limit, out);
  out += ',';
  append_field("source", profile.source, out);
  out += '}';
}

// For so long a state of the zone may be the newest while all of its sensors are well; at least for
// as long as the engine says each zone again.
std::uint32_t stale_after_s(const VenuePlan& plan, ZoneIndex zone) {
  std::uint32_t longest = 10;
  for (const std::uint32_t sensor : plan.sensors_of_zone.of(zone))
    longest = std::max(longest, plan.sensors[sensor].allowed_s);
  return longest;
}

void append_zone(const Venue& venue, const VenuePlan& plan, ZoneIndex index, std::string& out) {
  const Zone& zone = venue.zones[index];
  out += '{';
  append_field("id", zone.id, out);
  out += ',';
  append_field("name", zone.name, out);
  out += ',';
  append_field("kind", name_of(zone.kind), out);
  out += ",\"area_m2\":";
  append_number(zone.area_m2, out);
  out += ",\"capacity\":";
  append_number(zone.capacity, out);
  out += ",\"stale_after_s\":";
  append_number(stale_after_s(plan, index), out);
  out += ",\"profile\":";
  append_profile(venue.profiles[zone.profile], out);
  out += ",\"polygon\":";
  append_array(zone.polygon, out, [&](const Zone::Corner& corner) {
    out += '[';
    append_number(corner.x, out);
    out += ',';
    append_number(corner.y, out);
    out += ']';
  });
  out += '}';
}

void append_opening(const Venue& venue, const Opening& opening, std::string& out) {
  const auto id_of = [&venue](ZoneIndex zone) -> std::string_view {
    return zone == kOutside ? "outside" : std::string_view(venue.zones[zone].id);
  };
  out += '{';
  append_field("id", opening.id, out);
  out += ',';
  append_field("name", opening.name, out);
  out += ',';
  append_field("from", id_of(opening.from), out);
  out += ',';
  append_field("to", id_of(opening.to), out);
  out += ",\"width_m\":";
  append_number(opening.width_m, out);
  out += '}';
}

}  // namespace

void append_venues(std::span<const std::shared_ptr<const Venue>> venues, std::string& out) {
  append_array(venues, out, [&](const std::shared_ptr<const Venue>& venue) {
    out += '{';
    append_field("id", venue->id, out);
    out += ',';
    append_field("name", venue->name, out);
    out += ',';
    append_field("time_zone", venue->time_zone, out);
    out += ',';
    append_field("version", venue->version, out);
    out += ",\"shortest_window_s\":";
    append_number(venue->windows.front().size_s, out);
    out += ",\"zones\":";
    const VenuePlan plan(*venue);
    append_array(std::views::iota(ZoneIndex{0}, static_cast<ZoneIndex>(venue->zones.size())), out,
                 [&](ZoneIndex zone) { append_zone(*venue, plan, zone, out); });
    out += ",\"openings\":";
    append_array(venue->openings, out,
                 [&](const Opening& opening) { append_opening(*venue, opening, out); });
    out += '}';
  });
}

}  // namespace crowdflow::console
