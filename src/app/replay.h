#pragma once

#include <string>
#include <vector>

#include <crowdflow/result.h>

namespace crowdflow::app {

struct ReplayOptions {
  std::string venue_file;
  std::vector<std::string> readings;  // files; "-" is standard input
  std::string out;                    // folder; made when it is not there
};

// Runs recorded readings through the engine, without a log and without a clock: writes
// zone_states.ndjson, alerts.ndjson, rejected.ndjson and summary.json. The same files give the same
// bytes. Several files are merged by event time. Returns the process's exit code.
[[nodiscard]] int replay(const ReplayOptions& options);

}  // namespace crowdflow::app
