#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "simulation/faults.h"

namespace crowdflow::simulation {

struct RunOptions {
  std::uint64_t seed = 1;
  bool faults = true;
  // Numbers of strikes that are left out.
  std::set<std::size_t> suppressed;
  bool tell_calls = false;
};

// How much there was to audit.
struct Audited {
  std::uint64_t journal_pages = 0;
  // Compared with the undisturbed run: of which there is not one for each seed.
  std::uint64_t seeds_compared = 0;
  std::uint64_t final_states = 0;
  std::uint64_t transitions = 0;  // of alarms
};

struct RunResult {
  std::vector<std::string> problems;  // none: all is as it should be
  std::vector<std::string> story;
  Coverage coverage{};
  std::size_t strikes = 0;
  Audited audited;
};

// One town, some engines, everything that goes wrong, calm, and the audit.
[[nodiscard]] RunResult run(const RunOptions& options);

}  // namespace crowdflow::simulation
