#include "exactly_once/venues.h"

#include <algorithm>
#include <utility>

#include "config/config_error.h"
#include "config/venue_file.h"
#include "exactly_once/measured.h"
#include "log/log.h"

namespace crowdflow::bench {
namespace {

std::string head(const std::string& id) {
  return "crowdflow: v1\nvenue: { id: " + id + ", time_zone: UTC }\nstarts: empty\nzones:\n";
}

std::string id_at_home(const std::string& name, std::int32_t partition, std::int32_t partitions) {
  for (int n = 0;; ++n) {
    std::string id = name + "-" + std::to_string(n);
    if (log::home_partition(id, partitions) == partition) return id;
  }
}

}  // namespace

std::string sensor_id(int sensor) { return "s" + std::to_string(sensor); }

Row row_of_zones(const std::string& name, int zones, std::int32_t partition,
                 std::int32_t partitions) {
  Row row{.id = id_at_home(name, partition, partitions), .zones = zones, .partition = partition};
  row.yaml = head(row.id);
  for (int zone = 0; zone < zones; ++zone)
    row.yaml += "  - { id: z" + std::to_string(zone) + ", area: 100 }\n";
  row.yaml += "openings:\n";
  for (int door = 0; door < row.sensors(); ++door) {
    row.yaml += "  - { id: d" + std::to_string(door) + ", to: z" + std::to_string(door / kDoors) +
                ", width: 2, sensor: " + sensor_id(door) + " }\n";
  }
  return row;
}

std::vector<Row> rows_of_zones(int zones, int at_most, std::int32_t partitions) {
  std::vector<Row> rows;
  while (zones > 0) {
    const int here = std::min(zones, at_most);
    const auto number = static_cast<std::int32_t>(rows.size());
    rows.push_back(
        row_of_zones("row" + std::to_string(number), here, number % partitions, partitions));
    zones -= here;
  }
  return rows;
}

std::string probe_venue(const std::string& id, int zones) {
  std::string yaml = head(id);
  for (int zone = 0; zone < zones; ++zone) {
    const std::string number = std::to_string(zone);
    yaml += "  - { id: z" + number + ", area: 100, sensor: " + sensor_id(zone) + " }\n";
  }
  return yaml + "rules:\n  - { id: full, when: occupancy, over: " + std::to_string(kProbeLimit) +
         ", on_delay: 0s, off_delay: 0s, deadband: 0 }\n";
}

processor::VenueSource source_of(const Row& row) {
  auto venue = config::parse_venue(row.yaml, row.id);
  if (!venue) give_up(config::format_errors(venue.error()));
  return {.yaml = row.yaml, .venue = std::make_shared<const Venue>(std::move(*venue))};
}

Result<std::shared_ptr<const Venue>> parse_venue(const wire::VenueFile& file) {
  auto venue = config::parse_venue_again(file.yaml, file.venue_id, file.utc_offsets);
  if (!venue) return fail(ErrorCode::kInvalid, config::format_errors(venue.error()));
  return std::make_shared<const Venue>(std::move(*venue));
}

}  // namespace crowdflow::bench
