#pragma once

#include <cstddef>

namespace crowdflow::concurrency {

// Bytes that two cores cannot write at once without waiting for each other. Two lines, because
// x86-64 fetches them in pairs. (The standard's constant warns in headers: it follows -mtune.)
inline constexpr std::size_t kCacheLine = 128;

}  // namespace crowdflow::concurrency
