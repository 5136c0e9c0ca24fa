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

struct MemoryDir {
  const TemporaryFilesInMemory in_memory;
  const TempDir folder;
};

}  // namespace crowdflow::test
