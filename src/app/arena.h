#pragma once

#include <string_view>

namespace crowdflow::app {

// examples/arena.yaml, built in: the demo's venue.
extern const std::string_view kArenaYaml;

}  // namespace crowdflow::app
