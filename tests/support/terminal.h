#pragma once

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace crowdflow::test {

// A program on a terminal of its own, as a person has it: what is typed is echoed, Ctrl-C
// interrupts, Ctrl-D on an empty line ends the input.
// Threads: one. Ownership: the destructor kills the program.
class Terminal {
 public:
  static constexpr const char* kCtrlC = "\x03";
  static constexpr const char* kCtrlD = "\x04";

  Terminal(std::vector<std::string> argv, const std::filesystem::path& cwd);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // True once `text` is on the screen behind all that was waited for before; false when it has
  // ended without it, or after `limit`.
  [[nodiscard]] testing::AssertionResult shows(std::string_view text,
                                               std::chrono::milliseconds limit);
  void type(std::string_view text) const;
  // What it ends with, as Process::wait(); reads what it still says.
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);

  [[nodiscard]] const std::string& screen() const { return screen_; }

 private:
  // False: it has ended, or it is late.
  [[nodiscard]] bool read_more(std::chrono::steady_clock::time_point deadline);

  pid_t pid_ = 0;  // 0: it has ended
  int terminal_ = -1;
  std::string screen_;
  std::size_t waited_for_ = 0;
};

}  // namespace crowdflow::test
