#pragma once

#include <cstdint>
#include <cstdlib>

namespace crowdflow::test {

// How much of something a long run asks for by an environment variable. Before there are threads.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace crowdflow::test
