#pragma once

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "support/temp_dir.h"

namespace crowdflow::test {

// What to run and how.
struct Command {
  std::vector<std::string> argv;           // argv[0] is looked up in PATH
  std::map<std::string, std::string> env;  // on top of the test's own environment
  std::filesystem::path cwd;               // empty: the test's
  std::string input;                       // all of standard input
  bool keep_input_open = false;            // more input follows, by write_input()
};

// A program under the test's control, with its output in files. Runs in a process group of its own.
// Threads: one at a time; the kernel kills the program when the thread that started it ends, so
//   that nothing outlives a test that dies.
// Ownership: the destructor kills (SIGKILL) what is left of the process group.
// Failure: in words, for ASSERT_TRUE; they end with the last lines of the program's output.
class Process {
 public:
  explicit Process(Command command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Not while it runs. Started again after its end, the output files begin anew.
  [[nodiscard]] testing::AssertionResult start();
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }

  [[nodiscard]] testing::AssertionResult write_input(std::string_view text);
  void close_input();

  void signal(int number) const;        // the program; nothing when it does not run
  void signal_group(int number) const;  // and what it has started

  // Its exit status: 0 to 255, 128 + n when signal n ended it; nothing when it still runs after
  // `limit`.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);
  // The same for a known ending.
  [[nodiscard]] testing::AssertionResult exits_with(int status, std::chrono::milliseconds limit);
  // True once `text` is in its standard output or standard error; false at once when it has ended.
  [[nodiscard]] testing::AssertionResult says(std::string_view text,
                                              std::chrono::milliseconds limit);

  // What it has written up to this moment.
  [[nodiscard]] std::string out() const;
  [[nodiscard]] std::string err() const;

 private:
  [[nodiscard]] testing::AssertionResult failure(std::string_view what) const;
  void kill_and_reap();

  const Command command_;
  const TempDir files_;

  pid_t pid_ = 0;
  int pidfd_ = -1;  // -1 before the start and after the end
  int input_ = -1;
  std::optional<int> status_;
};

struct Finished {
  std::optional<int> status;  // as Process::wait; nothing when it was killed at the limit
  std::string out;
  std::string err;
};

// Runs it to its end, or kills it after `limit`. Not startable: status 127, why in `err`.
[[nodiscard]] Finished run_to_end(Command command,
                                  std::chrono::milliseconds limit = std::chrono::seconds(30));

}  // namespace crowdflow::test
