#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/temp_dir.h"

namespace crowdflow::test {

// Where temporary files go: into memory, if there is such a place. What is tested is the disk that
// fails above it.
class TemporaryFilesInMemory {
 public:
  TemporaryFilesInMemory() {
    if (std::filesystem::is_directory("/dev/shm")) setenv("TMPDIR", "/dev/shm", 1);
  }
  ~TemporaryFilesInMemory() {
    if (before_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", before_.c_str(), 1);
    }
  }
  TemporaryFilesInMemory(const TemporaryFilesInMemory&) = delete;
  TemporaryFilesInMemory& operator=(const TemporaryFilesInMemory&) = delete;

 private:
  const std::string before_ = getenv("TMPDIR") == nullptr ? "" : getenv("TMPDIR");
};

class MemoryDir {
 public:
  // Below it, empty: whatever was there by this name before is gone.
  [[nodiscard]] std::filesystem::path fresh(const std::string& name) const {
    const auto made = dir_.path() / name;
    std::filesystem::remove_all(made);
    std::filesystem::create_directories(made);
    return made;
  }

 private:
  const TemporaryFilesInMemory in_memory_;
  const TempDir dir_;
};

}  // namespace crowdflow::test
