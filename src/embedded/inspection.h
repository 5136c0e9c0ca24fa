#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "embedded/catalog.h"
#include "log/log.h"

// What can be done with an embedded log from any process, while another one has it open and writes:
// look, and copy. Nothing here changes the log.
namespace crowdflow::embedded {

// A log that can be read: readers, bounds, times, committed positions. Its readers follow what the
// other process writes, a tenth of a second later. Writers and appenders are refused (kInvalid),
// and so are groups to join. kNotFound: there is no log in the folder. kUnsupported: it is of
// another version than this program; an earlier one is brought up to date by whoever opens it to
// write.
[[nodiscard]] Result<std::unique_ptr<log::Log>> open_to_read(const std::filesystem::path& folder);

struct PartitionContents {
  log::PartitionId at;
  log::OffsetBounds bounds;
  std::int64_t records = 0;  // fewer than the bounds say where compaction has left gaps
  std::int64_t bytes = 0;    // of keys, values, headers, and some for each record
  std::optional<WallTime> first;
  std::optional<WallTime> last;
};

struct GroupPosition {
  std::string group;
  log::Position position;
};

struct Contents {
  std::vector<TopicSpec> topics;              // by name
  std::vector<PartitionContents> partitions;  // by topic and number
  std::vector<GroupPosition> positions;       // by group, topic and number
  std::int64_t file_bytes = 0;                // on the disk, what is to be moved into it as well
};

// All of one moment.
[[nodiscard]] Result<Contents> contents(const std::filesystem::path& folder);

// Writes all that is committed at one moment to a new file, `to`; in a folder of its own and called
// log.sqlite, it is a log again. kInvalid: there is such a file already. When it fails, there is no
// such file. While it runs, the log's own write-ahead file cannot shrink.
[[nodiscard]] Result<void> back_up(const std::filesystem::path& folder,
                                   const std::filesystem::path& to);

}  // namespace crowdflow::embedded
