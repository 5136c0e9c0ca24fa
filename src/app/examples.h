#pragma once

#include <span>
#include <string_view>

namespace crowdflow::app {

// A venue of examples/, built in for the demo.
struct Example {
  std::string_view name;  // of its file, without .yaml
  std::string_view yaml;
};

// The first one is what the demo shows unless told otherwise.
[[nodiscard]] std::span<const Example> examples();

}  // namespace crowdflow::app
