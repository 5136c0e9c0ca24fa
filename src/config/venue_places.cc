#include "config/polygon.h"
#include "config/reader.h"
#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kMaxZones = 100'000;
constexpr std::size_t kMaxOpenings = 200'000;
constexpr std::size_t kMaxCorners = 1000;
constexpr std::size_t kMaxNameLength = 200;
constexpr double kMaxAreaM2 = 10'000'000;

constexpr std::string_view kOutsideWord = "outside";

ProfileIndex index_of_profile(const Venue& venue, std::string_view name) {
  ProfileIndex index = 0;
  while (venue.profiles[index].name != name)
    ++index;
  return index;
}

std::optional<Zone::Corner> read_corner(Report& report, const Node& node) {
  constexpr NumberRange kMetres{.of = "metres", .least = -100'000, .most = 100'000};
  const Node* x = node.kind == NodeKind::kList ? node.first_child : nullptr;
  const Node* y = x == nullptr ? nullptr : x->next;
  if (y == nullptr || y->next != nullptr) {
    report.error(node, "a corner in metres: [x, y]");
    return std::nullopt;
  }
  const auto corner_x = read_number(report, x, kMetres);
  const auto corner_y = read_number(report, y, kMetres);
  if (!corner_x || !corner_y) return std::nullopt;
  return Zone::Corner{*corner_x, *corner_y};
}

void read_polygon(Report& report, const Node& node, Zone& zone) {
  constexpr std::string_view kPolygon = "a list of at least 3 corners in metres: [[x, y], ...]";
  const auto items = read_list(report, &node, kPolygon, kMaxCorners);
  if (node.kind != NodeKind::kList) return;
  std::vector<Zone::Corner> corners;
  for (const Node* item : items) {
    if (const auto corner = read_corner(report, *item)) corners.push_back(*corner);
  }
  if (corners.size() != items.size()) return;
  const auto same = [](const Zone::Corner& a, const Zone::Corner& b) {
    return a.x == b.x && a.y == b.y;
  };
  // A ring that is closed, as in GeoJSON, says the same.
  if (corners.size() > 3 && same(corners.front(), corners.back())) corners.pop_back();
  if (corners.size() < 3) {
    report.error(node, std::to_string(corners.size()) + " corners", std::string{kPolygon}, {});
    return;
  }
  for (std::size_t i = 1; i < corners.size(); ++i) {
    if (!same(corners[i - 1], corners[i])) continue;
    report.error(*items[i], "the corner before again", "each corner once", {});
    return;
  }
  const auto area = polygon_area(corners);
  if (!area) {
    report.error(*items[area.error().corner], area.error().found,
                 "a polygon whose edges meet at its corners only", {});
    return;
  }
  if (*area > kMaxAreaM2 || *area <= 0) {
    report.error(node, "an area of " + to_text(*area) + " m2",
                 "above 0, at most " + to_text(kMaxAreaM2), {});
    return;
  }
  zone.area_m2 = *area;
  zone.polygon = std::move(corners);
}

void read_area(Report& report, MapReader& map, Zone& zone) {
  const Node* area = map.find("area");
  const Node* polygon = map.find("polygon");
  zone.area_m2 =
      read_number(report, area, {.of = "square metres", .most = kMaxAreaM2, .least_excluded = true})
          .value_or(1);
  if (polygon != nullptr) read_polygon(report, *polygon, zone);
  if (area != nullptr && polygon != nullptr) {
    report.key_error(*polygon, "\"polygon\" beside \"area\"",
                     "one of them: the area of a polygon is computed", {});
  }
  if (map.is_map() && !map.has("area") && !map.has("polygon")) {
    report.error(map.node(), "no \"area\"",
                 "\"area\" (square metres that people can stand on) or \"polygon\"", {});
  }
}

void read_zone(VenueDraft& draft, const Node& node) {
  Report& report = draft.report;
  MapReader map{report, node, "a zone, such as { id: hall, area: 220 }"};
  Zone zone;
  const Node* id = map.require("id", "the zone's id");
  zone.id = read_id(report, id);
  if (zone.id == kOutsideWord) {
    report.error(*id, "another id: outside is what lies around the venue");
  }
  zone.name = read_text(report, map.find("name"), kMaxNameLength).value_or(zone.id);
  zone.kind = read_choice<ZoneKind>(report, map.find("kind"),
                                    {{"walkway", ZoneKind::kWalkway},
                                     {"stairs", ZoneKind::kStairs},
                                     {"queue", ZoneKind::kQueue},
                                     {"standing", ZoneKind::kStanding},
                                     {"seating", ZoneKind::kSeating},
                                     {"other", ZoneKind::kOther}})
                  .value_or(ZoneKind::kOther);
  read_area(report, map, zone);
  zone.capacity =
      read_whole(report, map.find("capacity"), {.of = "people", .least = 1, .most = 10'000'000});
  const auto profile = draft.profiles.resolve(report, map.find("profile"));
  zone.profile = profile ? *profile : index_of_profile(draft.venue, profile_for(zone.kind));

  const auto index = static_cast<ZoneIndex>(draft.venue.zones.size());
  if (const Node* sensor = map.find("sensor")) {
    draft.sensor_sources.push_back({.node = sensor, .in = index});
  }
  draft.zones.add(report, id, zone.id);
  draft.zone_nodes.push_back(&node);
  draft.venue.zones.push_back(std::move(zone));
}

// A zone's id or `outside`.
std::optional<ZoneIndex> read_side(VenueDraft& draft, const Node* node) {
  if (node != nullptr && node->kind == NodeKind::kScalar && node->text == kOutsideWord) {
    return kOutside;
  }
  return draft.zones.resolve(draft.report, node, kOutsideWord);
}

void read_opening(VenueDraft& draft, const Node& node) {
  Report& report = draft.report;
  MapReader map{report, node, "an opening, such as { id: door, from: outside, to: hall }"};
  Opening opening;
  const Node* id = map.require("id", "the opening's id");
  opening.id = read_id(report, id);
  opening.name = read_text(report, map.find("name"), kMaxNameLength).value_or(opening.id);
  const Node* from = map.find("from");
  const Node* to = map.require("to", "the zone that people enter here, or outside");
  const auto from_zone = from == nullptr ? std::optional{kOutside} : read_side(draft, from);
  const auto to_zone = read_side(draft, to);
  if (from_zone && to_zone) {
    opening.from = *from_zone;
    opening.to = *to_zone;
    if (*from_zone == *to_zone) {
      report.error(*to, describe(*to) + " on both sides", "two sides that differ",
                   from == nullptr ? "\"from\" is outside when it is not given" : "");
    }
  }
  opening.width_m = read_number(report, map.find("width"),
                                {.of = "metres", .most = 1000, .least_excluded = true});
  const auto index = static_cast<OpeningIndex>(draft.venue.openings.size());
  if (const Node* sensor = map.find("sensor")) {
    draft.sensor_sources.push_back({.node = sensor, .at = index});
  }
  draft.openings.add(report, id, opening.id);
  draft.opening_nodes.push_back(&node);
  draft.venue.openings.push_back(std::move(opening));
}

}  // namespace

std::string_view profile_for(ZoneKind kind) {
  switch (kind) {
    case ZoneKind::kStairs:
      return "fruin-stairs";
    case ZoneKind::kQueue:
    case ZoneKind::kSeating:
      return "fruin-queueing";
    case ZoneKind::kStanding:
      return "green-guide-standing";
    case ZoneKind::kWalkway:
    case ZoneKind::kOther:
      return "fruin-walkway";
  }
  return {};
}

void read_zones(VenueDraft& draft, const Node* section) {
  constexpr std::string_view kZones = "a list of zones: - { id: hall, area: 220 }";
  for (const Node* item : read_list(draft.report, section, kZones, kMaxZones)) {
    read_zone(draft, *item);
  }
  if (section != nullptr && section->kind == NodeKind::kList && section->first_child == nullptr) {
    draft.report.error(*section, std::string{kZones});
  }
}

void read_openings(VenueDraft& draft, const Node* section) {
  constexpr std::string_view kOpenings =
      "a list of openings: - { id: door, from: outside, to: hall }";
  for (const Node* item : read_list(draft.report, section, kOpenings, kMaxOpenings)) {
    read_opening(draft, *item);
  }
}

}  // namespace crowdflow::config
