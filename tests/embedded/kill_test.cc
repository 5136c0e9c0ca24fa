#include <chrono>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <thread>

#include "embedded/diary.h"
#include "paths.h"
#include "support/environment.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

// The last commit that it has told.
int last_told(const std::string& text) {
  const auto end = text.rfind('\n');
  if (end == std::string::npos) return 0;
  const auto begin = text.rfind('\n', end == 0 ? 0 : end - 1);
  const auto line = text.substr(begin == std::string::npos ? 0 : begin + 1);
  return std::atoi(line.c_str() + std::string("commit ").size());
}

// CROWDFLOW_KILLS: how many.
TEST(EmbeddedKill, EveryAcknowledgedRecordIsThereOnceAfterKillsAtRandomMoments) {
  const int kills = static_cast<int>(number_from("CROWDFLOW_KILLS", 25));
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 chance(seed);
  const TempDir folder;
  Process writer({.argv = {(build_dir() / "bin/write_diary").string(), folder.path().string()},
                  .env = {},
                  .cwd = {},
                  .input = {}});
  Written written;
  int killed_while_writing = 0;
  for (int kill = 0; kill < kills; ++kill) {
    ASSERT_TRUE(writer.start());
    // Some while it opens the log, most while it writes.
    if (chance() % 4 != 0) {
      ASSERT_TRUE(writer.says("commit ", 20s));
    }
    std::this_thread::sleep_for(std::chrono::microseconds{chance() % 50'000});
    writer.signal(SIGKILL);
    ASSERT_TRUE(writer.exits_with(128 + SIGKILL, 10s)) << "seed " << seed << ", kill " << kill;
    const int told = last_told(writer.out());
    if (told > 0) ++killed_while_writing;

    auto log = embedded::EmbeddedLog::open(Diary::options(folder.path()));
    ASSERT_TRUE(log.has_value()) << log.error().message;
    Diary diary;
    ASSERT_TRUE(diary.learn_what_is_there(**log));
    const Written before = written;
    written = diary.written();
    EXPECT_GE(written.commits, told) << "an acknowledged commit is gone";
    EXPECT_GE(written.commits, before.commits);
    EXPECT_LE(written.commits, std::max(told, before.commits) + 1);
    EXPECT_TRUE(Diary::holds(**log, written)) << "seed " << seed << ", kill " << kill;
  }
  EXPECT_GT(killed_while_writing, kills / 2);
  EXPECT_TRUE(Diary::folder_holds(folder.path(), written)) << "seed " << seed;
}

}  // namespace
}  // namespace crowdflow::test
