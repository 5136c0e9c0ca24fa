#pragma once

#include <string>

namespace crowdflow::app {

// Say what is wrong in a file, all of it, or what is in it. Exit codes.
[[nodiscard]] int validate_venue(const std::string& file);
[[nodiscard]] int validate_config(const std::string& file);

}  // namespace crowdflow::app
