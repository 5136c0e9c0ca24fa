#include "wire/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/golden.h"
#include "unit/wire/sample_venue.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

wire::SnapshotHeader sample() {
  return {.partition = 3,
          .generation = 7,
          .next_offset = 1234,
          .venue_files = {{.venue_id = "hall", .version = "89abcdef01234567", .yaml = "a: file"}},
          .forwarded_until = {{0, 17}, {2, 0}}};
}

TEST(Snapshot, ReadsBackWhatItWrote) {
  std::string bytes;
  wire::append_header(sample(), bytes);
  const auto parts = wire::parse_snapshot(bytes + "the shard's bytes");
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(parts->header, sample());
}

// A deployment's snapshots outlive the version that wrote them.
TEST(Snapshot, OfTheFirstVersionIsRead) {
  const std::string bytes = golden_bytes("snapshot_header.hex") + "the shard's bytes";
  const auto parts = wire::parse_snapshot(bytes);
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_EQ(parts->header, sample());
  EXPECT_EQ(parts->shard, "the shard's bytes");
}

TEST(Snapshot, OfALaterVersionIsRefused) {
  std::string bytes = golden_bytes("snapshot_header.hex");
  // After four bytes of length: field 1, which is the format.
  ASSERT_EQ(bytes.substr(4, 2), "\x08\x01");
  bytes[5] = 2;
  const auto parts = wire::parse_snapshot(bytes);
  ASSERT_FALSE(parts);
  EXPECT_THAT(parts.error().message, HasSubstr("format 2, expected 1"));
}

TEST(Snapshot, IsRefusedWhereverItsHeaderIsCut) {
  std::string bytes;
  wire::append_header(sample(), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parts = wire::parse_snapshot(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(parts) << size;
    EXPECT_THAT(parts.error().message, HasSubstr("ends within its header"));
  }
}

TEST(Snapshot, HasKeysThatTellPartitionGenerationAndChunk) {
  EXPECT_EQ(wire::chunk_key(3, 17, 42), "3/17/42");
}

}  // namespace
}  // namespace crowdflow::test
