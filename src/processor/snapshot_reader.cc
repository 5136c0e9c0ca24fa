#include "processor/snapshot_reader.h"

#include <algorithm>

#include "processor/cursor.h"
#include "wire/snapshot.h"

namespace crowdflow::processor {

Result<std::string> read_snapshot(log::Log& log, const ProcessorOptions& options,
                                  std::int32_t partition, const wire::SnapshotName& name) {
  const log::PartitionId at{options.topics.snapshots, partition};
  const auto held = log.query_bounds(at);
  if (!held) return tl::unexpected(held.error());
  auto chunks = Cursor::open(log, options, at, std::max(held->low, name.snapshots_from));
  if (!chunks) return tl::unexpected(chunks.error());
  std::string bytes;
  bytes.reserve(std::min<std::size_t>(name.bytes, std::size_t{name.chunks} << 20U));
  for (std::uint32_t wanted = 0; wanted < name.chunks;) {
    const auto record = chunks->next(held->high);
    if (!record) return tl::unexpected(record.error());
    if (*record == nullptr) break;
    if ((*record)->key != wire::chunk_key(partition, name.generation, wanted)) continue;
    bytes += (*record)->value;
    ++wanted;
  }
  return bytes;
}

}  // namespace crowdflow::processor
