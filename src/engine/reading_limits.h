#pragma once

#include <cstdint>

#include <crowdflow/time.h>

// What one reading may say. More is no crowd but a fault of the sensor or of its feed, and the
// reading is refused IMPOSSIBLE (FUTURE: the last one). Not from the literature: each lies far
// beyond what was ever measured at one opening or in one place, and keeps sums within 64 bits.
namespace crowdflow {

inline constexpr std::uint64_t kMostPeople = 1'000'000;
inline constexpr std::uint64_t kMostOfRegister = std::uint64_t{1} << 53;  // what a double can tell
inline constexpr std::uint64_t kMostReasons = 32;  // each kMostPeople refused
inline constexpr double kMostStddev = 1e9;         // people
inline constexpr double kMostSpeed = 20;           // m/s
inline constexpr Span kLongestInterval = std::chrono::hours{24};
inline constexpr Span kMostAhead = std::chrono::seconds{60};  // of the clock

}  // namespace crowdflow
