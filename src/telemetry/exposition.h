#pragma once

#include <string>
#include <string_view>

#include <crowdflow/time.h>

#include "telemetry/engine_status.h"
#include "telemetry/gateway_status.h"

namespace crowdflow::telemetry {

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

// What Prometheus scrapes (docs/metrics.md names every metric, with unit and labels). `now` is the
// wall clock, for ages.
//
// A zone whose quality is UNKNOWN has no density and no occupancy here: an absent sample says "not
// known", a number would be taken for one. A STALE zone keeps its last numbers; its quality says so
// and its data age grows. While the engine does not run, or has not spoken for 5 s, every zone is
// STALE at best.
[[nodiscard]] std::string exposition(const EngineStatus& status, WallTime now);

// The same for the gateway.
[[nodiscard]] std::string exposition(const GatewayStatus& status);

// The same for what is not the engine's: whether the log answers.
[[nodiscard]] std::string log_exposition(bool reachable);

}  // namespace crowdflow::telemetry
