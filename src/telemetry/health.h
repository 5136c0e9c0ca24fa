#pragma once

#include <string>

#include <crowdflow/time.h>

#include "telemetry/engine_status.h"

namespace crowdflow::telemetry {

// Whether what `status` says is about the present: the engine runs and has spoken within 5 s.
[[nodiscard]] bool is_current(const EngineStatus& status, WallTime now);

struct HealthAnswer {
  bool good = false;
  // {"status":"ready","reasons":[]} or {"status":"not ready","reasons":["..."]}
  std::string json;
};

// Whether this process does its work: the engine runs, its clock ticks, and the log answers.
// `log_reason` is empty when the log is reachable.
[[nodiscard]] HealthAnswer readiness(const EngineStatus& status, const std::string& log_reason,
                                     WallTime now);

}  // namespace crowdflow::telemetry
