#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/log_connection.h"

namespace crowdflow::app {

struct ExplainOptions {
  LogOptions log;
  std::string alert_id;                     // venue/rule/zone
  std::optional<std::uint64_t> occurrence;  // nothing: the latest
  bool json = false;
};

// Prints why an alarm was raised: the rule, the levels and the readings that decided it, from the
// journal. Returns the process's exit code.
[[nodiscard]] int explain(const ExplainOptions& options);

}  // namespace crowdflow::app
