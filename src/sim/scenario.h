#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::sim {

enum class PhaseKind : std::uint8_t { kCalm, kArrivals, kSurge, kRecovery };

[[nodiscard]] std::string_view name_of(PhaseKind kind);

struct Phase {
  PhaseKind kind = PhaseKind::kCalm;
  Span length{0};
  // How much of what the gates can pass arrives, in percent.
  std::int64_t load_percent = 0;
};

// What happens at one gate in the surge: more people come in than go on, until the zone behind it
// is over the limit of a rule.
struct Surge {
  OpeningIndex gate = 0;
  ZoneIndex zone = 0;
  std::uint32_t rule = 0;  // index into Venue::rules
  // People in the zone when the surge ends, and from when on it counts as calm again.
  std::int64_t peak = 0;
  std::int64_t calm = 0;
  // How long it takes from calm to the peak.
  Span rise{0};
};

// What a simulated crowd does: phases that follow each other and repeat.
struct Scenario {
  std::vector<Phase> phases;
  // Absent when no rule watches a zone with a measured gate, or none of their limits can be passed.
  std::optional<Surge> surge;
  // By zone: people whom the stewards let in, 1 or more. Everywhere below the limits of the rules.
  std::vector<std::int64_t> room;
};

// Calm, arrivals, surge at one gate, recovery: `cycle` in all, or as much longer as the venue's
// sizes, rules and windows need for the surge to raise one alarm and the recovery to clear it. No
// other alarm is raised. `cycle` is at least a second.
[[nodiscard]] Scenario scenario_for(const Venue& venue, Span cycle = std::chrono::minutes{2});

}  // namespace crowdflow::sim
