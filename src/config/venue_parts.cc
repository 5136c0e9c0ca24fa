#include "config/venue_parts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "config/reader.h"
#include "config/source_text.h"

namespace crowdflow::config {
namespace {

// The next part of a text whose parts are separated by commas; empty when there is no more.
std::string_view take_part(std::string_view& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const std::string_view part = trimmed(text.substr(0, comma));
  text.remove_prefix(std::min(comma + 1, text.size()));
  return part;
}

template <typename Item>
bool has_id(const std::vector<Item>& items, std::string_view id) {
  return std::ranges::find(items, id, &Item::id) != items.end();
}

template <typename Item>
std::optional<std::size_t> find_by_name(const std::vector<Item>& items, std::string_view text) {
  const auto by_id = std::ranges::find(items, text, &Item::id);
  if (by_id != items.end()) return static_cast<std::size_t>(by_id - items.begin());
  const auto by_name = std::ranges::find_if(
      items, [&](const Item& item) { return lower_case(item.name) == lower_case(text); });
  if (by_name != items.end()) return static_cast<std::size_t>(by_name - items.begin());
  return std::nullopt;
}

bool has_counter(const VenueSketch& sketch, bool in_zone, std::size_t place) {
  return std::ranges::any_of(sketch.counters, [&](const VenueSketch::Counter& counter) {
    return (counter.counts == CountKind::kOccupancy) == in_zone && counter.place == place;
  });
}

template <typename Item>
std::string one_of(const std::vector<Item>& items, std::string_view else_one = {}) {
  std::vector<std::string_view> names;
  names.reserve(items.size() + 1);
  for (const Item& item : items)
    names.push_back(item.id);
  if (!else_one.empty()) names.push_back(else_one);
  return "one of " + enumerate(names);
}

template <typename Item>
Answer<std::string> new_id(const std::vector<Item>& items, std::string_view name) {
  const auto good = answer_name(name);
  if (!good) return good;
  const std::string id = id_from_name(*good);
  if (id.empty()) return tl::unexpected<std::string>("a name with letters a to z or digits in it");
  if (has_id(items, id))
    return tl::unexpected<std::string>("another name: \"" + id + "\" is taken");
  return id;
}

}  // namespace

Answer<std::size_t> find_zone(const VenueSketch& sketch, std::string_view text) {
  if (const auto found = find_by_name(sketch.zones, trimmed(text))) return *found;
  return tl::unexpected<std::string>(one_of(sketch.zones));
}

Answer<std::optional<std::size_t>> find_side(const VenueSketch& sketch, std::string_view text) {
  const std::string_view side = trimmed(text);
  if (lower_case(side) == "outside") return std::nullopt;
  if (const auto found = find_by_name(sketch.zones, side)) return *found;
  return tl::unexpected<std::string>(one_of(sketch.zones, "outside"));
}

Answer<std::string> new_zone_id(const VenueSketch& sketch, std::string_view name) {
  auto id = new_id(sketch.zones, name);
  if (id && *id == "outside") {
    return tl::unexpected<std::string>("another name: outside is what lies around the venue");
  }
  return id;
}

Answer<std::string> new_door_id(const VenueSketch& sketch, std::string_view name) {
  return new_id(sketch.doors, name);
}

Answer<std::string> new_counter_id(const VenueSketch& sketch, std::string_view id) {
  auto good = answer_id(id);
  if (good && has_id(sketch.counters, *good)) {
    return tl::unexpected<std::string>("another id: \"" + *good + "\" is taken");
  }
  return good;
}

Answer<void> add_zone(VenueSketch& sketch, std::string_view text) {
  VenueSketch::Zone zone;
  const std::string_view name = take_part(text);
  const auto id = new_zone_id(sketch, name);
  if (!id) return tl::unexpected<std::string>("its name: " + id.error());
  zone.id = *id;
  zone.name = name;
  const auto area = answer_area(take_part(text));
  if (!area) return tl::unexpected<std::string>("its area: " + area.error());
  zone.area_m2 = *area;
  const std::string_view capacity_part = take_part(text);
  const std::string_view kind_part = take_part(text);
  const auto kind = answer_kind(kind_part.empty() ? "standing" : kind_part);
  if (!kind) return tl::unexpected<std::string>("its kind: " + kind.error());
  zone.kind = *kind;
  const auto capacity = answer_capacity(capacity_part, *kind, *area);
  if (!capacity) return tl::unexpected<std::string>("its capacity: " + capacity.error());
  zone.capacity = *capacity;
  const auto limit = answer_limit(take_part(text), *kind);
  if (!limit) return tl::unexpected<std::string>("its limit: " + limit.error());
  zone.limit_per_m2 = *limit;
  if (!text.empty()) return tl::unexpected<std::string>("NAME,AREA,CAPACITY,KIND,LIMIT, no more");
  sketch.zones.push_back(std::move(zone));
  return {};
}

Answer<void> add_door(VenueSketch& sketch, std::string_view text) {
  VenueSketch::Door door;
  const std::string_view name = take_part(text);
  const auto id = new_door_id(sketch, name);
  if (!id) return tl::unexpected<std::string>("its name: " + id.error());
  door.id = *id;
  door.name = name;
  const auto width = answer_width(take_part(text));
  if (!width) return tl::unexpected<std::string>("its width: " + width.error());
  door.width_m = *width;
  const auto to = find_zone(sketch, take_part(text));
  if (!to) return tl::unexpected<std::string>("where it leads to: " + to.error());
  door.to = *to;
  const std::string_view from_part = take_part(text);
  const auto from = find_side(sketch, from_part.empty() ? "outside" : from_part);
  if (!from) return tl::unexpected<std::string>("where it leads from: " + from.error());
  if (*from == *to) {
    return tl::unexpected<std::string>("where it leads from: another place than where it leads to");
  }
  door.from = *from;
  if (!text.empty()) return tl::unexpected<std::string>("NAME,WIDTH,TO,FROM, no more");
  sketch.doors.push_back(std::move(door));
  return {};
}

Answer<void> add_counter(VenueSketch& sketch, std::string_view text) {
  VenueSketch::Counter counter;
  const auto id = new_counter_id(sketch, take_part(text));
  if (!id) return tl::unexpected<std::string>("its id: " + id.error());
  counter.id = *id;
  const std::string_view place = take_part(text);
  const std::string_view counts_part = take_part(text);
  const auto door = find_by_name(sketch.doors, place);
  const auto zone = find_by_name(sketch.zones, place);
  if (!door && !zone) {
    return tl::unexpected<std::string>("where it stands: " + one_of(sketch.doors) +
                                       " (a door), or for occupancy " + one_of(sketch.zones) +
                                       " (a zone)");
  }
  // A door and a zone may have the same name: the way of counting says which is meant.
  const bool in_zone = zone && (!door || lower_case(counts_part) == "occupancy");
  const std::string_view usual = in_zone ? "occupancy" : "delta";
  const auto counts = answer_counts(counts_part.empty() ? usual : counts_part, !in_zone);
  if (!counts) return tl::unexpected<std::string>("how it counts: " + counts.error());
  counter.counts = *counts;
  counter.place = in_zone ? *zone : *door;
  if (has_counter(sketch, in_zone, counter.place)) {
    return tl::unexpected<std::string>("where it stands: another place, this one has its counter");
  }
  const std::string_view every_part = take_part(text);
  const auto every = answer_every(every_part.empty() ? "1m" : every_part);
  if (!every) return tl::unexpected<std::string>("how often it speaks: " + every.error());
  counter.every = *every;
  if (!text.empty()) return tl::unexpected<std::string>("ID,PLACE,COUNTS,EVERY, no more");
  sketch.counters.push_back(std::move(counter));
  return {};
}

}  // namespace crowdflow::config
