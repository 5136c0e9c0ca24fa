#pragma once

#include <string>

#include "app/log_connection.h"

namespace crowdflow::app {

struct MigrateOptions {
  std::string folder;  // of the embedded log that is moved
  LogOptions to;       // a Kafka, with topics that are new
};

// Moves the venues of an embedded log to Kafka, with all that is known of them. Can be repeated
// when it was interrupted. Returns the process's exit code.
[[nodiscard]] int migrate(const MigrateOptions& options);

}  // namespace crowdflow::app
