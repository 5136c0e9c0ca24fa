#pragma once

#include <string_view>

namespace crowdflow {

// What this binary was built from. Constant; any thread.
struct BuildInfo {
  std::string_view version;   // of the project: "0.1.0"
  std::string_view commit;    // 12 hex digits, or "unknown" when built outside a git checkout
  bool dirty;                 // the checkout had uncommitted changes
  std::string_view compiler;  // "GNU 12.2.0"
};

const BuildInfo& build_info();

}  // namespace crowdflow
