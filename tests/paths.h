#pragma once

#include <filesystem>

namespace crowdflow::test {

// The checkout, and the build tree that this test was built in (its bin/ holds the executables).
// Absolute; any thread.
std::filesystem::path source_dir();
std::filesystem::path build_dir();

}  // namespace crowdflow::test
