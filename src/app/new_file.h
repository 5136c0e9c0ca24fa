#pragma once

#include <string>
#include <string_view>

#include <crowdflow/result.h>

namespace crowdflow::app {

// Whether something is there under this name.
[[nodiscard]] bool file_exists(const std::string& path);

// Writes a file whole or not at all: into a file beside it, which is flushed to the disk and then
// gets the name. SIGINT, SIGTERM and SIGHUP wait meanwhile, so that nothing is left behind. After a
// failure nothing has changed. `replace` false: kInvalid when there is a file already.
// Any thread.
[[nodiscard]] Result<void> write_new_file(const std::string& path, std::string_view text,
                                          bool replace);

}  // namespace crowdflow::app
