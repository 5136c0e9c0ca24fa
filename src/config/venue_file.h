#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include <crowdflow/venue.h>

#include "config/config_error.h"

namespace crowdflow::config {

// The venue file (YAML, `crowdflow: v1`) becomes a checked Venue.
//
// A file is checked whole: all errors come back at once, in the order of the file (the first
// kMaxErrors of them, and how many more there are). Nothing is guessed: unknown and repeated keys,
// numbers with units or leading zeros, `yes` for true, anchors and aliases are errors.
//
// Short forms. A whole venue with one zone, one door and one counter:
//
//   crowdflow: v1
//   venue: { id: hall, time_zone: Europe/London }
//   zones: [ { id: hall, area: 220 } ]
//   openings: [ { id: door, to: hall, sensor: door-counter } ]
//
// `from` is outside unless said. `sensor` of an opening or of a zone is a sensor that stands there:
// its id, or a map like those under `sensors` without at/in. A sensor `at` an opening counts deltas
// and one `in` a zone occupancy, every 1s, unless said. Without `profile` a zone is judged by its
// kind: walkway and other by fruin-walkway, stairs by fruin-stairs, queue and seating by
// fruin-queueing, standing by green-guide-standing. A rule without `zones` watches all, and without
// `over` uses the limit of the zones' profile (density) or the zones' capacity (occupancy).
//
// What the time zone's name means in the years 2000 to 2100 is asked of the machine's tzdata and
// becomes part of the Venue.
//
// Limits: 64 MiB, 100,000 zones, 200,000 openings, 500,000 sensors, 1,000 rules, 8 windows.
// Any thread. Never throws, whatever the bytes are.

// Warnings (nullptr: not wanted) are about what is allowed and yet probably not meant; they are
// given with and without errors. `file_name` is what errors call it.
[[nodiscard]] tl::expected<Venue, std::vector<ConfigError>> parse_venue(
    std::string_view yaml, const std::string& file_name,
    std::vector<ConfigError>* warnings = nullptr);

// A file that was read before, by whatever machine: its time zone means `utc_offsets`, as it did
// there, and this machine is not asked.
[[nodiscard]] tl::expected<Venue, std::vector<ConfigError>> parse_venue_again(
    std::string_view yaml, const std::string& file_name, std::vector<UtcOffset> utc_offsets);

// The same as parse_venue() for a file, with what can go wrong when reading one.
[[nodiscard]] tl::expected<Venue, std::vector<ConfigError>> load_venue(
    const std::string& path, std::vector<ConfigError>* warnings = nullptr);

}  // namespace crowdflow::config
