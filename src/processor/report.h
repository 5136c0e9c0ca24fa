#pragma once

#include <string>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/time.h>

#include "concurrency/latest_value.h"
#include "processor/partition_work.h"
#include "processor/progress.h"
#include "telemetry/engine_status.h"

namespace crowdflow::processor {

using StatusCell = concurrency::LatestValue<telemetry::EngineStatus>;

// Keeps the engine's status up to date and hands it to readers.
//
// Threads: the log thread's only; readers use the cell.
class Report {
 public:
  Report(StatusCell& cell, std::vector<std::shared_ptr<const Venue>> venues);

  void stage(telemetry::EngineStage stage, std::string reason, WallTime now);
  void restarted() { ++status_.restarts; }
  void committed(const PartitionWork::Pending& pending, WallTime now);
  void commit_took(double seconds);
  // A snapshot of so many bytes is complete.
  void saved(std::uint64_t bytes);
  void restore_took(double seconds);

  void begin(WallTime now);
  void partition(std::int32_t partition, const Progress& progress, std::int64_t end);
  void publish();

 private:
  StatusCell& cell_;
  telemetry::EngineStatus status_;
};

}  // namespace crowdflow::processor
