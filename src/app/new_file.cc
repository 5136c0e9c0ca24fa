#include "app/new_file.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace crowdflow::app {
namespace {

constexpr mode_t kMode = 0666;  // less what the umask takes

// Holds back the signals by which people end a program.
class NoInterruption {
 public:
  NoInterruption() {
    sigset_t ends{};
    sigemptyset(&ends);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&ends, number);
    pthread_sigmask(SIG_BLOCK, &ends, &before_);
  }
  ~NoInterruption() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoInterruption(const NoInterruption&) = delete;
  NoInterruption& operator=(const NoInterruption&) = delete;

 private:
  sigset_t before_{};
};

Result<void> refused(const std::string& path) {
  const int error = errno;
  return fail(ErrorCode::kIo,
              path + ": cannot be written: " + std::generic_category().message(error));
}

Result<void> there_already(const std::string& path) {
  return fail(ErrorCode::kInvalid, path +
                                       " is there already: choose another name by --output, or "
                                       "replace it by --force");
}

// False, errno says why: what was written may not be on the disk.
bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0;
}

// As rename(), but never over another file where the file system knows how.
bool rename_to_new(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  if (file_exists(to)) {
    errno = EEXIST;
    return false;
  }
  return rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat status{};
  return lstat(path.c_str(), &status) == 0;
}

Result<void> write_new_file(const std::string& path, std::string_view text, bool replace) {
  if (!replace && file_exists(path)) return there_already(path);
  const NoInterruption until_done;
  const std::string beside = path + ".new-" + std::to_string(getpid());
  unlink(beside.c_str());  // of a process that had this number and was killed
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
  if (file < 0) return refused(path);
  const bool written = write_all(file, text);
  const int error = errno;
  close(file);
  if (!written) {
    unlink(beside.c_str());
    errno = error;
    return refused(path);
  }
  const bool renamed =
      replace ? rename(beside.c_str(), path.c_str()) == 0 : rename_to_new(beside, path);
  if (renamed) return {};
  auto failed = errno == EEXIST ? there_already(path) : refused(path);
  unlink(beside.c_str());
  return failed;
}

}  // namespace crowdflow::app
