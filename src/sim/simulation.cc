#include "sim/simulation.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "sim/pedestrians.h"

namespace crowdflow::sim {
namespace {

constexpr Span kSubStep = std::chrono::milliseconds{100};
constexpr std::int64_t kOnePerson = kMicroPerson * 1'000'000;
constexpr std::int64_t kMostPeople = 20'000;
constexpr std::size_t kMostPlaces = 64;
// How long people stay where they wanted to go.
constexpr std::int64_t kShortestStayUs = 60'000'000;
constexpr std::int64_t kLongestStayUs = 240'000'000;

// How many percent of the room in a zone are taken by people whose goal it is; the rest is for
// those who pass through.
std::int64_t place_percent(ZoneKind kind) {
  switch (kind) {
    case ZoneKind::kSeating:
    case ZoneKind::kStanding:
      return 70;
    case ZoneKind::kQueue:
    case ZoneKind::kOther:
      return 25;
    case ZoneKind::kWalkway:
    case ZoneKind::kStairs:
      return 0;
  }
  return 0;
}

std::optional<ZoneIndex> surge_zone(const Scenario& scenario) {
  if (!scenario.surge) return std::nullopt;
  return scenario.surge->zone;
}

}  // namespace

Simulation::Simulation(const Venue& venue, Scenario scenario, std::uint64_t seed, EventTime start,
                       const SensorFaults& faults)
    : venue_(venue),
      scenario_(std::move(scenario)),
      routes_(venue, surge_zone(scenario_)),
      random_(seed, 0),
      crowd_(venue, routes_, scenario_.room, seed),
      sensors_(venue, faults, seed, start),
      now_(start),
      target_(start),
      phase_ends_(start) {
  CROWDFLOW_CHECK(!scenario_.phases.empty(), "a scenario has a phase");
  for (const Phase& phase : scenario_.phases)
    CROWDFLOW_CHECK(phase.length > Span{0}, "a phase lasts");
  for (const OpeningIndex opening : routes_.gates())
    gates_.push_back({.opening = opening});
  find_places();
  begin_phase(0);
}

void Simulation::find_places() {
  const std::vector<OpeningIndex> way_out = routes_.towards(kOutside);
  const auto add_all = [&](bool to_surge, auto&& percent_of) {
    for (ZoneIndex zone = 0; zone < venue_.zones.size(); ++zone) {
      if (way_out[zone] == kNoWay || (surge_zone(scenario_) == zone) != to_surge) continue;
      const std::int64_t percent = percent_of(venue_.zones[zone].kind);
      if (percent == 0) continue;
      places_.push_back(
          {.zone = zone,
           .people = std::max<std::int64_t>(scenario_.room[zone] * percent / 100, 1)});
    }
  };
  add_all(false, place_percent);
  // A venue of corridors, or of one zone, is a place too.
  const auto some = [](ZoneKind) { return 25; };
  if (places_.empty()) add_all(false, some);
  if (places_.empty()) add_all(true, some);
  std::ranges::stable_sort(places_, std::ranges::greater{}, &Place::people);
  if (places_.size() > kMostPlaces) places_.resize(kMostPlaces);
}

std::span<const SensorReading> Simulation::step(Span span) {
  CROWDFLOW_CHECK(span >= Span{0}, "time goes on");
  said_.clear();
  target_ += span;
  while (true) {
    const EventTime grid{(now_.time_since_epoch() / kSubStep + 1) * kSubStep};
    const EventTime until = std::min(grid, sensors_.next_due());
    if (until > target_) break;
    sub_step(until);
  }
  return said_;
}

void Simulation::sub_step(EventTime until) {
  const Span elapsed = until - now_;
  now_ = until;
  let_arrive(elapsed);
  crowd_.move(now_, elapsed);
  sensors_.speak(crowd_, now_);
  sensors_.take_arrived(now_, said_);
  if (now_ >= phase_ends_) {
    const std::size_t next = (phase_ + 1) % scenario_.phases.size();
    if (next == 0) ++cycle_;
    begin_phase(next);
  }
}

void Simulation::begin_phase(std::size_t phase) {
  phase_ = phase;
  phase_ends_ += scenario_.phases[phase].length;
  if (!scenario_.surge) return;
  const Surge& surge = *scenario_.surge;
  if (scenario_.phases[phase].kind == PhaseKind::kSurge) {
    const std::int64_t missing = surge.peak - crowd_.people()[surge.zone];
    surge_per_second_ = std::max<std::int64_t>(missing, 0) * kMicroPerson * 1000 /
                        (surge.rise / std::chrono::milliseconds{1});
    crowd_.jam({.gate = surge.gate, .zone = surge.zone, .room = surge.peak});
  } else {
    crowd_.end_jam(now_);
  }
}

std::int64_t Simulation::arrivals_per_second(const Gate& gate) const {
  const Phase& phase = scenario_.phases[phase_];
  if (scenario_.surge && scenario_.surge->gate == gate.opening) {
    if (phase.kind == PhaseKind::kSurge) return surge_per_second_;
    // The stewards close the gate until the zone behind it is calm.
    const bool calm = crowd_.people()[scenario_.surge->zone] <= scenario_.surge->calm / 2;
    if (phase.kind == PhaseKind::kRecovery && !calm) return 0;
  }
  return crowd_.rates()[gate.opening] * phase.load_percent / 100;
}

void Simulation::let_arrive(Span elapsed) {
  for (Gate& gate : gates_) {
    // Between none and twice as many as on average, so that arrivals come in clusters.
    const std::int64_t expected = arrivals_per_second(gate) * elapsed.count();
    gate.credit += random_.between(0, 2 * expected);
    while (gate.credit >= kOnePerson) {
      gate.credit -= kOnePerson;
      send_somebody(gate);
    }
  }
}

void Simulation::send_somebody(const Gate& gate) {
  if (crowd_.inside() >= kMostPeople) return;
  // Nobody asks a surge whether there are places left.
  const bool surges =
      scenario_.surge && scenario_.surge->gate == gate.opening && phase().kind == PhaseKind::kSurge;
  const auto free_at = [&](const Place& place) {
    const std::int64_t taken = surges ? 0 : crowd_.bound_for(place.zone);
    return std::max<std::int64_t>(place.people - taken, 0);
  };
  std::int64_t free = 0;
  for (const Place& place : places_)
    free += free_at(place);
  if (free == 0) return;
  std::int64_t chosen = random_.below(free);
  for (const Place& place : places_) {
    chosen -= free_at(place);
    if (chosen >= 0) continue;
    const Span stay{random_.between(kShortestStayUs, kLongestStayUs)};
    if (crowd_.arrive(gate.opening, {.goal = place.zone, .stay = stay}, now_)) return;
    // The line is too long, or the place cannot be reached from here, and nobody comes; except to
    // see what is going on.
    if (surges) (void)crowd_.arrive(gate.opening, {.goal = scenario_.surge->zone}, now_);
    return;
  }
}

}  // namespace crowdflow::sim
