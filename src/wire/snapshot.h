#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "wire/journal.h"

namespace crowdflow::wire {

// What proto/crowdflow/v1/snapshot.proto says, as plain data.

// A partition's state but for its shard, at the place of a cut.
struct SnapshotHeader {
  std::int32_t partition = 0;
  std::uint64_t generation = 0;
  std::int64_t next_offset = 0;
  std::vector<VenueFile> venue_files;
  std::map<std::int32_t, std::int64_t> forwarded_until;
  std::optional<ConfiguredVenues> configured;
  friend bool operator==(const SnapshotHeader&, const SnapshotHeader&) = default;
};

// Appends the header as a snapshot begins with it; the shard's bytes follow.
void append_header(const SnapshotHeader& header, std::string& out);

// A snapshot's bytes taken apart; the view is into them.
struct SnapshotParts {
  SnapshotHeader header;
  std::string_view shard;
};
// kInvalid: not a snapshot, or of a format that this version does not know.
[[nodiscard]] Result<SnapshotParts> parse_snapshot(std::string_view bytes);

// Bytes of a snapshot in one record: within any topic's limit, and a few in a commit delay it by
// some milliseconds only.
inline constexpr std::size_t kSnapshotChunk = std::size_t{512} << 10U;

// The key of a chunk on the topic `snapshots`.
[[nodiscard]] std::string chunk_key(std::int32_t partition, std::uint64_t generation,
                                    std::uint32_t chunk);

}  // namespace crowdflow::wire
