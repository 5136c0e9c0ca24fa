#include "support/process.h"

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "support/eventually.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

TEST(Process, KeepsOutputErrorsAndStatusApart) {
  const Finished finished = run_to_end({.argv = {"sh", "-c", "echo out; echo err >&2; exit 7"}});
  EXPECT_EQ(finished.status, 7);
  EXPECT_EQ(finished.out, "out\n");
  EXPECT_EQ(finished.err, "err\n");
}

TEST(Process, GivesInputEnvironmentAndFolder) {
  const TempDir dir;
  const Finished finished = run_to_end({.argv = {"sh", "-c", "cat; echo $COLOUR; pwd -P"},
                                        .env = {{"COLOUR", "blue"}},
                                        .cwd = dir.path(),
                                        .input = "hello\n"});
  EXPECT_EQ(finished.out, "hello\nblue\n" + dir.path().string() + "\n");
}

TEST(Process, TakesMoreInputThanAPipeHolds) {
  const std::string input(1 << 20, 'x');
  EXPECT_EQ(run_to_end({.argv = {"cat"}, .input = input}).out, input);
}

TEST(Process, TakesInputWhileItRuns) {
  Process cat({.argv = {"cat"}, .input = "first ", .keep_input_open = true});
  ASSERT_TRUE(cat.start());
  ASSERT_TRUE(cat.says("first", 5s));
  ASSERT_TRUE(cat.write_input("second"));
  ASSERT_TRUE(cat.says("first second", 5s));
  EXPECT_TRUE(cat.running());
  cat.close_input();
  EXPECT_TRUE(cat.exits_with(0, 5s));
}

TEST(Process, SaysWhichProgramCannotBeRun) {
  const Finished finished = run_to_end({.argv = {"no-such-program"}});
  EXPECT_EQ(finished.status, 127);
  EXPECT_EQ(finished.err, "cannot run no-such-program: No such file or directory");
}

TEST(Process, ReportsTheSignalThatEndedIt) {
  Process sleeper({.argv = {"sleep", "1000"}});
  ASSERT_TRUE(sleeper.start());
  EXPECT_FALSE(sleeper.wait(1ms).has_value());
  sleeper.signal(SIGTERM);
  EXPECT_TRUE(sleeper.exits_with(128 + SIGTERM, 5s));
}

TEST(Process, ShowsItsLastWordsWhenItEndsOtherwise) {
  Process failing({.argv = {"sh", "-c", "echo the disk is full >&2; exit 3"}});
  ASSERT_TRUE(failing.start());
  const testing::AssertionResult ready = failing.says("READY", 5s);
  ASSERT_FALSE(ready);
  EXPECT_STREQ(ready.message(),
               "sh: ended with status 3 without saying \"READY\"\n"
               "--- its output\n--- its errors\nthe disk is full\n");
}

TEST(Process, IsKilledAtTheLimit) {
  EXPECT_EQ(run_to_end({.argv = {"sleep", "1000"}}, 50ms).status, std::nullopt);
}

TEST(Process, StartsAgainWithFreshOutput) {
  Process echo({.argv = {"echo", "once"}});
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(echo.start());
    ASSERT_TRUE(echo.exits_with(0, 5s));
    EXPECT_EQ(echo.out(), "once\n");
  }
}

// Orphans that have ended may stay zombies until init finds time for them.
bool has_ended(pid_t pid) {
  const std::string status = read_text("/proc/" + std::to_string(pid) + "/status");
  return status.empty() || status.find("State:\tZ") != std::string::npos;
}

TEST(Process, TakesItsChildrenWithIt) {
  pid_t grandchild = 0;
  {
    Process parent({.argv = {"sh", "-c", "sleep 1000 & echo $!; wait"}});
    ASSERT_TRUE(parent.start());
    ASSERT_TRUE(parent.says("\n", 5s));
    grandchild = std::stoi(parent.out());
    EXPECT_FALSE(has_ended(grandchild));
  }
  EXPECT_TRUE(eventually(5s, [&] { return has_ended(grandchild); }));
}

// The killed shell stands for a test that crashes: no destructor of it runs.
TEST(Process, DiesWithATestThatIsKilled) {
  const TempDir dir;
  const std::filesystem::path pid_file = dir.path() / "pid";
  const pid_t test = fork();
  if (test == 0) {
    Process sleeper({.argv = {"sh", "-c", "echo $$ > " + pid_file.string() + "; exec sleep 1000"}});
    if (!sleeper.start()) _exit(1);
    pause();
    _exit(1);
  }
  ASSERT_TRUE(eventually(5s, [&] { return read_text(pid_file).ends_with("\n"); }));
  const pid_t sleeper = std::stoi(read_text(pid_file));
  EXPECT_FALSE(has_ended(sleeper));
  ASSERT_EQ(::kill(test, SIGKILL), 0);
  EXPECT_TRUE(eventually(5s, [&] { return has_ended(sleeper); }));
}

}  // namespace
}  // namespace crowdflow::test
