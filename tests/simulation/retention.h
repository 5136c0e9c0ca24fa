#pragma once

#include <cstdint>
#include <string>

#include "log/topics.h"
#include "simulation/broker.h"

namespace crowdflow::simulation {

// Takes the oldest records of some partitions of `readings`, the journal and the snapshots, as
// chance of `fault` will have it: of `readings` none that the group has not committed.
void expire_some(Fault fault, Broker& broker, const log::TopicNames& topics,
                 const std::string& group, std::int32_t partitions);

// Whether what was kept when the journal's record at offset `page` was written was enough to
// restore the partition from: a snapshot or the start of a shard's life, and all that followed it.
[[nodiscard]] bool reaches_back(Broker& broker, const log::TopicNames& topics,
                                std::int32_t partition, std::int64_t page);

}  // namespace crowdflow::simulation
