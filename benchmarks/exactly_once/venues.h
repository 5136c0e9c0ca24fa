#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/venue.h>

#include "processor/options.h"

namespace crowdflow::bench {

inline constexpr int kDoors = 5;

// A venue of zones in a row, each with five doors to the outside and a counter at each of them that
// speaks once a second: as YAML, since an engine that restarts has to read it. Its home is
// `partition` of `partitions`.
struct Row {
  std::string id;
  std::string yaml;
  int zones = 0;
  std::int32_t partition = 0;

  [[nodiscard]] int sensors() const { return zones * kDoors; }
};
[[nodiscard]] Row row_of_zones(const std::string& name, int zones, std::int32_t partition,
                               std::int32_t partitions);
// So many zones in all, `at_most` in a venue, spread over the partitions.
[[nodiscard]] std::vector<Row> rows_of_zones(int zones, int at_most, std::int32_t partitions);
[[nodiscard]] std::string sensor_id(int sensor);

// Zones that raise an alarm with the first reading that tells of more people than kProbeLimit, and
// clear it with the first that does not.
inline constexpr int kProbeLimit = 10;
[[nodiscard]] std::string probe_venue(const std::string& id, int zones);

[[nodiscard]] processor::VenueSource source_of(const Row& row);
[[nodiscard]] Result<std::shared_ptr<const Venue>> parse_venue(const wire::VenueFile& file);

}  // namespace crowdflow::bench
