#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/register_step.h"
#include "reference.h"

namespace crowdflow::testing::reference {

// What all that was said about a day comes to, place by place. A part of Reference.

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Flow {
  EventTime start{}, end{};
  std::int64_t came = 0, left = 0;
};
struct Gauge {
  EventTime at{};
  std::int64_t people = 0;
  bool capped = false, apportioned = false;
};
// Of one time: the first in the venue file, then a person's word, then that of the zone, then the
// last word.
using Rank = std::tuple<EventTime, std::int64_t, bool, bool, std::uint64_t, std::uint64_t>;
struct Seen {  // by one sensor
  std::int64_t allowed_s = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;  // seconds: (from, until]
};
struct Moved {
  ZoneState::Motion motion;
  std::int64_t allowed_s = 0;
};
struct Place {  // a zone or an opening
  std::vector<Flow> flows;
  std::map<Rank, Gauge> gauges;  // the last one holds
  std::map<Rank, Moved> motions;
  std::vector<const Seen*> sensors;
  bool counts_people = false, is_measured = false, has_unseen_opening = false;
  std::int64_t first = kNever;
  // By second of the day: all who came and left before it, and the level.
  std::vector<Flow> before;
  std::vector<std::optional<std::int64_t>> levels;
};
struct Day {
  std::vector<Place> zones, openings;
  std::map<std::string_view, Seen> sensors;
  std::vector<std::pair<Rank, std::int64_t>> counts;  // of the whole venue
  std::int64_t first = kNever, begun = 0;
  std::int64_t start = 0;  // the second that `before` and `levels` begin with
};

[[nodiscard]] Day day_of(const Venue& venue, const std::vector<Reading>& words,
                         const std::map<Identity, Reading>& facts);

// The latest at or before `t`.
[[nodiscard]] const Gauge* gauge_at(EventTime t, const Place& zone);

// People who crossed: in the words of the sensor.
struct Crossed {
  EventTime start{}, end{};
  std::int64_t entries = 0, exits = 0;
};
[[nodiscard]] std::optional<Crossed> crossed_by(const Reading& fact);
// A register's values, by time.
[[nodiscard]] std::vector<RegisterValue> values_of(const Sensor& sensor,
                                                   const std::map<Identity, Reading>& facts);
[[nodiscard]] bool is_capped(const Occupancy& occupancy, const Sensor& sensor);

}  // namespace crowdflow::testing::reference
