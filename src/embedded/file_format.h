#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <crowdflow/result.h>

#include "embedded/sqlite.h"

// What the log's file looks like, and how it gets there from a file of an earlier version.
//
//   topics       what there is and how long it is kept
//   partitions   number of each records table, and the first offset that is kept
//   records_<n>  one partition: appended at its end, deleted at its beginning, so that its pages
//                are full. Its last record is always kept, so that the next offset is known.
//   positions    of groups, with their notes
//   probe        filled and emptied to find out whether a full disk has room again
namespace crowdflow::embedded {

inline constexpr std::int64_t kFormat = 1;
inline constexpr std::int64_t kApplicationId = 0x6372'666c;  // "crfl"

// The file's name in its folder.
inline constexpr const char* kFileName = "log.sqlite";

// From one format to the next one.
struct Upgrade {
  std::int64_t from = 0;
  const char* sql = "";
};

// Makes a new file's tables, or brings an older file up to `format`, in one transaction; a copy of
// the older one stays beside it, "<file>.format-<n>". Nothing changes when it fails.
// kUnsupported: the file is of a later version, or one that we know no way from. kInvalid: it is no
// log of ours.
[[nodiscard]] Result<void> bring_up_to(Connection& connection, const Place& place,
                                       std::int64_t format, std::span<const Upgrade> upgrades);
[[nodiscard]] Result<void> bring_up_to_date(Connection& connection, const Place& place);

// For who may not write: it has to be of this version.
[[nodiscard]] Result<void> check_format(Connection& connection, const Place& place);

// Its column `written` counts the bytes of the partition's records up to each one, so that the size
// of any part of a partition is a difference.
[[nodiscard]] Result<void> make_records_table(Connection& connection, std::int64_t id,
                                              bool compacted);
// What one record counts for beside its own bytes.
inline constexpr std::int64_t kRecordExtra = 24;

// A copy of all that is committed, made while others read and write. kInvalid: there is such a file
// already. A copy that is not whole never has this name.
[[nodiscard]] Result<void> copy_file(Connection& from, const std::filesystem::path& to);

}  // namespace crowdflow::embedded
