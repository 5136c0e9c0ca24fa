#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/result.h>
#include <crowdflow/shard.h>

#include "wire/messages.h"

namespace crowdflow::wire {

// What proto/crowdflow/v1/journal.proto says, as plain data.

// Records [first, end) of the partition of `readings`.
struct OffsetRange {
  std::int64_t first = 0;
  std::int64_t end = 0;
  friend bool operator==(const OffsetRange&, const OffsetRange&) = default;
};

// A venue file that came into force.
struct VenueFile {
  std::string venue_id;
  std::string version;
  std::string yaml;                    // byte for byte
  std::vector<UtcOffset> utc_offsets;  // Venue::utc_offsets as it was then
  friend bool operator==(const VenueFile&, const VenueFile&) = default;
};

// A shard's life began, with no state.
struct ShardStart {
  std::int64_t first_offset = 0;
  bool history_missing = false;
  friend bool operator==(const ShardStart&, const ShardStart&) = default;
};

// A snapshot was made here.
struct SnapshotCut {
  std::uint64_t generation = 0;
  friend bool operator==(const SnapshotCut&, const SnapshotCut&) = default;
};

// Which venues the engine is configured with, and how many partitions `readings` has.
struct ConfiguredVenues {
  std::vector<std::string> venue_ids;  // each once, in their order
  std::int32_t partitions = 0;
  friend bool operator==(const ConfiguredVenues&, const ConfiguredVenues&) = default;
};

using JournalEntry =
    std::variant<OffsetRange, Tick, VenueFile, ShardStart, SnapshotCut, ConfiguredVenues>;

// Where a complete snapshot is found, and the journal from it on.
struct SnapshotName {
  std::uint64_t generation = 0;
  std::uint32_t chunks = 0;
  std::uint64_t bytes = 0;
  std::int64_t snapshots_from = 0;  // an offset at or before its first chunk
  std::int64_t journal_from = 0;    // an offset at or before its cut
  friend bool operator==(const SnapshotName&, const SnapshotName&) = default;
};

struct Journal {
  std::int32_t partition = 0;
  std::vector<JournalEntry> entries;  // in the order applied
  std::int64_t next_offset = 0;       // of the first record not yet applied
  Accounting accounting;
  std::optional<SnapshotName> snapshot;  // the newest complete one
  std::uint64_t page = 0;  // its number among the partition's records, from 1; 0: not said
};

// The value of a record on `journal` (key: the partition in decimal).
[[nodiscard]] std::string to_bytes(const Journal& journal);
// kInvalid: not a journal record, or one of a format that this version does not know.
[[nodiscard]] Result<Journal> parse_journal(std::string_view bytes);

void fill(const VenueFile& file, v1::VenueFile& out);
[[nodiscard]] VenueFile venue_file(const v1::VenueFile& message);
void fill(const ConfiguredVenues& venues, v1::ConfiguredVenues& out);
[[nodiscard]] ConfiguredVenues configured_venues(const v1::ConfiguredVenues& message);
void fill(const Accounting& accounting, v1::Accounting& out);
// kInvalid: a reason code that this version does not know.
[[nodiscard]] Result<Accounting> accounting(const v1::Accounting& message);

}  // namespace crowdflow::wire
