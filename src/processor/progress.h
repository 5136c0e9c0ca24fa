#pragma once

#include <cstdint>
#include <vector>

#include "processor/partition_work.h"
#include "telemetry/engine_status.h"

namespace crowdflow::processor {

// How far a partition is and what its venues are like, for the status. A value, made where the
// shard is at hand; `progress.venue` of each venue is the shard's own, and `venue` is not set.
struct Progress {
  std::int64_t position = 0;
  std::vector<telemetry::VenueStatus> venues;
};

[[nodiscard]] Progress progress_of(const PartitionWork& work);

}  // namespace crowdflow::processor
