#include "processor/snapshot_reader.h"

#include <algorithm>
#include <limits>

#include "processor/cursor.h"
#include "wire/snapshot.h"

namespace crowdflow::processor {
namespace {

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

}  // namespace

Result<std::string> read_snapshot(log::Log& log, const ProcessorOptions& options,
                                  std::int32_t partition, const wire::SnapshotName& name) {
  const log::PartitionId at{options.topics.snapshots, partition};
  const auto held = log.query_bounds(at);
  if (!held) return tl::unexpected(held.error());
  auto chunks = Cursor::open(log, options, at, std::max(held->low, name.snapshots_from));
  if (!chunks) return tl::unexpected(chunks.error());
  // What has not expired has to be there. A broker that has just come back may not know its end
  // yet.
  const bool is_awaited = held->low <= name.snapshots_from;
  std::string bytes;
  bytes.reserve(std::min<std::size_t>(name.bytes, std::size_t{name.chunks} << 20U));
  for (std::uint32_t wanted = 0; wanted < name.chunks;) {
    auto record = chunks->next(held->high);
    if (!record) return tl::unexpected(record.error());
    if (*record == nullptr && is_awaited) {
      record = chunks->next(kNoEnd);
      if (!record) break;  // it stays so: somebody has taken it away
    }
    if (*record == nullptr) break;
    if ((*record)->key != wire::chunk_key(partition, name.generation, wanted)) continue;
    bytes += (*record)->value;
    ++wanted;
  }
  return bytes;
}

}  // namespace crowdflow::processor
