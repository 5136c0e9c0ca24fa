#pragma once

#include <chrono>
#include <cstdint>
#include <librdkafka/rdkafka.h>

#include <crowdflow/result.h>

#include "log/log.h"

// What only a partition's leader can tell. While it moves to another broker it is asked again, for
// at most `patience`. Blocking; any thread.
namespace crowdflow::kafka {

// The first offset stamped at or after so many milliseconds since 1970; negative: there is none, or
// the broker cannot look up times.
[[nodiscard]] Result<std::int64_t> ask_offset_at(rd_kafka_t* client,
                                                 const log::PartitionId& partition,
                                                 std::chrono::milliseconds since_1970,
                                                 std::chrono::milliseconds patience);

// Of what there is, committed or not, to a client that reads so; to another one, up to the last
// stable offset.
[[nodiscard]] Result<log::OffsetBounds> ask_bounds(rd_kafka_t* client,
                                                   const log::PartitionId& partition,
                                                   std::chrono::milliseconds patience);

}  // namespace crowdflow::kafka
