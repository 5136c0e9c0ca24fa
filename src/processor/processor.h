#pragma once

#include <functional>
#include <stop_token>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"
#include "processor/report.h"

namespace crowdflow::processor {

// The engine role: takes readings from the log, applies them to one shard per partition, and
// commits what follows, exactly once. Whatever goes wrong, the work in memory is thrown away and
// restored from the log: that is the only way of recovering there is, so it is the one that works.
//
// Threads: run() is called by one thread, which owns everything in here; others read the cell.
class Processor {
 public:
  Processor(log::Log& log, ProcessorOptions options, StatusCell& status);

  // Returns when asked to stop; or with the error that trying again cannot mend (kInvalid: wrong
  // topics, a log that contradicts itself; kFenced, three times within a minute: another instance
  // of this name runs).
  [[nodiscard]] Result<void> run(std::stop_token stop);

 private:
  log::Log& log_;
  ProcessorOptions options_;
  Report report_;
};

}  // namespace crowdflow::processor
