#pragma once

#include <cstdint>
#include <cstdlib>

namespace crowdflow::test {

// Sanitizers take some ten times as long: what only costs time is then done less often.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// How much of something a long run asks for by an environment variable. Before there are threads.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace crowdflow::test
