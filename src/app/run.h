#pragma once

#include <string>

namespace crowdflow::app {

struct RunOptions {
  std::string config_file;
};

// All roles in one process on a real log, until SIGINT or SIGTERM. Returns the exit code.
[[nodiscard]] int run(const RunOptions& options);

}  // namespace crowdflow::app
