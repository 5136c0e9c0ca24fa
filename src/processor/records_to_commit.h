#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <crowdflow/result.h>

#include "log/topics.h"
#include "processor/lane.h"
#include "processor/partition_work.h"

namespace crowdflow::processor {

// How many partitions those topics have that do not lie beside `readings`.
struct OtherPartitions {
  std::int32_t alerts_current = 1;
  std::int32_t dead_letters = 1;
};

// Takes one record for one partition of one topic; an error ends what calls it.
using WriteRecord =
    std::function<Result<void>(const std::string& topic, std::int32_t partition, const OutRecord&)>;

// Every record that a hand-over adds to the log when it is committed, in the order of the commit:
// states, alerts, dead letters and, last, the journal. The same hand-over always gives the same
// bytes: that is what reproduction relies on.
[[nodiscard]] Result<void> write_records(const HandOver& hand_over, const log::TopicNames& topics,
                                         const OtherPartitions& partitions,
                                         const WriteRecord& write);

}  // namespace crowdflow::processor
