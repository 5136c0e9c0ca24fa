#include "embedded/questions.h"

#include <utility>

namespace crowdflow::embedded {
namespace {

Result<Partition*> partition_of(LogFile& file, const log::PartitionId& at) {
  if (Partition* found = file.board.find(at)) return found;
  return fail(ErrorCode::kNotFound,
              "there is no partition " + std::to_string(at.partition) + " of topic " + at.topic);
}

}  // namespace

Result<std::int32_t> ask_partition_count(LogFile& file, const std::string& topic) {
  const auto count = file.board.partition_count(topic);
  if (count == 0) return fail(ErrorCode::kNotFound, "there is no topic " + topic);
  return count;
}

Result<log::OffsetBounds> ask_bounds(LogFile& file, const log::PartitionId& at) {
  const auto partition = partition_of(file, at);
  if (!partition) return tl::unexpected(partition.error());
  return file.board.committed(**partition);
}

Result<std::int64_t> ask_offset_at(LogFile& file, const log::PartitionId& at, WallTime from) {
  const auto partition = partition_of(file, at);
  if (!partition) return tl::unexpected(partition.error());
  const auto since = std::chrono::ceil<std::chrono::milliseconds>(from.time_since_epoch());
  ReadConnection connection(file);
  return connection.first_since(**partition, file.board.committed(**partition), since.count());
}

Result<std::vector<log::Position>> ask_committed(LogFile& file, const std::string& group,
                                                 std::span<const log::PartitionId> partitions) {
  ReadConnection connection(file);
  std::vector<log::Position> positions;
  for (const log::PartitionId& at : partitions) {
    const auto partition = partition_of(file, at);
    if (!partition) return tl::unexpected(partition.error());
    auto position = connection.committed(group, **partition);
    if (!position) return tl::unexpected(position.error());
    positions.push_back(std::move(*position));
  }
  return positions;
}

}  // namespace crowdflow::embedded
