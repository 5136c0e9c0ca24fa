#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <crowdflow/venue.h>

#include "engine/grouped.h"

namespace crowdflow {

// What a venue's file asks of the engine: who feeds whom, how far back each thing is kept, and so
// how much memory it takes. All sizes are decided here, when the venue is put in force.
struct VenuePlan {
  explicit VenuePlan(const Venue& venue);

  struct SensorPlan {
    // The zones whose level it tells; kOutside: none.
    std::array<ZoneIndex, 2> feeds{kOutside, kOutside};
    std::uint32_t longest_every_s = 1;  // of the zones that it feeds
    std::uint32_t readings = 0;         // how many are remembered
    std::size_t memory_bytes = 0;       // what that takes
    std::uint32_t allowed_s = 0;        // without a word that are no silence
    bool flows = false;                 // it counts people who cross
  };
  struct ZonePlan {
    std::uint32_t group = 0;  // of zones that are kept for the same time
    std::uint32_t column = 0;
    std::int64_t longest_every_s = 1;  // of the sensors that feed it
    bool has_gauge_sensor = false;
    bool has_unmeasured_opening = false;
  };
  // Zones, or openings, whose slices are kept for the same time.
  struct Group {
    std::int64_t longest_reach_s = 1;
    std::int64_t seconds = 0;
    std::uint32_t size = 0;
  };
  struct OpeningPlan {
    std::uint32_t group = 0;
    std::uint32_t column = 0;
    double width_m = 0;  // 0: not given
  };

  // How late a reading may come, of a sensor whose zones are told so often at least.
  [[nodiscard]] Span reach(std::int64_t longest_every_s) const {
    return std::chrono::seconds{lateness_s + longest_every_s + revise_s};
  }
  // Gives back what only building an engine needs of sensors.
  void forget_sensors() { sensors = {}; }
  // How many final states of a window can still be revised.
  [[nodiscard]] std::int64_t revisable(const WindowSpec& window, const Group& group) const;

  std::int64_t lateness_s = 0;
  std::int64_t revise_s = 0;
  std::vector<std::int64_t> tumbling;  // sizes in seconds of the tumbling windows
  std::int64_t longest_kept_s = 0;     // of the windows that need each of their seconds
  std::vector<SensorPlan> sensors;  // the venue's, and last the one that anchors without a sensor
  std::vector<ZonePlan> zones;
  std::vector<OpeningPlan> openings;
  std::vector<Group> zone_groups;
  std::vector<Group> opening_groups;
  Grouped sensors_of_zone{{}};   // that feed it
  Grouped motion_of_zone{{}};    // its motion sensors
  Grouped openings_of_zone{{}};  // those that are measured and have a width

 private:
  void plan_windows(const Venue& venue);
  void plan_sensors(const Venue& venue);
  void plan_zones(const Venue& venue);
  void plan_openings(const Venue& venue);
  [[nodiscard]] std::int64_t kept_seconds(std::int64_t longest_reach_s) const;
};

}  // namespace crowdflow
