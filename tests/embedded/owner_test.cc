#include <chrono>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "embedded/diary.h"
#include "embedded/file_format.h"
#include "embedded/inspection.h"
#include "paths.h"
#include "support/process.h"
#include "support/temp_dir.h"

// Who may open a log, and what others may do meanwhile.
namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using embedded::EmbeddedLog;
using testing::HasSubstr;

std::vector<std::string> take_values(log::Reader& reader, std::size_t count) {
  std::vector<std::string> values;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (values.size() < count && std::chrono::steady_clock::now() < deadline) {
    const auto batch = reader.take(100, 50ms);
    EXPECT_TRUE(batch.has_value()) << batch.error().message;
    if (!batch) break;
    for (const log::Record& record : (*batch)->records())
      values.emplace_back(record.value);
  }
  return values;
}

// Root may write anywhere; while this is there, a test that root runs is nobody's.
class NotRoot {
 public:
  NotRoot() : root_(geteuid() == 0) {
    if (root_) {
      EXPECT_EQ(setresuid(kNobody, kNobody, 0), 0);
    }
  }
  ~NotRoot() {
    if (root_) {
      EXPECT_EQ(setresuid(0, 0, 0), 0);
    }
  }
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  const bool root_;
};

TEST(EmbeddedOwner, ASecondOneIsRefusedAndToldWhoTheFirstIs) {
  const TempDir folder;
  const auto options = Diary::options(folder.path());
  auto first = EmbeddedLog::open(options);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto second = EmbeddedLog::open(options);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kFenced);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(getpid())));
  EXPECT_THAT(second.error().message, HasSubstr(folder.path().string()));

  first->reset();
  EXPECT_TRUE(EmbeddedLog::open(options).has_value());
}

TEST(EmbeddedOwner, AnotherProcessIsRefusedAndTheOneThatWasKilledIsNot) {
  const TempDir folder;
  Process other({.argv = {(build_dir() / "bin/write_diary").string(), folder.path().string()},
                 .env = {},
                 .cwd = {},
                 .input = {}});
  ASSERT_TRUE(other.start());
  ASSERT_TRUE(other.says("commit 3\n", 20s));
  const auto refused = EmbeddedLog::open(Diary::options(folder.path()));
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("process " + std::to_string(other.pid())));

  other.signal(SIGKILL);
  EXPECT_TRUE(other.exits_with(128 + SIGKILL, 10s));
  EXPECT_TRUE(EmbeddedLog::open(Diary::options(folder.path())).has_value());
}

TEST(EmbeddedOwner, SaysSoWhenTheFolderCannotBeWritten) {
  const TempDir folder;
  const auto file = folder.write("a-file", "");
  const auto refused = EmbeddedLog::open(Diary::options(file / "log"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("a-file"));
}

TEST(EmbeddedOwner, OthersReadAndFollowWhileItWrites) {
  const TempDir folder;
  auto log = EmbeddedLog::open(Diary::options(folder.path()));
  ASSERT_TRUE(log.has_value()) << log.error().message;
  Diary diary;
  ASSERT_TRUE(diary.write_until_it_fails(**log, 3));

  auto looking = embedded::open_to_read(folder.path());
  ASSERT_TRUE(looking.has_value()) << looking.error().message;
  Written written = diary.written();
  EXPECT_TRUE(Diary::holds(**looking, written));
  auto reader = (*looking)->reader({});
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  const std::vector<log::Position> from{{.at = {"readings", 0}, .offset = 0, .note = ""}};
  ASSERT_TRUE((*reader)->start_at(from).has_value());
  EXPECT_EQ(take_values(**reader, 3).size(), 3u);
  ASSERT_TRUE(diary.write_until_it_fails(**log, 5));
  EXPECT_EQ(take_values(**reader, 2).size(), 2u);

  EXPECT_EQ((*looking)->writer("w").error().code, ErrorCode::kInvalid);
  EXPECT_EQ((*looking)->appender().error().code, ErrorCode::kInvalid);
  EXPECT_EQ((*looking)->reader({.group = "g", .instance = ""}).error().code, ErrorCode::kInvalid);
}

TEST(EmbeddedOwner, AClosedLogCanBeReadWhereNothingCanBeWritten) {
  const TempDir folder;
  Written written;
  {
    auto log = EmbeddedLog::open(Diary::options(folder.path() / "log"));
    ASSERT_TRUE(log.has_value()) << log.error().message;
    Diary diary;
    ASSERT_TRUE(diary.write_until_it_fails(**log, 3));
    written = diary.written();
  }
  using std::filesystem::perms;
  const auto all_may_look = perms::owner_read | perms::owner_exec | perms::others_read |
                            perms::others_exec | perms::group_read | perms::group_exec;
  std::filesystem::permissions(folder.path(), all_may_look);
  std::filesystem::permissions(folder.path() / "log", all_may_look);
  {
    const NotRoot nobody;
    ASSERT_NE(access((folder.path() / "log").c_str(), W_OK), 0);
    auto looking = embedded::open_to_read(folder.path() / "log");
    ASSERT_TRUE(looking.has_value()) << looking.error().message;
    EXPECT_TRUE(Diary::holds(**looking, written));
    EXPECT_EQ(EmbeddedLog::open(Diary::options(folder.path() / "log")).error().code,
              ErrorCode::kIo);
  }
  std::filesystem::permissions(folder.path(), perms::owner_all);
  std::filesystem::permissions(folder.path() / "log", perms::owner_all);
}

TEST(EmbeddedOwner, TellsWhatIsInALogThatIsOpen) {
  const TempDir folder;
  auto log = EmbeddedLog::open(Diary::options(folder.path()));
  ASSERT_TRUE(log.has_value()) << log.error().message;
  Diary diary;
  ASSERT_TRUE(diary.write_until_it_fails(**log, 3));
  const auto found = embedded::contents(folder.path());
  ASSERT_TRUE(found.has_value()) << found.error().message;
  ASSERT_EQ(found->topics.size(), 4u);
  EXPECT_EQ(found->topics[0].name, "brief");
  EXPECT_EQ(found->topics[0].kept_bytes, 8000);
  EXPECT_TRUE(found->topics[1].compacted);
  ASSERT_EQ(found->partitions.size(), 5u);
  const auto& outputs = found->partitions[2];
  EXPECT_EQ(outputs.at, (log::PartitionId{"outputs", 0}));
  EXPECT_EQ(outputs.bounds.high, 3);
  EXPECT_EQ(outputs.records, 3);
  EXPECT_EQ(outputs.bytes, 3 * (embedded::kRecordExtra + 29));
  const auto& current = found->partitions[1];
  EXPECT_EQ(current.at, (log::PartitionId{"current", 0}));
  EXPECT_EQ(current.records, 3);
  EXPECT_EQ(current.bytes, outputs.bytes + 3 * 5) << "and their keys";
  ASSERT_TRUE(outputs.first && outputs.last);
  EXPECT_LE(*outputs.first, *outputs.last);
  ASSERT_EQ(found->positions.size(), 1u);
  EXPECT_EQ(found->positions[0].group, Diary::kGroup);
  EXPECT_EQ(found->positions[0].position.offset, 3);
  EXPECT_EQ(found->positions[0].position.note, "2");
  EXPECT_GT(found->file_bytes, 0);

  const auto nothing = embedded::contents(folder.path() / "elsewhere");
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().code, ErrorCode::kNotFound);
}

TEST(EmbeddedOwner, ABackupThatIsTakenWhileItWritesIsALogAgain) {
  const TempDir folder;
  Process other(
      {.argv = {(build_dir() / "bin/write_diary").string(), (folder.path() / "log").string()},
       .env = {},
       .cwd = {},
       .input = {}});
  ASSERT_TRUE(other.start());
  ASSERT_TRUE(other.says("commit 20\n", 20s));
  std::filesystem::create_directories(folder.path() / "copy");
  const auto copy = folder.path() / "copy/log.sqlite";
  const auto done = embedded::back_up(folder.path() / "log", copy);
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_TRUE(other.running());
  EXPECT_EQ(embedded::back_up(folder.path() / "log", copy).error().code, ErrorCode::kInvalid);
  other.signal(SIGKILL);

  const auto found = embedded::contents(folder.path() / "copy");
  ASSERT_TRUE(found.has_value()) << found.error().message;
  Written written;
  written.commits = static_cast<int>(found->positions.at(0).position.offset);
  written.readings = static_cast<int>(found->partitions.back().bounds.high);
  EXPECT_GE(written.commits, 20);
  EXPECT_TRUE(Diary::folder_holds(folder.path() / "copy", written));
}

}  // namespace
}  // namespace crowdflow::test
