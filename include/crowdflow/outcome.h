#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace crowdflow {

// What became of a reading. Every reading that was consumed has exactly one.
enum class Outcome : std::uint8_t {
  kApplied,      // changed what is known
  kLateApplied,  // too old for any window, corrected the level
  kDuplicate,    // said before, with the same content; changed nothing
  kRevised,      // said before, with other content; replaced it
  kForwarded,    // belongs to another partition; sent there
  // Rejected: a dead letter with one of these reasons. The reason's code is its name below.
  kMalformed,      // the record cannot be decoded
  kUnknownVenue,   // no venue file names this venue
  kUnknownSensor,  // the venue file does not name this sensor (or the anchor's zone)
  kImpossible,     // a value outside its range, a missing field, or a kind that the sensor has not
  kFuture,         // stamped more than 60 s ahead of the clock
  kLate,           // too old to tell from a repeat
  kMisdirected,    // not on its venue's partition, and was forwarded already or is too large
  kTooMany,        // more readings in one record than allowed
};

inline constexpr std::size_t kOutcomeCount = 13;
inline constexpr Outcome kFirstRejection = Outcome::kMalformed;

[[nodiscard]] constexpr bool is_rejection(Outcome outcome) { return outcome >= kFirstRejection; }

// The word in metrics, summaries and dead letters: "applied", ..., or the reason code "MALFORMED",
// ...
[[nodiscard]] constexpr std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, kOutcomeCount> names{
      "applied",   "late_applied",  "duplicate",      "revised",    "forwarded",
      "MALFORMED", "UNKNOWN_VENUE", "UNKNOWN_SENSOR", "IMPOSSIBLE", "FUTURE",
      "LATE",      "MISDIRECTED",   "TOO_MANY"};
  return names[static_cast<std::size_t>(outcome)];
}

// Counts readings by what became of them. consumed is counted by whoever takes readings from the
// log, the rest by whoever decided, so that balanced() can fail.
struct Accounting {
  std::uint64_t consumed = 0;
  std::array<std::uint64_t, kOutcomeCount> by_outcome{};

  void count(Outcome outcome) { ++by_outcome[static_cast<std::size_t>(outcome)]; }
  [[nodiscard]] std::uint64_t of(Outcome outcome) const {
    return by_outcome[static_cast<std::size_t>(outcome)];
  }
  // consumed = applied + late_applied + duplicate + revised + forwarded + every rejected{reason}
  [[nodiscard]] bool balanced() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : by_outcome)
      sum += n;
    return sum == consumed;
  }
  Accounting& operator+=(const Accounting& other) {
    consumed += other.consumed;
    for (std::size_t i = 0; i < kOutcomeCount; ++i)
      by_outcome[i] += other.by_outcome[i];
    return *this;
  }
};

}  // namespace crowdflow
