#include "support/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <crowdflow/check.h>

#include "support/eventually.h"

namespace crowdflow::test {
namespace {

using std::chrono::milliseconds;

std::string errno_text(int number) { return std::generic_category().message(number); }

// By number, as glibc 2.36 declares the functions for C only.
int pidfd_of(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

void close_if_open(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

int open_output(const std::filesystem::path& path) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  CROWDFLOW_CHECK(fd >= 0, "an output file cannot be opened");
  return fd;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) {
    result.push_back(string.data());
  }
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!extra.contains(std::string(text.substr(0, text.find('='))))) result.emplace_back(text);
  }
  for (const auto& [name, value] : extra) {
    std::string entry = name;
    result.push_back(entry.append("=").append(value));
  }
  return result;
}

// All that the child needs, made before the fork: after it only async-signal-safe calls are
// allowed, as another thread may have held the allocator's lock.
struct ChildPlan {
  char* const* argv;
  char* const* env;
  const char* cwd;  // nullptr: stay
  int in;
  int out;
  int err;
  int report;  // errno goes here when the program cannot be run
  pid_t parent;
};

[[noreturn]] void become_program(const ChildPlan& plan) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // it died before the line above
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  const bool ready = dup2(plan.in, STDIN_FILENO) >= 0 && dup2(plan.out, STDOUT_FILENO) >= 0 &&
                     dup2(plan.err, STDERR_FILENO) >= 0 &&
                     (plan.cwd == nullptr || chdir(plan.cwd) == 0);
  if (ready) {
    // Sockets of client libraries are not close-on-exec: held open here they would outlive a
    // close in the test.
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    execvpe(plan.argv[0], plan.argv, plan.env);
  }
  const int reason = errno;
  [[maybe_unused]] const ssize_t written = write(plan.report, &reason, sizeof reason);
  _exit(127);
}

std::string last_lines(const std::string& text) {
  constexpr std::size_t kLines = 15;
  std::size_t begin = text.size();
  for (std::size_t line = 0; line <= kLines && begin != std::string::npos; ++line) {
    if (begin == 0) return text;
    begin = text.rfind('\n', begin - 1);
  }
  return begin == std::string::npos ? text : text.substr(begin + 1);
}

}  // namespace

Process::Process(Command command) : command_(std::move(command)) {
  CROWDFLOW_CHECK(!command_.argv.empty(), "a command without a program");
}

Process::~Process() { kill_and_reap(); }

testing::AssertionResult Process::start() {
  CROWDFLOW_CHECK(!running(), "started while it runs");
  close_input();
  status_.reset();

  std::vector<std::string> argv = command_.argv;
  std::vector<std::string> env = environment(command_.env);
  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> env_pointers = pointers(env);

  int in = -1;
  if (command_.keep_input_open) {
    std::array<int, 2> ends{};
    CROWDFLOW_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe");
    in = ends[0];
    input_ = ends[1];
  } else {
    in = open(files_.write("in", command_.input).c_str(), O_RDONLY | O_CLOEXEC);
  }
  int out = open_output(files_.path() / "out");
  int err = open_output(files_.path() / "err");
  std::array<int, 2> report{};
  CROWDFLOW_CHECK(pipe2(report.data(), O_CLOEXEC) == 0, "no pipe");

  const ChildPlan plan{.argv = argv_pointers.data(),
                       .env = env_pointers.data(),
                       .cwd = command_.cwd.empty() ? nullptr : command_.cwd.c_str(),
                       .in = in,
                       .out = out,
                       .err = err,
                       .report = report[1],
                       .parent = getpid()};
  pid_ = fork();
  if (pid_ == 0) become_program(plan);
  CROWDFLOW_CHECK(pid_ > 0, "fork failed");
  setpgid(pid_, pid_);  // as the child does: whoever comes first
  pidfd_ = pidfd_of(pid_);
  CROWDFLOW_CHECK(pidfd_ >= 0, "pidfd_open failed: Linux 5.3 or newer is needed");
  for (int* fd : {&in, &out, &err, &report[1]}) {
    close_if_open(*fd);
  }

  int reason = 0;
  const bool failed = read(report[0], &reason, sizeof reason) == sizeof reason;
  close_if_open(report[0]);
  if (!failed) {
    if (command_.keep_input_open && !command_.input.empty()) return write_input(command_.input);
    return testing::AssertionSuccess();
  }
  kill_and_reap();
  return testing::AssertionFailure()
         << "cannot run " << command_.argv[0] << ": " << errno_text(reason);
}

bool Process::running() { return pidfd_ >= 0 && !wait(milliseconds(0)).has_value(); }

testing::AssertionResult Process::write_input(std::string_view text) {
  CROWDFLOW_CHECK(input_ >= 0, "its standard input is not open");
  std::signal(SIGPIPE, SIG_IGN);
  while (!text.empty()) {
    const ssize_t written = write(input_, text.data(), text.size());
    if (written < 0 && errno != EINTR) return failure("does not take input");
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return testing::AssertionSuccess();
}

void Process::close_input() { close_if_open(input_); }

void Process::signal(int number) const {
  if (pidfd_ >= 0) syscall(SYS_pidfd_send_signal, pidfd_, number, nullptr, 0);
}

// Before the leader is waited for, its number cannot be anybody else's.
void Process::signal_group(int number) const {
  if (pidfd_ >= 0) ::kill(-pid_, number);
}

std::optional<int> Process::wait(milliseconds limit) {
  if (pidfd_ < 0) return status_;
  pollfd ended{.fd = pidfd_, .events = POLLIN, .revents = 0};
  const auto deadline = std::chrono::steady_clock::now() + limit;
  int ready = 0;
  do {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    ready = poll(&ended, 1, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;

  // Its descendants are ended while the zombie still holds the group's number.
  ::kill(-pid_, SIGKILL);
  int raw = 0;
  CROWDFLOW_CHECK(waitpid(pid_, &raw, 0) == pid_, "somebody else waited for our child");
  status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  close_if_open(pidfd_);
  return status_;
}

testing::AssertionResult Process::exits_with(int status, milliseconds limit) {
  const std::optional<int> actual = wait(limit);
  if (actual == status) return testing::AssertionSuccess();
  if (!actual) return failure("still runs after " + std::to_string(limit.count()) + " ms");
  return failure("exit status " + std::to_string(*actual) + ", not " + std::to_string(status));
}

testing::AssertionResult Process::says(std::string_view text, milliseconds limit) {
  const auto said = [&] {
    return out().find(text) != std::string::npos || err().find(text) != std::string::npos;
  };
  bool ended = false;
  const bool stopped = eventually(limit, [&] {
    ended = !running();  // before looking: its last words count
    return said() || ended;
  });
  if (stopped && said()) return testing::AssertionSuccess();
  std::string what = ended ? "ended with status " + std::to_string(status_.value_or(-1))
                           : "waited " + std::to_string(limit.count()) + " ms";
  return failure(what.append(" without saying \"").append(text).append("\""));
}

std::string Process::out() const { return read_text(files_.path() / "out"); }
std::string Process::err() const { return read_text(files_.path() / "err"); }

testing::AssertionResult Process::failure(std::string_view what) const {
  return testing::AssertionFailure() << command_.argv[0] << ": " << what << "\n--- its output\n"
                                     << last_lines(out()) << "--- its errors\n"
                                     << last_lines(err());
}

void Process::kill_and_reap() {
  close_input();
  if (pidfd_ < 0) return;
  signal_group(SIGKILL);
  signal(SIGKILL);  // between fork and setpgid the group has another number
  CROWDFLOW_CHECK(wait(std::chrono::minutes(1)).has_value(), "a killed process does not end");
}

Finished run_to_end(Command command, milliseconds limit) {
  Process process(std::move(command));
  if (const testing::AssertionResult started = process.start(); !started) {
    return {.status = 127, .out = "", .err = started.message()};
  }
  process.close_input();
  const std::optional<int> status = process.wait(limit);
  return {.status = status, .out = process.out(), .err = process.err()};
}

}  // namespace crowdflow::test
