#include "sim/pedestrians.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace crowdflow::sim {
namespace {

std::int64_t micro_per_second(double people_per_minute) {
  return std::llround(people_per_minute / 60 * static_cast<double>(kMicroPerson));
}

bool is_steps(const Venue& venue, ZoneIndex zone) {
  return zone != kOutside && venue.zones[zone].kind == ZoneKind::kStairs;
}

}  // namespace

std::vector<std::int64_t> opening_rates(const Venue& venue) {
  std::vector<std::int64_t> rates;
  rates.reserve(venue.openings.size());
  for (const Opening& opening : venue.openings) {
    const bool steps = is_steps(venue, opening.from) || is_steps(venue, opening.to);
    const double per_metre = steps ? kStepsFlowPerMinute : kLevelFlowPerMinute;
    rates.push_back(micro_per_second(per_metre * opening.width_m.value_or(kAssumedWidth)));
  }
  for (const Sensor& sensor : venue.sensors) {
    if (!sensor.at || !sensor.max_rate_per_minute) continue;
    std::int64_t& rate = rates[*sensor.at];
    rate = std::min(rate, micro_per_second(*sensor.max_rate_per_minute));
  }
  return rates;
}

std::int64_t walking_speed_mm(std::int64_t people, const Zone& zone) {
  // v = 1.34 (1 - exp(-1.913 (1/density - 1/5.4))) m/s at thousandths of people per square metre.
  struct Point {
    std::int64_t density_milli;
    std::int64_t speed_mm;
  };
  constexpr std::array<Point, 8> kDiagram{{{0, 1340},
                                           {500, 1298},
                                           {1000, 1058},
                                           {1750, 700},
                                           {3000, 331},
                                           {4000, 156},
                                           {5000, 37},
                                           {5200, 20}}};
  const std::int64_t area_milli = std::max<std::int64_t>(std::llround(zone.area_m2 * 1000), 1);
  const std::int64_t density = people * 1'000'000 / area_milli;
  for (std::size_t i = 1; i < kDiagram.size(); ++i) {
    const Point& low = kDiagram[i - 1];
    const Point& high = kDiagram[i];
    if (density < high.density_milli) {
      return low.speed_mm - (low.speed_mm - high.speed_mm) * (density - low.density_milli) /
                                (high.density_milli - low.density_milli);
    }
  }
  return kDiagram.back().speed_mm;
}

std::int64_t way_across_mm(const Zone& zone) {
  return std::max<std::int64_t>(std::llround(std::sqrt(zone.area_m2) * 1000), 500);
}

}  // namespace crowdflow::sim
