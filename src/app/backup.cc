#include "app/backup.h"

#include <cstdio>
#include <filesystem>

#include "app/command_line.h"
#include "embedded/inspection.h"

namespace crowdflow::app {

int back_up(const BackupOptions& options) {
  if (const auto done = embedded::back_up(options.folder, options.to); !done) {
    std::fprintf(stderr, "crowdflow backup: %s\n", done.error().message.c_str());
    return kFailed;
  }
  std::error_code unknown;
  const auto bytes = std::filesystem::file_size(options.to, unknown);
  std::printf(
      "%s: %.1f MiB\nto go back to it: end crowdflow, put this file into an empty folder as "
      "log.sqlite, and run with --embedded FOLDER\n",
      options.to.c_str(), unknown ? 0.0 : static_cast<double>(bytes) / 1'048'576);
  return 0;
}

}  // namespace crowdflow::app
