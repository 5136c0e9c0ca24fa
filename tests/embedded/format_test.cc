#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "embedded/diary.h"
#include "embedded/file_format.h"
#include "embedded/inspection.h"
#include "embedded/sqlite.h"
#include "paths.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using embedded::Connection;
using embedded::EmbeddedLog;
using embedded::Place;
using embedded::Upgrade;
using testing::HasSubstr;

// What a diary of five commits has left, by the first version of this program that had the format.
constexpr int kGoldenCommits = 5;
std::filesystem::path golden() { return source_dir() / "tests/data/embedded/format-1.sqlite"; }

Result<Connection> connect(const std::filesystem::path& file) {
  return Connection::open({.file = file, .vfs = ""}, Connection::Mode::kCreate);
}

void execute(const std::filesystem::path& file, const std::string& sql) {
  auto connection = connect(file);
  ASSERT_TRUE(connection.has_value());
  const auto done = connection->execute(sql);
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

std::int64_t number(const std::filesystem::path& file, const std::string& sql) {
  auto connection = connect(file);
  if (!connection) return -1;
  return connection->number(sql).value_or(-1);
}

class EmbeddedFormat : public testing::Test {
 protected:
  EmbeddedFormat() { std::filesystem::copy_file(golden(), file_); }
  [[nodiscard]] Result<void> bring_up_to(std::int64_t format, std::span<const Upgrade> upgrades) {
    auto connection = connect(file_);
    if (!connection) return tl::unexpected(connection.error());
    return embedded::bring_up_to(*connection, {.file = file_, .vfs = ""}, format, upgrades);
  }

  const TempDir folder_;
  const std::filesystem::path file_ = folder_.path() / "log.sqlite";
  const std::filesystem::path copy_ = folder_.path() / "log.sqlite.format-1";
};

TEST_F(EmbeddedFormat, AFileOfTheFirstFormatHoldsWhatWasWritten) {
  const Written written{.readings = kGoldenCommits, .commits = kGoldenCommits};
  EXPECT_TRUE(Diary::folder_holds(folder_.path(), written));
}

TEST_F(EmbeddedFormat, AFileOfALaterVersionIsRefusedAndLeftAlone) {
  execute(file_, "PRAGMA user_version=7");
  const auto log = EmbeddedLog::open(Diary::options(folder_.path()));
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(log.error().message, HasSubstr("format 7"));
  EXPECT_THAT(log.error().message, HasSubstr("run the later version"));
  EXPECT_EQ(embedded::open_to_read(folder_.path()).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 7);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "log.sqlite.format-7"));
}

TEST_F(EmbeddedFormat, AFileThatIsNoLogIsRefused) {
  std::filesystem::remove(file_);
  execute(file_, "CREATE TABLE somebody_elses(x)");
  const auto log = EmbeddedLog::open(Diary::options(folder_.path()));
  ASSERT_FALSE(log.has_value());
  EXPECT_EQ(log.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(log.error().message, HasSubstr("no log of ours"));
  EXPECT_EQ(number(file_, "SELECT count(*) FROM somebody_elses"), 0);

  folder_.write("text/log.sqlite", std::string(5000, 't'));
  const auto text = EmbeddedLog::open(Diary::options(folder_.path() / "text"));
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, ErrorCode::kInvalid);
}

TEST_F(EmbeddedFormat, AnOlderFileIsBroughtUpToDateStepByStepAndACopyKept) {
  const std::vector<Upgrade> upgrades{
      {.from = 2, .sql = "UPDATE topics SET kept_ms = 2 WHERE kept_ms = 1"},
      {.from = 1, .sql = "UPDATE topics SET kept_ms = 1"}};
  const auto done = bring_up_to(3, upgrades);
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 3);
  EXPECT_EQ(number(file_, "SELECT count(*) FROM topics WHERE kept_ms = 2"), 4);
  EXPECT_EQ(number(copy_, "PRAGMA user_version"), 1);
  std::filesystem::create_directories(folder_.path() / "old");
  std::filesystem::copy_file(copy_, folder_.path() / "old/log.sqlite");
  const Written written{.readings = kGoldenCommits, .commits = kGoldenCommits};
  EXPECT_TRUE(Diary::folder_holds(folder_.path() / "old", written));
}

TEST_F(EmbeddedFormat, AnUpgradeThatFailsHalfWayChangesNothingAndCanBeTriedAgain) {
  const std::vector<Upgrade> failing{
      {.from = 1, .sql = "DELETE FROM topics; UPDATE no_such_table SET x = 1"}};
  const auto failed = bring_up_to(2, failing);
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().message, HasSubstr("no_such_table"));
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 1);
  EXPECT_EQ(number(file_, "SELECT count(*) FROM topics"), 4);

  const std::vector<Upgrade> working{{.from = 1, .sql = "UPDATE topics SET kept_ms = 1"}};
  EXPECT_TRUE(bring_up_to(2, working).has_value());
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 2);
}

TEST_F(EmbeddedFormat, WithoutRoomForTheCopyTheFileIsLeftAlone) {
  std::filesystem::create_directories(copy_.string() + ".part");  // in its way
  folder_.write("log.sqlite.format-1.part/something", "");
  const std::vector<Upgrade> upgrades{{.from = 1, .sql = "DELETE FROM topics"}};
  EXPECT_FALSE(bring_up_to(2, upgrades).has_value());
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 1);
  EXPECT_EQ(number(file_, "SELECT count(*) FROM topics"), 4);
}

TEST_F(EmbeddedFormat, AFormatThatNoWayLeadsFromIsRefused) {
  const std::vector<Upgrade> upgrades{{.from = 2, .sql = ""}};
  const auto refused = bring_up_to(3, upgrades);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(number(file_, "PRAGMA user_version"), 1);
}

}  // namespace
}  // namespace crowdflow::test
