#include <crowdflow/memory_need.h>

#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

// An allocation's own cost, and what it is rounded up to.
constexpr std::size_t kPerAllocation = 16;

std::size_t text(const std::string& text) {
  return text.capacity() > 15 ? text.capacity() + 1 + kPerAllocation : 0;
}

std::size_t description_of(const Venue& venue) {
  std::size_t bytes = sizeof(Venue);
  for (const Zone& zone : venue.zones) {
    bytes += sizeof(Zone) + text(zone.id) + text(zone.name) +
             zone.polygon.capacity() * sizeof(Zone::Corner);
  }
  for (const Opening& opening : venue.openings)
    bytes += sizeof(Opening) + text(opening.id) + text(opening.name);
  for (const Sensor& sensor : venue.sensors)
    bytes += sizeof(Sensor) + text(sensor.id);
  for (const std::string& kind : venue.sensor_kinds)
    bytes += sizeof(std::string) + text(kind);
  for (const Rule& rule : venue.rules)
    bytes += sizeof(Rule) + text(rule.id) + rule.zones.capacity() * sizeof(ZoneIndex);
  return bytes;
}

}  // namespace

MemoryNeed VenueEngine::need(const Venue& venue, const VenuePlan& plan) {
  MemoryNeed need;
  need.description =
      description_of(venue) + IdIndex::bytes(venue.sensors) + IdIndex::bytes(venue.zones);
  for (const VenuePlan::SensorPlan& sensor : plan.sensors) {
    need.sensors += sizeof(SensorWork) + sizeof(SensorRest) + sizeof(SensorIndex) +
                    sensor.memory_bytes + 2 * Silences::kPauses * sizeof(Silences::Kept);
  }
  need.sensors += plan.sensors_of_zone.bytes() + plan.motion_of_zone.bytes();

  for (const VenuePlan::Group& group : plan.zone_groups) {
    std::size_t finals = 0;
    for (const WindowSpec& window : venue.windows)
      finals += static_cast<std::size_t>(plan.revisable(window, group));
    need.zones += ZoneSlices::bytes(group.seconds, group.size, plan.tumbling.size()) +
                  group.size * finals * sizeof(std::uint16_t);
  }
  for (const VenuePlan::ZonePlan& zone : plan.zones) {
    const std::size_t gauges =
        ZoneSlices::gauge_bytes(plan.zone_groups[zone.group].seconds) + kPerAllocation;
    (zone.has_gauge_sensor ? need.zones : need.first_anchor) += gauges;
  }
  need.zones += plan.zones.size() *
                    (sizeof(VenuePlan::ZonePlan) + sizeof(News) + sizeof(Place) + sizeof(Share)) +
                Alarms::bytes(venue) + plan.openings_of_zone.bytes();

  for (const VenuePlan::Group& group : plan.opening_groups) {
    need.openings += OpeningSlices::bytes(group.seconds, group.size, plan.tumbling.size());
    need.first_flood += OpeningSlices::upper_bytes(group.seconds, group.size);
  }
  need.openings += plan.openings.size() * sizeof(VenuePlan::OpeningPlan);
  return need;
}

MemoryNeed memory_need(const Venue& venue) { return VenueEngine::need(venue, VenuePlan(venue)); }

}  // namespace crowdflow
