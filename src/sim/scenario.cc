#include "sim/scenario.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <crowdflow/check.h>

#include "sim/pedestrians.h"
#include "sim/routes.h"

namespace crowdflow::sim {
namespace {

using std::chrono::seconds;

// Of a cycle of two minutes.
constexpr std::array<Phase, 4> kPhases{{
    {.kind = PhaseKind::kCalm, .length = seconds{20}, .load_percent = 12},
    {.kind = PhaseKind::kArrivals, .length = seconds{35}, .load_percent = 75},
    {.kind = PhaseKind::kSurge, .length = seconds{30}, .load_percent = 20},
    {.kind = PhaseKind::kRecovery, .length = seconds{35}, .load_percent = 12},
}};
// What a surge and its recovery take more is taken from the calm, to this part of it.
constexpr int kShortestCalm = 2;

// A crowd that is clearly over a limit has so many percent of it; one that is hardly over it is no
// surge.
constexpr std::int64_t kClearlyOver = 135;
constexpr std::int64_t kHardlyOver = 108;
// Percent of what ends an alarm up to which stewards let people in; less where a surge comes.
constexpr std::int64_t kRoom = 70;
constexpr std::int64_t kRoomBeforeSurge = 45;
// Percent of an opening's rate that a crowd in a hurry makes use of.
constexpr std::int64_t kUsedRate = 90;
constexpr std::int64_t kUsedRateOnTheWayOut = 60;
// Percent of a surge that it takes at least to be seen coming; then it lasts.
constexpr int kShortestRise = 60;
constexpr Span kAtThePeak = seconds{6};
// How long sensors that speak each second, network and engine may take together to notice.
constexpr Span kNoticing = seconds{4};

// The limit of a rule in people who are in a zone.
struct Limit {
  std::uint32_t rule = 0;
  std::int64_t over = 0;   // the condition begins above it
  std::int64_t clear = 0;  // and ends at or below it
};

std::vector<std::vector<Limit>> limits_by_zone(const Venue& venue) {
  std::vector<std::vector<Limit>> limits(venue.zones.size());
  for (std::uint32_t index = 0; index < venue.rules.size(); ++index) {
    const Rule& rule = venue.rules[index];
    for (const ZoneIndex zone : rule.zones) {
      const double scale = rule.when == RuleKind::kDensity ? venue.zones[zone].area_m2 : 1;
      const auto people = [&](double value) {
        return static_cast<std::int64_t>(std::floor(std::clamp(value * scale, 0.0, 1e9)));
      };
      limits[zone].push_back(
          {.rule = index, .over = people(rule.over), .clear = people(rule.over - rule.deadband)});
    }
  }
  for (auto& of_zone : limits) {
    std::ranges::stable_sort(of_zone, {}, &Limit::over);
  }
  return limits;
}

std::int64_t jammed(const Zone& zone) {
  return static_cast<std::int64_t>(std::min(zone.area_m2 * kJamDensity, 1e9));
}

std::int64_t room_of(const Zone& zone, const std::vector<Limit>& limits, std::int64_t percent) {
  std::int64_t most = jammed(zone) * kRoom / 100;
  if (zone.capacity) most = std::min(most, *zone.capacity);
  for (const Limit& limit : limits)
    most = std::min(most, limit.clear * percent / 100);
  return std::max<std::int64_t>(most, 1);
}

Span time_for(std::int64_t people, std::int64_t micro_per_second, std::int64_t used_percent) {
  const std::int64_t rate = std::max<std::int64_t>(micro_per_second * used_percent / 100, 1);
  return Span{people * kMicroPerson / rate * 1'000'000 +
              people * kMicroPerson % rate * 1'000'000 / rate};
}

Span up_to_second(Span span) { return std::chrono::ceil<seconds>(span); }

// How long after the limit was passed for good a rule may need to see it.
Span lag_of(const Rule& rule) {
  return rule.window ? seconds{rule.window->size_s + rule.window->hop_s} : seconds{0};
}

// A surge, and how long it and the recovery from it must last.
struct Plan {
  Surge surge;
  Span surge_length{0};
  Span recovery_length{0};
  bool fully_measured = false;

  [[nodiscard]] bool better_than(const Plan& other) const {
    if (fully_measured != other.fully_measured) return fully_measured;
    return surge_length + recovery_length < other.surge_length + other.recovery_length;
  }
};

class Planner {
 public:
  Planner(const Venue& venue, Span shortest_surge, Span shortest_recovery)
      : venue_(venue),
        shortest_surge_(shortest_surge),
        shortest_recovery_(shortest_recovery),
        routes_(venue, std::nullopt),
        rates_(opening_rates(venue)),
        limits_(limits_by_zone(venue)),
        measured_(venue.openings.size(), false),
        every_(venue.openings.size(), Span{0}),
        cap_(venue.zones.size()) {
    for (const Sensor& sensor : venue.sensors) {
      if (sensor.at && sensor.counts != CountKind::kMotion) {
        measured_[*sensor.at] = true;
        every_[*sensor.at] = std::max(every_[*sensor.at], sensor.every);
      }
      if (!sensor.in || !sensor.capped_at) continue;
      cap_[*sensor.in] = std::llround(static_cast<double>(*sensor.capped_at) * sensor.scale);
    }
  }

  [[nodiscard]] std::optional<Plan> best() const {
    std::optional<Plan> best;
    for (const OpeningIndex gate : routes_.gates()) {
      const auto plan = plan_at(gate);
      if (plan && (!best || plan->better_than(*best))) best = plan;
    }
    return best;
  }

  [[nodiscard]] std::vector<std::int64_t> rooms(const std::optional<Plan>& plan) const {
    std::vector<std::int64_t> rooms;
    rooms.reserve(venue_.zones.size());
    for (ZoneIndex zone = 0; zone < venue_.zones.size(); ++zone) {
      const bool surges = plan && plan->surge.zone == zone;
      rooms.push_back(
          room_of(venue_.zones[zone], limits_[zone], surges ? kRoomBeforeSurge : kRoom));
    }
    return rooms;
  }

 private:
  [[nodiscard]] std::optional<Plan> plan_at(OpeningIndex gate) const {
    const ZoneIndex zone = across(venue_.openings[gate], kOutside);
    if (!measured_[gate] || limits_[zone].empty()) return std::nullopt;
    const Limit& limit = limits_[zone].front();
    const std::int64_t peak = peak_of(zone);
    if (peak < limit.over * kHardlyOver / 100 || peak < limit.over + 2) return std::nullopt;

    const Rule& rule = venue_.rules[limit.rule];
    std::int64_t way_out = 0;
    bool all_measured = true;
    Span every = seconds{1};
    for (const OpeningIndex opening : routes_.openings_of(zone)) {
      way_out += rates_[opening];
      all_measured = all_measured && measured_[opening];
      every = std::max(every, every_[opening]);
    }
    Plan plan{.surge = {.gate = gate, .zone = zone, .rule = limit.rule, .peak = peak},
              .fully_measured = all_measured};
    plan.surge.calm = room_of(venue_.zones[zone], limits_[zone], kRoomBeforeSurge);
    plan.surge.rise =
        std::max(shortest_surge_ * kShortestRise / 100, time_for(peak, rates_[gate], kUsedRate));
    // What happens just after its counters have spoken is known when they speak again.
    const Span lag = lag_of(rule) + every - seconds{1};
    const Span fall = time_for(peak - plan.surge.calm, way_out, kUsedRateOnTheWayOut);
    plan.surge_length = up_to_second(std::max(
        shortest_surge_, plan.surge.rise + std::max(kAtThePeak, lag + rule.on_delay + kNoticing)));
    plan.recovery_length = up_to_second(
        std::max(shortest_recovery_, kSettingOff + fall + lag + rule.off_delay + kNoticing));
    return plan;
  }

  // How many people a surge brings together in a zone: clearly over its lowest limit, clearly below
  // the next, and not more than fit or can be counted.
  [[nodiscard]] std::int64_t peak_of(ZoneIndex zone) const {
    const std::vector<Limit>& limits = limits_[zone];
    const std::int64_t over = limits.front().over;
    std::int64_t peak = std::max(over * kClearlyOver / 100, over + 3);
    for (const Limit& next : limits) {
      if (next.over > over) {
        peak = std::min(peak, over + (next.over - over) * 6 / 10);
        break;
      }
    }
    const std::optional<std::int64_t>& cap = cap_[zone];
    if (cap) peak = std::min(peak, *cap - 1);
    return std::min(peak, jammed(venue_.zones[zone]) * 95 / 100);
  }

  const Venue& venue_;
  const Span shortest_surge_;
  const Span shortest_recovery_;
  Routes routes_;
  std::vector<std::int64_t> rates_;
  std::vector<std::vector<Limit>> limits_;
  std::vector<bool> measured_;
  std::vector<Span> every_;  // by opening: how often the slowest counter there speaks
  std::vector<std::optional<std::int64_t>> cap_;
};

}  // namespace

std::string_view name_of(PhaseKind kind) {
  constexpr std::array<std::string_view, 4> kNames{"calm", "arrivals", "surge", "recovery"};
  return kNames[static_cast<std::size_t>(kind)];
}

Scenario scenario_for(const Venue& venue, Span cycle) {
  CROWDFLOW_CHECK(cycle >= seconds{1}, "a cycle lasts a second at least");
  Scenario scenario{.phases = {kPhases.begin(), kPhases.end()}};
  for (Phase& phase : scenario.phases)
    phase.length = std::chrono::floor<std::chrono::milliseconds>(
        phase.length * (cycle / std::chrono::milliseconds{1}) / 120'000);
  Span& calm = scenario.phases[0].length;
  Span& surge = scenario.phases[2].length;
  Span& recovery = scenario.phases[3].length;

  const Planner planner(venue, surge, recovery);
  const std::optional<Plan> plan = planner.best();
  scenario.room = planner.rooms(plan);
  if (!plan) return scenario;
  scenario.surge = plan->surge;
  const Span longer = plan->surge_length - surge + plan->recovery_length - recovery;
  calm = std::max(calm / kShortestCalm, calm - longer);
  surge = plan->surge_length;
  recovery = plan->recovery_length;
  return scenario;
}

}  // namespace crowdflow::sim
