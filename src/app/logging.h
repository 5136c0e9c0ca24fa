#pragma once

namespace crowdflow::app {

// One line per event on standard error, with the time in UTC. `level` as spdlog numbers them: 0
// trace to 4 error.
void start_logging(int level);

}  // namespace crowdflow::app
