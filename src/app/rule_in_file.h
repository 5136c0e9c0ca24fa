#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crowdflow::app {

// What a venue file says of one rule: its lines as they are, and the number of the first; 0 when it
// is not there.
struct RuleInFile {
  std::uint32_t line = 0;
  std::string text;
};

[[nodiscard]] RuleInFile find_rule(std::string_view yaml, std::string_view rule_id);

}  // namespace crowdflow::app
