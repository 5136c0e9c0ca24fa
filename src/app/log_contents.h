#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/log_connection.h"

namespace crowdflow::app {

// What is in a log, for people and scripts. Nothing is written, and an engine may go on meanwhile.
// Each returns the process's exit code.

// Prints every topic and partition with the offsets that it holds.
[[nodiscard]] int list_log(const LogOptions& options);

struct LogDumpOptions {
  LogOptions log;
  std::string topic;                      // with or without the prefix
  std::optional<std::int32_t> partition;  // nothing: all, one after the other
  std::optional<std::int64_t> offset;     // the first; negative: so many before the end
  std::string from;                       // RFC 3339; only records stamped so or later
  std::optional<std::int64_t> count;      // at most so many of each partition
};
// Prints records as JSON, a line each, as RecordText says them.
[[nodiscard]] int dump_log(const LogDumpOptions& options);

struct LogExportOptions {
  LogOptions log;
  std::string out;  // folder; made when it is not there
};
// Writes readings.ndjson, commands.ndjson, zone_states.ndjson and alerts.ndjson, a message each
// line, partition by partition, and dead_letters.ndjson with whole records.
[[nodiscard]] int export_log(const LogExportOptions& options);

}  // namespace crowdflow::app
