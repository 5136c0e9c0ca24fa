#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"

namespace crowdflow::processor {

struct MigrationOptions {
  // Of the engine, on both logs: topics, group, parse_venue. Its venues are not looked at.
  ProcessorOptions engine;
  // What the log that is moved is called, so that no other one is taken for it.
  std::string source;
};

struct Migrated {
  std::uint64_t records = 0;  // copied by this call
  std::vector<std::string> venues;
  // An earlier call had finished; this one found nothing to do.
  bool before = false;
};

// Moves venues to another log: all records of readings, commands, zone-states, alerts,
// alerts-current and dead-letters, each at the partition that its key has there, and the engine's
// state, by a snapshot that the engine there begins with. Readings that the engine here had not
// taken are the first that the engine there takes. Journal and snapshots stay behind: they speak of
// offsets here.
//
// Nothing may write to either log meanwhile; while it is not finished, no engine may run on either.
// Each record is copied once, also when the call is made again after it failed or was killed.
//
// kInvalid: the other log is in use already, or was written by others meanwhile; the error says
// what. Threads: one.
[[nodiscard]] Result<Migrated> migrate(log::Log& from, log::Log& to,
                                       const MigrationOptions& options);

}  // namespace crowdflow::processor
