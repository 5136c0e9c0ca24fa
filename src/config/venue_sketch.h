#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/level_of_service.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::config {

// A venue as a newcomer tells it: what `crowdflow venue new` asks for and writes a venue file from.
// Every part comes from venue_answers.h, which lets through only what belongs into a valid file.
struct VenueSketch {
  struct Zone {
    std::string id;
    std::string name;
    ZoneKind kind = ZoneKind::kStanding;
    double area_m2 = 0;
    std::optional<std::int64_t> capacity;
    double limit_per_m2 = 0;  // people per square metre above which an alarm is raised
  };
  struct Door {
    std::string id;
    std::string name;
    std::optional<std::size_t> from;  // a zone; absent: outside
    std::size_t to = 0;               // a zone
    std::optional<double> width_m;
  };
  struct Counter {
    std::string id;
    CountKind counts = CountKind::kDelta;  // delta, total or occupancy
    std::size_t place = 0;                 // a zone when it counts occupancy, else a door
    Span every{0};
  };

  std::string name;
  std::string id;
  std::string time_zone;
  std::vector<Zone> zones;
  std::vector<Door> doors;
  std::vector<Counter> counters;
};

// The profile that a kind of zone is judged by.
[[nodiscard]] const ThresholdProfile& profile_of(ZoneKind kind);
// How the venue file calls a kind of zone.
[[nodiscard]] std::string_view name_of(ZoneKind kind);

// The limit for a kind of zone unless somebody says another, in people per square metre, one
// decimal: of its profile, where level F begins for those who walk (the flow breaks down), where
// level E begins for those who stay (they touch each other).
struct UsualLimit {
  double per_m2 = 0;
  char level = 'E';
};
[[nodiscard]] UsualLimit usual_limit(ZoneKind kind);

// The venue file, with comments that explain each field. `commands`: what to do with it next, each
// a line of shell, with what it does.
struct NextCommand {
  std::string command;
  std::string what;
};
[[nodiscard]] std::string venue_file_text(const VenueSketch& sketch,
                                          const std::vector<NextCommand>& commands);

// By zone: whether a counter in it, or at one of its doors, tells of it.
[[nodiscard]] std::vector<bool> counted_zones(const VenueSketch& sketch);
// What is still missing before the file says something of every place, in words; empty: nothing.
[[nodiscard]] std::string missing_in(const VenueSketch& sketch);

}  // namespace crowdflow::config
