#include "support/small_disk.h"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <crowdflow/check.h>

#include "support/process.h"

namespace crowdflow::test {
namespace {

constexpr std::uintmax_t kBytes = 16 << 20;

testing::AssertionResult refused(const std::string& what) {
  const int error = errno;
  return testing::AssertionFailure() << what << ": " << std::generic_category().message(error);
}

void write_to(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

// Mounts of this thread and its children, which nobody else sees. Who is not root becomes the root
// of a name space of its own, where the system permits that.
testing::AssertionResult keep_mounts_to_ourselves() {
  static bool done = false;
  if (done) return testing::AssertionSuccess();
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return refused("mounting is not permitted");
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", user + " " + user + " 1");
    write_to("/proc/self/gid_map", group + " " + group + " 1");
  }
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return refused("mounting is not permitted");
  }
  done = true;
  return testing::AssertionSuccess();
}

testing::AssertionResult run(const std::vector<std::string>& words) {
  const Finished finished = run_to_end({.argv = words});
  if (finished.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << words.front() << ": " << finished.err;
}

}  // namespace

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(path().c_str(), MNT_DETACH);
}

testing::AssertionResult SmallDisk::mount(Kind kind) {
  if (auto ours = keep_mounts_to_ourselves(); !ours) return ours;
  std::filesystem::create_directory(path());
  if (kind == Kind::kMemory) {
    const std::string size = "size=" + std::to_string(kBytes);
    if (::mount("tmpfs", path().c_str(), "tmpfs", 0, size.c_str()) != 0) {
      return refused("mounting a tmpfs");
    }
  } else {
    const std::string image = dir_.write("image", "").string();
    std::filesystem::resize_file(image, kBytes);
    const std::string block = kind == Kind::kExt4 ? "4096" : "1024";  // as on large and small disks
    if (auto made = run({"/sbin/mkfs.ext4", "-q", "-F", "-m", "0", "-b", block, image}); !made) {
      return made;
    }
    if (auto done = run({"mount", "-o", "loop", image, path().string()}); !done) return done;
  }
  mounted_ = true;
  return testing::AssertionSuccess();
}

void SmallDisk::fill() {
  // Whatever went wrong before, no other disk is filled.
  CROWDFLOW_CHECK(mounted_ && std::filesystem::space(path()).capacity <= kBytes,
                  "only the test's own disk is filled");
  const auto file = path() / ("filling-" + std::to_string(++fillings_));
  const int handle = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (handle < 0 && errno == ENOSPC) return;
  CROWDFLOW_CHECK(handle >= 0, "a file on the test's own disk cannot be made");
  const std::string block(4096, 'x');
  std::uintmax_t written = 0;
  for (std::size_t size = block.size(); size > 0 && written <= kBytes;) {
    const ssize_t count = write(handle, block.data(), size);
    if (count > 0) written += static_cast<std::uintmax_t>(count);
    if (count < 0) size /= 2;
  }
  close(handle);
}

void SmallDisk::make_room() const {
  for (int i = 1; i <= fillings_; ++i)
    std::filesystem::remove(path() / ("filling-" + std::to_string(i)));
}

testing::AssertionResult SmallDisk::make_read_only() {
  // Of the mount, not of what is below it: nothing there has to end for that.
  if (::mount("none", path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0) {
    return refused("making a disk read-only");
  }
  return testing::AssertionSuccess();
}

}  // namespace crowdflow::test
