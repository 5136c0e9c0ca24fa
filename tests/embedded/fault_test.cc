#include <chrono>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "embedded/diary.h"
#include "embedded/embedded_log.h"
#include "embedded/fault_disk.h"
#include "embedded/inspection.h"
#include "embedded/memory_dir.h"
#include "support/environment.h"
#include "support/eventually.h"
#include "support/temp_dir.h"

// The same diary again and again, with a fault at each operation that changes something on the
// disk; upkeep and checkpoints are among them.
namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using embedded::EmbeddedLog;
using Fault = FaultDisk::Fault;

constexpr int kSteps = 8;

// A fault at each so many operations.
constexpr std::int64_t kStride = kSanitized ? 5 : 1;

// What lasts on the disk holds what was acknowledged, whatever became of the rest.
void expect_lasting(FaultDisk& disk, const MemoryDir& memory, const Written& written,
                    std::uint64_t seeds, const std::string& when) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const auto image = memory.fresh("image");
    disk.lasting_image(image, seed);
    EXPECT_TRUE(Diary::folder_holds(image, written)) << when << ", seed " << seed;
  }
}

TEST(EmbeddedFaults, EveryAcknowledgedRecordOutlastsAPowerCutAtAnyWrite) {
  const MemoryDir memory;
  bool complete = false;
  std::int64_t cut = 0;
  for (cut = 1; !complete && !testing::Test::HasFailure(); cut += kStride) {
    FaultDisk disk;
    disk.plan(Fault::kPowerCut, cut);
    Diary diary;
    {
      auto log = EmbeddedLog::open(Diary::options(memory.fresh("log"), disk.name()));
      complete = log && diary.write_until_it_fails(**log, kSteps);
    }
    expect_lasting(disk, memory, diary.written(), 4, "cut at operation " + std::to_string(cut));
  }
  EXPECT_GT(cut, 200) << "the diary has hardly been written";
}

// Each goes on by itself, with the same files, as long as nothing of it lasted.
void write_through(Fault fault, std::int64_t length) {
  const MemoryDir memory;
  std::int64_t first = 1;
  int opened_anew = 0;
  for (bool struck = true; struck && !testing::Test::HasFailure(); first += kStride) {
    const auto when = "fault at operation " + std::to_string(first);
    FaultDisk disk;
    disk.plan(fault, first, length);
    const auto options = Diary::options(memory.fresh("log"), disk.name());
    Diary diary;
    {
      auto log = EmbeddedLog::open(options);
      for (int attempt = 0; !log && attempt < 2 * length; ++attempt) {
        EXPECT_FALSE(log.error().message.empty());
        ++opened_anew;
        log = EmbeddedLog::open(options);
      }
      ASSERT_TRUE(log.has_value()) << when << ": " << log.error().message;
      ASSERT_TRUE(diary.write_through_failures(**log, kSteps))
          << when << ": " << (*log)->health().reason;
      Written written = diary.written();
      // A fault may also strike upkeep, when all has been written.
      EXPECT_TRUE(eventually(5s, [&] { return Diary::holds(**log, written); })) << when;
      struck = disk.struck() > 0;
      expect_lasting(disk, memory, diary.written(), 1, when + ", while it is open");
    }
    expect_lasting(disk, memory, diary.written(), 2, when);
  }
  EXPECT_GT(first, 200) << "the diary has hardly been written";
  EXPECT_GT(opened_anew, 0);
}

TEST(EmbeddedFaults, ADiskThatIsFullAtAnyWriteLosesNothingAndIsUsedAgainWhenThereIsRoom) {
  write_through(Fault::kFull, 5);
}

TEST(EmbeddedFaults, AnErrorOfTheDiskAtAnyOperationLosesNothingThatWasAcknowledged) {
  write_through(Fault::kIoError, 1);
}

TEST(EmbeddedFaults, ErrorsOfTheDiskThatLastAWhileLoseNothingThatWasAcknowledged) {
  write_through(Fault::kIoError, 7);
}

// The operating system shows what an fsync that failed was to make last; the disk does not have it.
TEST(EmbeddedFaults, WhatIsFoundAfterAnEndWithAFailingDiskOutlastsAPowerCut) {
  const MemoryDir memory;
  std::int64_t first = 1;
  bool complete = false;
  for (; !complete && !testing::Test::HasFailure(); first += kStride) {
    const auto when = "disk gone at operation " + std::to_string(first);
    FaultDisk disk;
    disk.plan(Fault::kIoError, first, 1'000'000'000);
    const auto options = Diary::options(memory.fresh("log"), disk.name());
    {
      auto log = EmbeddedLog::open(options);
      complete = log && Diary().write_until_it_fails(**log, kSteps);
    }
    disk.heal();
    Diary diary;
    auto log = EmbeddedLog::open(options);
    ASSERT_TRUE(log.has_value()) << when << ": " << log.error().message;
    ASSERT_TRUE(diary.learn_what_is_there(**log)) << when;
    Written written = diary.written();
    EXPECT_TRUE(Diary::holds(**log, written)) << when;
    expect_lasting(disk, memory, written, 1, when);
  }
  EXPECT_GT(first, 200) << "the diary has hardly been written";
}

TEST(EmbeddedFaults, SaysThatTheDiskIsFullAndThatItIsWellAgain) {
  const TempDir folder;
  FaultDisk disk;
  auto log = EmbeddedLog::open(Diary::options(folder.path(), disk.name()));
  ASSERT_TRUE(log.has_value()) << log.error().message;
  Diary diary;
  ASSERT_TRUE(diary.write_until_it_fails(**log, 3));
  EXPECT_TRUE((*log)->health().reachable);

  disk.plan(Fault::kFull, 1, 1'000'000'000);
  EXPECT_FALSE(diary.write_until_it_fails(**log, 4));
  EXPECT_FALSE((*log)->health().reachable);
  EXPECT_THAT((*log)->health().reason, testing::HasSubstr("the disk is full"));

  disk.heal();
  EXPECT_TRUE(diary.write_through_failures(**log, 6));
  EXPECT_TRUE((*log)->health().reachable);
}

// New limits have to be written, and there is no room for them.
TEST(EmbeddedFaults, StartsOnAFullDiskAndWritesItsNewLimitsWhenThereIsRoom) {
  const TempDir folder;
  FaultDisk disk;
  auto options = Diary::options(folder.path(), disk.name());
  Written written;
  {
    auto log = EmbeddedLog::open(options);
    ASSERT_TRUE(log.has_value()) << log.error().message;
    Diary diary;
    ASSERT_TRUE(diary.write_until_it_fails(**log, 3));
    written = diary.written();
  }
  for (embedded::TopicSpec& topic : options.topics)
    topic.kept_bytes = 1 << 20;

  disk.plan(Fault::kFull, 1, 1'000'000'000);
  auto log = EmbeddedLog::open(options);
  ASSERT_TRUE(log.has_value()) << log.error().message;
  EXPECT_FALSE((*log)->health().reachable);
  EXPECT_THAT((*log)->health().reason, testing::HasSubstr("the disk is full"));
  EXPECT_FALSE(Diary(written).write_until_it_fails(**log, 4));

  disk.heal();
  EXPECT_TRUE(eventually(30s, [&] { return (*log)->health().reachable; }));
  const auto contents = embedded::contents(folder.path());
  ASSERT_TRUE(contents.has_value()) << contents.error().message;
  for (const embedded::TopicSpec& topic : contents->topics)
    EXPECT_EQ(topic.kept_bytes, 1 << 20) << topic.name;
  EXPECT_TRUE(Diary::holds(**log, written));
}

TEST(EmbeddedFaults, WithoutALogYetAFullDiskIsRefused) {
  const TempDir folder;
  FaultDisk disk;
  disk.plan(Fault::kFull, 1, 1'000'000'000);
  const auto log = EmbeddedLog::open(Diary::options(folder.path(), disk.name()));
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(log.error().message, testing::HasSubstr("the disk is full"));
}

}  // namespace
}  // namespace crowdflow::test
