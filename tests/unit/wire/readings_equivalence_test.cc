#include <gtest/gtest.h>

#include "unit/wire/random_readings.h"
#include "unit/wire/reference_readings.h"
#include "wire/readings_decoder.h"
#include "wire/record_headers.h"

namespace crowdflow::test {
namespace {

constexpr int kBatches = 2000;

TEST(ReadingsDecoder, ReadsProtobufAsProtobufDoes) {
  RandomReadings random(1);
  wire::ReadingsDecoder decoder;
  for (int i = 0; i < kBatches; ++i) {
    const v1::ReadingBatch batch = random.batch();
    const std::string bytes = batch.SerializeAsString();
    const auto readings = decoder.decode(bytes, wire::kProtobufContentType);
    ASSERT_TRUE(readings.has_value()) << readings.error().message << batch.DebugString();
    ASSERT_EQ(describe(*readings), describe(batch));
  }
}

TEST(ReadingsDecoder, ReadsJsonAsProtobufDoes) {
  RandomReadings random(2);
  wire::ReadingsDecoder decoder;
  for (int i = 0; i < kBatches; ++i) {
    const v1::ReadingBatch batch = random.batch();
    const std::string text = reference_json(batch, i % 2 == 0);
    const auto readings = decoder.decode(text, wire::kJsonContentType);
    ASSERT_TRUE(readings.has_value()) << readings.error().message << text;
    ASSERT_EQ(describe(*readings), describe(batch)) << text;
  }
}

TEST(ReadingsDecoder, KnowsWithoutAHeaderWhatEachBatchIs) {
  RandomReadings random(3);
  wire::ReadingsDecoder decoder;
  for (int i = 0; i < kBatches; ++i) {
    const v1::ReadingBatch batch = random.batch();
    for (const std::string& value : {batch.SerializeAsString(), reference_json(batch, true)}) {
      const auto readings = decoder.decode(value, "");
      ASSERT_TRUE(readings.has_value()) << readings.error().message << value;
      ASSERT_EQ(describe(*readings), describe(batch)) << value;
    }
  }
}

// Bytes that are damaged at random: what is still accepted means what protobuf says that it means.
TEST(ReadingsDecoder, AcceptsNoDamageThatProtobufRefuses) {
  RandomReadings random(4);
  wire::ReadingsDecoder decoder;
  int accepted = 0;
  for (int i = 0; i < 20 * kBatches; ++i) {
    std::string bytes = random.batch().SerializeAsString();
    for (std::uint64_t damage = 1 + random.below(3); damage > 0; --damage) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    const auto readings = decoder.decode(bytes, wire::kProtobufContentType);
    if (!readings || bytes[0] == '\0') continue;
    ++accepted;
    const auto batch = parse_reference(bytes);
    ASSERT_TRUE(batch.has_value());
    ASSERT_EQ(describe(*readings), describe(*batch));
  }
  EXPECT_GT(accepted, kBatches);
}

TEST(ReadingsDecoder, SaysTheSameOfAnExcerpt) {
  RandomReadings random(5);
  wire::ReadingsDecoder decoder;
  wire::ReadingsDecoder second;
  for (int i = 0; i < kBatches; ++i) {
    const v1::ReadingBatch batch = random.batch();
    for (const std::string& value : {batch.SerializeAsString(), reference_json(batch, false)}) {
      const auto readings = decoder.decode(value, "");
      ASSERT_TRUE(readings.has_value());
      std::vector<std::uint32_t> indices;
      std::vector<std::string> expected;
      for (std::uint32_t r = 0; r < readings->size(); ++r) {
        if (random.below(2) == 0) continue;
        indices.push_back(r);
        expected.push_back(describe((*readings)[r]));
      }
      if (indices.empty()) continue;
      const wire::Excerpt excerpt = decoder.excerpt(indices);
      const auto again = second.decode(excerpt.value, excerpt.content_type);
      ASSERT_TRUE(again.has_value()) << again.error().message << excerpt.value;
      ASSERT_EQ(describe(*again), expected);
    }
  }
}

}  // namespace
}  // namespace crowdflow::test
