#pragma once

#include <string>

namespace crowdflow::app {

struct BackupOptions {
  std::string folder;  // of the embedded log
  std::string to;      // a file that is not there
};

// Copies an embedded log as it stands at one moment; whoever works on it goes on. Returns the
// process's exit code.
[[nodiscard]] int back_up(const BackupOptions& options);

}  // namespace crowdflow::app
