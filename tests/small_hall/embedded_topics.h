#pragma once

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "embedded/inspection.h"
#include "integration/topic_contents.h"
#include "processor/cursor.h"

namespace crowdflow::test {

// What a topic of an embedded log holds, in order within a partition. Whoever works on it goes on.
inline std::vector<KafkaRecord> embedded_records(const std::filesystem::path& folder,
                                                 const std::string& topic) {
  std::vector<KafkaRecord> found;
  const auto log = embedded::open_to_read(folder);
  if (!log) {
    ADD_FAILURE() << log.error().message;
    return found;
  }
  const auto partitions = (*log)->partition_count(topic);
  EXPECT_TRUE(partitions);
  const processor::ProcessorOptions options;
  for (std::int32_t partition = 0; partition < partitions.value_or(0); ++partition) {
    const log::PartitionId at{topic, partition};
    const auto bounds = (*log)->query_bounds(at);
    EXPECT_TRUE(bounds);
    auto cursor = processor::Cursor::open(**log, options, at, bounds->low);
    EXPECT_TRUE(cursor);
    const auto read = cursor->read_until(bounds->high, [&](const log::Record& record) {
      KafkaRecord& copy = found.emplace_back();
      copy.partition = record.partition;
      copy.offset = record.offset;
      if (record.has_key) copy.key = record.key;
      if (record.has_value) copy.value = record.value;
      return Result<void>{};
    });
    EXPECT_TRUE(read) << read.error().message;
  }
  return found;
}

}  // namespace crowdflow::test
