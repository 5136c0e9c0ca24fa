#include "embedded/owner_lock.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace crowdflow::embedded {

Result<OwnerLock> OwnerLock::take(const std::filesystem::path& folder) {
  const auto file = (folder / "owner.lock").string();
  const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (handle < 0) {
    const bool may_not = errno == EROFS || errno == EACCES;
    return fail(ErrorCode::kIo, "opening " + file + ": " + std::generic_category().message(errno) +
                                    (may_not ? "; the log's folder has to be writable" : ""));
  }
  OwnerLock lock(handle);
  if (::flock(handle, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return fail(ErrorCode::kIo,
                  "locking " + file + ": " + std::generic_category().message(errno));
    }
    std::array<char, 32> who{};
    const auto size = ::pread(handle, who.data(), who.size() - 1, 0);
    const std::string pid(who.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return fail(ErrorCode::kFenced,
                "the log in " + folder.string() + " is in use by process " +
                    (pid.empty() ? "?" : pid.substr(0, pid.find('\n'))) +
                    "; only one process writes it: stop that one, or look at the log with "
                    "`crowdflow log`, which only reads");
  }
  // For the message above; no lock hangs on it.
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(handle, 0) != 0 ||
      ::pwrite(handle, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return lock;  // a full disk; the lock holds all the same
  }
  return lock;
}

OwnerLock::~OwnerLock() {
  if (handle_ >= 0) ::close(handle_);
}

}  // namespace crowdflow::embedded
