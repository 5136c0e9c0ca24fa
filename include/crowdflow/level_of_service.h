#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crowdflow {

// A (free) to F (breakdown). The numbers are ranks: a greater one is worse.
enum class LevelOfService { kA = 0, kB, kC, kD, kE, kF };

[[nodiscard]] constexpr char letter(LevelOfService level) {
  return static_cast<char>('A' + static_cast<int>(level));
}

// From which density each level begins, for one kind of place, and who says so.
struct ThresholdProfile {
  // Stable name, e.g. "fruin-walkway".
  std::string name;
  // People per square metre at which B, C, D, E and F begin (a density at the bound belongs to the
  // worse level). Rising.
  std::array<double, 5> begins_at{};
  // People per square metre that the zone should never pass; what an alarm rule without a limit of
  // its own uses. Absent: the profile sets none.
  std::optional<double> limit;
  // Author, year, table.
  std::string source;
};

// Level of service of `density`, in people per square metre (below 0 counts as 0).
[[nodiscard]] LevelOfService level_of_service(const ThresholdProfile& profile, double density);

// The profiles that every venue file may name without defining them.
[[nodiscard]] std::span<const ThresholdProfile> built_in_profiles();
// nullptr when there is no such profile.
[[nodiscard]] const ThresholdProfile* built_in_profile(std::string_view name);

}  // namespace crowdflow
