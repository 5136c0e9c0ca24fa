#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crowdflow {

// Something about a sensor's reading that is not as it should be, though the reading counts. Each
// is counted by sensor; none is ever a negative flow.
enum class Oddity : std::uint8_t {
  // Of its numbering.
  kSequenceGap,  // sequence numbers that never came
  kReboot,       // it says, or its sequence shows, that it started anew
  // Of a register (CountTotal), between two values of it.
  kFirstValue,     // the first value: where it stands, not who came; no flow
  kRollOver,       // it was full and began again from 0; the flow goes on
  kMidnightReset,  // began again from 0 at local midnight as it should
  kReset,          // began again from 0 otherwise; who came just before that is not known
  kBackwards,      // fell, though not to a value that a reset explains; no flow
  kJump,           // rose by more than max_rate allows; no flow
  // Of its other readings.
  kBelowMinimumRate,  // fewer people than min_rate
  kCapped,            // as many people as it can count: read "at least"
  kClockAhead,        // stamped ahead of the clock, taken at the present
};

inline constexpr std::size_t kOddityCount = 11;

// The word in metrics, summaries and documents.
[[nodiscard]] constexpr std::string_view name_of(Oddity oddity) {
  constexpr std::array<std::string_view, kOddityCount> names{
      "sequence_gap", "reboot", "first_value",        "roll_over", "midnight_reset", "reset",
      "backwards",    "jump",   "below_minimum_rate", "capped",    "clock_ahead"};
  return names[static_cast<std::size_t>(oddity)];
}

using OddityCounts = std::array<std::uint32_t, kOddityCount>;

}  // namespace crowdflow
