#include "processor/progress.h"

#include <cstddef>
#include <utility>

namespace crowdflow::processor {
namespace {

std::vector<telemetry::SensorOddity> oddities_of(const Shard& shard, const Venue& venue) {
  std::vector<telemetry::SensorOddity> oddities;
  const std::vector<SensorTotals> totals = shard.sensor_totals(venue.id);
  for (std::size_t sensor = 0; sensor < totals.size(); ++sensor) {
    for (std::size_t i = 0; i < kOddityCount; ++i) {
      const std::uint32_t count = totals[sensor].oddities[i];
      if (count == 0) continue;
      oddities.push_back({.sensor = static_cast<SensorIndex>(sensor),
                          .oddity = static_cast<Oddity>(i),
                          .count = count});
    }
  }
  return oddities;
}

}  // namespace

Progress progress_of(const PartitionWork& work) {
  Progress progress{.position = work.position(), .venues = {}};
  Outputs present;
  for (const VenueProgress& venue : work.shard().progress()) {
    present.clear();
    work.shard().present(venue.venue->id, present);
    progress.venues.push_back({.venue = nullptr,
                               .progress = venue,
                               .zones = std::move(present.states),
                               .oddities = oddities_of(work.shard(), *venue.venue)});
  }
  return progress;
}

}  // namespace crowdflow::processor
