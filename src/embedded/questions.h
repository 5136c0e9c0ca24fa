#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "embedded/log_file.h"
#include "log/log.h"

// What a log answers from its board and from a read connection opened for the question.
namespace crowdflow::embedded {

[[nodiscard]] Result<std::int32_t> ask_partition_count(LogFile& file, const std::string& topic);
[[nodiscard]] Result<log::OffsetBounds> ask_bounds(LogFile& file, const log::PartitionId& at);
[[nodiscard]] Result<std::int64_t> ask_offset_at(LogFile& file, const log::PartitionId& at,
                                                 WallTime from);
[[nodiscard]] Result<std::vector<log::Position>> ask_committed(
    LogFile& file, const std::string& group, std::span<const log::PartitionId> partitions);

}  // namespace crowdflow::embedded
