#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "app/log_connection.h"

namespace crowdflow::app {

struct PublishOptions {
  std::string file;  // NDJSON, JSON or CSV, plain or gzip; "-" is standard input
  // Where to: one of a log and a server's POST /api/v1/readings.
  LogOptions log;
  std::string url;
  // Of readings that name none; with a file also what is checked before anything is sent.
  std::string venue_id;
  std::string venue_file;
  std::size_t batch = 2000;           // readings in a record
  std::chrono::seconds patience{60};  // with a server that is busy or away
  bool strict = false;                // ends at the first reading that is refused

  // A table.
  bool csv = false;  // also when the file's name says so
  std::string columns;
  std::string counts;  // delta, total, occupancy or anchor
  std::string sensor;
  std::string sensors;  // "Main door=door-1,..."
  std::string interval;
  std::string stamped = "end";
  std::string time_format;
  std::string time_zone;
  std::string delimiter;
};

// Publishes readings from a file, in batches. Says on standard error of each that is refused where
// it stands and what was expected, and at the end how many were sent. Returns the exit code:
// kRefused when some were refused and the others sent.
[[nodiscard]] int publish(const PublishOptions& options);

}  // namespace crowdflow::app
