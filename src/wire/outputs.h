#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <crowdflow/shard.h>

#include "wire/messages.h"

namespace crowdflow::wire {

// A record of `zone-states` is split before it would pass this many bytes (one state never does).
inline constexpr std::size_t kMaxZoneStatesBytes = 256 * 1024;

// Turns what the engine said into records and into lines of JSON. The same outputs always give the
// same bytes. Keeps its memory from call to call. Threads: one at a time.
class OutputEncoder {
 public:
  // Appends the values for `zone-states` (key: venue id) that say one second of a venue.
  void zone_states(const Outputs& outputs, const Outputs::Second& second,
                   std::vector<std::string>& values);
  // The value for `alerts` (key: venue id) and `alerts-current` (key: alert_id()).
  [[nodiscard]] std::string alert(const Venue& venue, const Alert& alert);

  // Append the ZoneState, the Alert, as one line of JSON without the line feed. `flows` are those
  // that the state's indices speak of: Outputs::flows.
  void zone_state_json(const Venue& venue, const ZoneState& state,
                       std::span<const OpeningFlow> flows, std::string& out);
  void alert_json(const Venue& venue, const Alert& alert, std::string& out);

 private:
  v1::ZoneStateBatch batch_;
  v1::ZoneState state_;
  v1::Alert alert_;
};

// Overwrite every field of `out`.
void fill(const Venue& venue, const ZoneState& state, std::span<const OpeningFlow> flows,
          v1::ZoneState& out);
void fill(const Venue& venue, const Alert& alert, v1::Alert& out);

// "venue/rule/zone".
[[nodiscard]] std::string alert_id(const Venue& venue, const Alert& alert);

// Why the alarm went or ended, for people: "North corridor: 2.4 people/m² is over 2.2 for 10 s".
[[nodiscard]] std::string alert_reason(const Venue& venue, const Alert& alert);

}  // namespace crowdflow::wire
