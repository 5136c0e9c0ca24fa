#include <cstdint>

#include <crowdflow/check.h>
#include <crowdflow/memory_need.h>

#include "config/venue_file.h"

// Venue files: a venue whose every index is in range, whose memory can be said, and which is the
// same when it is read again; or errors that say where and why.

namespace {

void check_venue(const crowdflow::Venue& venue) {
  using crowdflow::kOutside;
  CROWDFLOW_CHECK(!venue.zones.empty() && !venue.windows.empty(), "zones and windows");
  for (const crowdflow::Opening& opening : venue.openings) {
    CROWDFLOW_CHECK(opening.from == kOutside || opening.from < venue.zones.size(), "from");
    CROWDFLOW_CHECK(opening.to == kOutside || opening.to < venue.zones.size(), "to");
  }
  for (const crowdflow::Sensor& sensor : venue.sensors) {
    CROWDFLOW_CHECK(sensor.at.has_value() != sensor.in.has_value(), "one place");
    CROWDFLOW_CHECK(!sensor.at || *sensor.at < venue.openings.size(), "at");
    CROWDFLOW_CHECK(!sensor.in || *sensor.in < venue.zones.size(), "in");
  }
  CROWDFLOW_CHECK(crowdflow::memory_need(venue).total() > 0, "memory can be said");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view yaml(reinterpret_cast<const char*>(data), size);
  const auto venue = crowdflow::config::parse_venue(yaml, "venue");
  if (!venue) {
    CROWDFLOW_CHECK(!venue.error().empty(), "a refusal has errors");
    for (const crowdflow::config::ConfigError& error : venue.error())
      CROWDFLOW_CHECK(!message(error).empty(), "an error says what is wrong");
    return 0;
  }
  check_venue(*venue);
  const auto again = crowdflow::config::parse_venue_again(yaml, "venue", venue->utc_offsets);
  CROWDFLOW_CHECK(again && again->version == venue->version, "a file says the same again");
  CROWDFLOW_CHECK(again->sensors.size() == venue->sensors.size(), "a file says the same again");
  return 0;
}
