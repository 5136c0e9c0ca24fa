#include "paths.h"

namespace crowdflow::test {

std::filesystem::path source_dir() { return CROWDFLOW_SOURCE_DIR; }
std::filesystem::path build_dir() { return CROWDFLOW_BUILD_DIR; }

}  // namespace crowdflow::test
