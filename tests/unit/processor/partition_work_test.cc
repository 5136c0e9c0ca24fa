#include "processor/partition_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "unit/processor/hall.h"
#include "wire/dead_letter.h"

namespace crowdflow::processor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int32_t kPartitions = 4;

// The hall at home, and an annex that is at home elsewhere.
class PartitionWorkTest : public ::testing::Test {
 protected:
  PartitionWorkTest() {
    work_->configure(std::make_shared<const wire::ConfiguredVenues>(
        wire::ConfiguredVenues{.venue_ids = {annex_, "hall"}, .partitions = kPartitions}));
    static_cast<void>(work_->hand_over({}));
  }
  static std::string venue_elsewhere() {
    std::string id = "annex";
    while (log::home_partition(id, kPartitions) == log::home_partition("hall", kPartitions))
      id += "x";
    return id;
  }
  void take(std::string_view value, std::vector<log::Header> headers = {},
            std::string_view key = "hall") {
    work_->take({.topic = "readings",
                 .partition = work_->partition(),
                 .offset = offset_++,
                 .key = key,
                 .value = value,
                 .has_key = true,
                 .has_value = true,
                 .headers = headers});
  }
  // Of which partition and offset it says that it was forwarded.
  static std::vector<log::Header> forwarded(std::string_view partition, std::string_view offset) {
    return {{.name = wire::kForwardedPartitionHeader, .value = partition},
            {.name = wire::kForwardedOffsetHeader, .value = offset}};
  }
  static std::string header_of(const OutRecord& record, std::string_view name) {
    for (const wire::RecordHeader& header : record.headers) {
      if (header.name == name) return header.value;
    }
    return {};
  }
  std::string other_partition() const { return std::to_string((work_->partition() + 1) % 4); }

  const std::string annex_ = venue_elsewhere();
  std::unique_ptr<PartitionWork> work_ = work_of(log::home_partition("hall", kPartitions));
  std::int64_t offset_ = 0;
};

TEST_F(PartitionWorkTest, TakesWhatWasForwardedOnce) {
  take(reading_of(kStart + 1), forwarded(other_partition(), "7"));
  EXPECT_THAT(work_->outcomes(), ElementsAre(Outcome::kApplied));
  take(reading_of(kStart + 2), forwarded(other_partition(), "7"));
  EXPECT_THAT(work_->outcomes(), ElementsAre(Outcome::kDuplicate));
}

TEST_F(PartitionWorkTest, DoesNotBelieveForwardsOfPartitionsThatCannotHaveSentThem) {
  const std::string own = std::to_string(work_->partition());
  std::int64_t second = kStart;
  for (const std::string& origin :
       {own, own, std::string("4"), std::string("4"), std::string("-1"), std::string("-1")}) {
    take(reading_of(++second), forwarded(origin, "7"));
    EXPECT_THAT(work_->outcomes(), ElementsAre(Outcome::kApplied)) << origin;
  }
}

TEST_F(PartitionWorkTest, TakesADeadLetterThatIsPublishedAgain) {
  take(reading_of(kStart + 1), forwarded(other_partition(), "7"));
  auto headers = forwarded(other_partition(), "7");
  headers.push_back({.name = wire::kReasonHeader, .value = "LATE"});
  take(reading_of(kStart + 2), headers);
  EXPECT_THAT(work_->outcomes(), ElementsAre(Outcome::kApplied));
}

TEST_F(PartitionWorkTest, ForwardsNothingThatTheTopicDoesNotTake) {
  std::string value = R"({"venue_id":")" + annex_ +
                      R"(","sensor_id":"counter","event_time":"2018-02-09T11:00:00Z",)"
                      R"("heartbeat":{}})";
  take(value);
  EXPECT_THAT(work_->pending().forwards, SizeIs(1));
  EXPECT_THAT(work_->pending().dead_letters, IsEmpty());

  value += std::string(1'000'000, ' ');
  take(value);
  EXPECT_THAT(work_->outcomes(), ElementsAre(Outcome::kMisdirected));
  EXPECT_THAT(work_->pending().forwards, SizeIs(1));
  ASSERT_THAT(work_->pending().dead_letters, SizeIs(1));
  const OutRecord& letter = work_->pending().dead_letters.front();
  EXPECT_EQ(letter.value, value);
  EXPECT_EQ(header_of(letter, wire::kReasonHeader), "MISDIRECTED");
  EXPECT_THAT(header_of(letter, wire::kMessageHeader), HasSubstr("1,000,000 bytes"));
}

// It came compressed, and no topic takes it as it is.
TEST_F(PartitionWorkTest, CutsADeadLetterThatNoTopicTakes) {
  const std::string value(wire::kMaxDeadLetter, '?');
  take(value, {{.name = "from", .value = "afar"}}, "k");
  ASSERT_THAT(work_->pending().dead_letters, SizeIs(1));
  const OutRecord& cut = work_->pending().dead_letters.front();
  EXPECT_EQ(cut.value, value);
  EXPECT_FALSE(cut.has_key);
  EXPECT_EQ(header_of(cut, wire::kCutHeader), std::to_string(value.size() + 9));
  EXPECT_EQ(header_of(cut, "from"), "");
  EXPECT_EQ(header_of(cut, wire::kReasonHeader), "MALFORMED");

  take(std::string_view(value).substr(9), {{.name = "from", .value = "afar"}}, "k");
  ASSERT_THAT(work_->pending().dead_letters, SizeIs(2));
  const OutRecord& whole = work_->pending().dead_letters.back();
  EXPECT_EQ(whole.key, "k");
  EXPECT_EQ(header_of(whole, "from"), "afar");
  EXPECT_EQ(header_of(whole, wire::kCutHeader), "");
}

}  // namespace
}  // namespace crowdflow::processor
