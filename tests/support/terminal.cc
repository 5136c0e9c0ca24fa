#include "support/terminal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <crowdflow/check.h>

namespace crowdflow::test {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

Terminal::Terminal(std::vector<std::string> argv, const std::filesystem::path& cwd) {
  std::vector<char*> words;
  for (std::string& word : argv)
    words.push_back(word.data());
  words.push_back(nullptr);
  pid_ = forkpty(&terminal_, nullptr, nullptr, nullptr);
  CROWDFLOW_CHECK(pid_ >= 0, "there is no terminal to be had");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (chdir(cwd.c_str()) == 0) execv(words[0], words.data());
  _exit(127);
}

Terminal::~Terminal() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(terminal_);
}

bool Terminal::read_more(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  pollfd ready{.fd = terminal_, .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, static_cast<int>(std::max<milliseconds::rep>(left, 0))) <= 0) return false;
  std::array<char, 4096> piece{};
  const ssize_t count = read(terminal_, piece.data(), piece.size());
  if (count <= 0) return false;  // nobody has the other end any more
  screen_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

testing::AssertionResult Terminal::shows(std::string_view text, milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  do {
    const std::size_t at = screen_.find(text, waited_for_);
    if (at == std::string::npos) continue;
    waited_for_ = at + text.size();
    return testing::AssertionSuccess();
  } while (read_more(deadline));
  return testing::AssertionFailure() << "\"" << text << "\" is not shown:\n" << screen_;
}

void Terminal::type(std::string_view text) const {
  CROWDFLOW_CHECK(write(terminal_, text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                  "the terminal takes what a person types");
}

std::optional<int> Terminal::wait(milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (read_more(deadline)) {
  }
  if (Clock::now() >= deadline) return std::nullopt;
  int raw = 0;
  CROWDFLOW_CHECK(waitpid(pid_, &raw, 0) == pid_, "somebody else waited for our child");
  pid_ = 0;
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

}  // namespace crowdflow::test
