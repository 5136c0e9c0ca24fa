#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <vector>

#include "embedded/embedded_log.h"
#include "embedded/inspection.h"
#include "embedded/sqlite.h"
#include "support/eventually.h"
#include "support/temp_dir.h"

// What is kept, and for how long.
namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using embedded::EmbeddedLog;
using testing::ElementsAre;

// A wall clock that is set by hand.
class Clock {
 public:
  WallTime now() {
    const std::lock_guard guard(mutex_);
    return now_;
  }
  void pass(std::chrono::hours span) {
    const std::lock_guard guard(mutex_);
    now_ += span;
  }

 private:
  std::mutex mutex_;
  WallTime now_{std::chrono::hours{400'000}};
};

class EmbeddedUpkeep : public testing::Test {
 protected:
  void open(const embedded::TopicSpec& topic) {
    appender_.reset();
    log_.reset();
    auto opened = EmbeddedLog::open({.folder = folder_.path(),
                                     .topics = {topic},
                                     .vfs = "",
                                     .now = [this] { return clock_.now(); },
                                     .pace = {.upkeep_every = 1ms}});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    log_ = std::move(*opened);
    auto made = log_->appender();
    ASSERT_TRUE(made.has_value());
    appender_ = std::move(*made);
  }
  void append(std::string_view key, std::string_view value, bool tombstone = false) {
    const auto queued = appender_->append(
        {.topic = "kept", .partition = 0, .key = key, .value = value, .tombstone = tombstone});
    ASSERT_TRUE(queued.has_value()) << queued.error().message;
  }
  void flush() {
    const auto done = appender_->flush(20s);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  [[nodiscard]] log::OffsetBounds bounds() { return log_->query_bounds(kPartition).value(); }
  [[nodiscard]] std::vector<std::string> keys_and_values() {
    auto reader = log_->reader({}).value();
    const std::vector<log::Position> from{{.at = kPartition, .offset = bounds().low, .note = ""}};
    EXPECT_TRUE(reader->start_at(from).has_value());
    std::vector<std::string> found;
    while (reader->position(kPartition) < bounds().high) {
      const auto batch = reader->take(100, 0ms);
      if (!batch) return {batch.error().message};
      for (const log::Record& record : (*batch)->records()) {
        found.push_back(std::string(record.key) +
                        (record.has_value ? "=" + std::string(record.value) : "!"));
      }
    }
    return found;
  }
  const log::PartitionId kPartition{"kept", 0};
  Clock clock_;
  const TempDir folder_;
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<log::Appender> appender_;
};

TEST_F(EmbeddedUpkeep, DropsWhatIsOlderThanTheTopicKeepsAndNeverTheLastRecord) {
  open({.name = "kept", .kept_for = 10h});
  for (int i = 0; i < 1200; ++i)
    append("a", std::to_string(i));
  flush();
  clock_.pass(6h);
  append("b", "1");
  flush();
  clock_.pass(6h);
  ASSERT_TRUE(eventually(20s, [&] { return bounds().low == 1200; }));
  EXPECT_THAT(keys_and_values(), ElementsAre("b=1"));
  clock_.pass(1000h);
  std::this_thread::sleep_for(20ms);
  EXPECT_THAT(keys_and_values(), ElementsAre("b=1"));

  // The next offset is known after all that.
  open({.name = "kept", .kept_for = 10h});
  append("c", "2");
  flush();
  ASSERT_TRUE(eventually(20s, [&] { return bounds().low == 1201; }));
  EXPECT_EQ(bounds().high, 1202);
}

TEST_F(EmbeddedUpkeep, SaysWhatItHoldsToWhoStandsBeforeIt) {
  open({.name = "kept", .kept_for = 10h});
  append("a", "1");
  append("a", "2");
  flush();
  auto reader = log_->reader({}).value();
  ASSERT_TRUE(reader->start_at(std::vector<log::Position>{{kPartition, 0, ""}}).has_value());
  clock_.pass(11h);
  ASSERT_TRUE(eventually(20s, [&] { return bounds().low == 1; }));
  const auto told = reader->take(10, 0ms);
  ASSERT_FALSE(told.has_value());
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(told.error().message, testing::HasSubstr("it holds offsets 1 to 2"));
}

TEST_F(EmbeddedUpkeep, TheFileStaysBoundedHoweverMuchIsWritten) {
  constexpr std::int64_t kKept = 1 << 20;
  open({.name = "kept", .kept_bytes = kKept});
  const std::string value(3000, 'v');
  std::int64_t largest = 0;
  for (int round = 0; round < 60; ++round) {
    for (int i = 0; i < 100; ++i)
      append("a", value);
    flush();
    // What is over the limit goes within a round of upkeep.
    ASSERT_TRUE(eventually(20s, [&] {
      const auto [low, high] = bounds();
      return (high - low) * 3000 < kKept + 3500;
    }));
    const auto size = std::filesystem::file_size(folder_.path() / "log.sqlite");
    largest = std::max(largest, static_cast<std::int64_t>(size));
  }
  EXPECT_EQ(bounds().high, 6000);
  EXPECT_GE((bounds().high - bounds().low) * 3100, kKept) << "no more is dropped than has to be";
  EXPECT_LT(largest, 8 * kKept) << "18 MB were written";
}

TEST_F(EmbeddedUpkeep, GivesTheDiskBackWhatALowerLimitSetsFree) {
  open({.name = "kept"});
  for (int i = 0; i < 10'000; ++i)
    append("a", std::string(3000, 'v'));
  flush();
  appender_.reset();
  log_.reset();
  const auto file = folder_.path() / "log.sqlite";
  const auto before = std::filesystem::file_size(file);
  EXPECT_GT(before, 30'000'000u);
  open({.name = "kept", .kept_bytes = 100'000});
  ASSERT_TRUE(eventually(20s, [&] { return bounds().low > 9900; }));
  ASSERT_TRUE(eventually(20s, [&] {
    const auto found = embedded::contents(folder_.path());
    return found && found->partitions[0].bytes < 110'000;
  }));
  ASSERT_TRUE(eventually(20s, [&] {
    auto looking =
        embedded::Connection::open({.file = file, .vfs = ""}, embedded::Connection::Mode::kRead);
    return looking && looking->number("PRAGMA page_count").value_or(1 << 20) < 1700;
  }));
  log_.reset();
  appender_.reset();
  EXPECT_LT(std::filesystem::file_size(file), 7'000'000u);
}

TEST_F(EmbeddedUpkeep, KeepsTheLatestRecordOfEachKeyAndATombstoneForADay) {
  open({.name = "kept", .compacted = true});
  append("a", "1");
  append("b", "1");
  append("a", "2");
  append("c", "1");
  append("b", "", true);
  append("", "of the empty key");
  append({}, "of no key");
  append("a", "3");
  flush();
  ASSERT_TRUE(eventually(20s, [&] { return keys_and_values().size() == 5; }));
  EXPECT_THAT(keys_and_values(),
              ElementsAre("c=1", "b!", "=of the empty key", "=of no key", "a=3"));
  EXPECT_EQ(bounds().low, 0) << "compaction leaves gaps";
  EXPECT_EQ(bounds().high, 8);

  clock_.pass(25h);
  ASSERT_TRUE(eventually(20s, [&] { return keys_and_values().size() == 4; }));
  EXPECT_THAT(keys_and_values(), ElementsAre("c=1", "=of the empty key", "=of no key", "a=3"));
  append("c", "2");
  flush();
  ASSERT_TRUE(eventually(20s, [&] { return keys_and_values().size() == 4; }));
  EXPECT_THAT(keys_and_values(), ElementsAre("=of the empty key", "=of no key", "a=3", "c=2"));
}

TEST_F(EmbeddedUpkeep, StampsNeverGoBackWhenTheClockDoes) {
  open({.name = "kept"});
  append("a", "1");
  flush();
  const auto first = clock_.now();
  clock_.pass(-5h);
  append("a", "2");
  flush();
  clock_.pass(7h);
  append("a", "3");
  flush();
  EXPECT_EQ(log_->offset_at(kPartition, first).value(), 0);
  EXPECT_EQ(log_->offset_at(kPartition, first + 1ms).value(), 2);
  EXPECT_EQ(log_->offset_at(kPartition, first + 3h).value(), 3);
}

}  // namespace
}  // namespace crowdflow::test
