#pragma once

#include <string>

#include "app/log_connection.h"

namespace crowdflow::app {

struct LogReplayOptions {
  LogOptions log;
  std::string venue_id;
  std::string from;  // RFC 3339; empty: from the beginning
  std::string to;    // RFC 3339, not included; empty: to the end
  std::string out;   // folder; made when it is not there; empty: no files
  bool verify = false;
};

// Does again what the journal of a venue's partition says: writes what was committed into the files
// that replay() writes, and with `verify` compares it, byte for byte, with what zone-states,
// alerts and dead-letters hold. Returns the process's exit code: 1 also when they differ.
[[nodiscard]] int replay_log(const LogReplayOptions& options);

}  // namespace crowdflow::app
