#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include <crowdflow/outcome.h>

#include "telemetry/engine_status.h"

namespace crowdflow::telemetry {

// What the gateway tells about itself, since the process started. A value.
struct GatewayStatus {
  std::map<int, std::uint64_t> requests;  // answered, by HTTP status
  std::uint64_t readings_taken = 0;       // committed to the log
  // Of those at fault, by Outcome; the others of a request that was refused whole are not counted.
  std::array<std::uint64_t, kOutcomeCount> readings_refused{};
  LatencyHistogram commit_duration;  // from taking requests up to the end of their commit
  std::size_t queued_requests = 0;   // now
  std::size_t queued_bytes = 0;
};

}  // namespace crowdflow::telemetry
