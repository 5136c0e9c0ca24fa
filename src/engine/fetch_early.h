#pragma once

namespace crowdflow {

// Fetches what lies there into the cache, for a look at it soon.
//
// GCC drops calls of functions that do nothing but prefetch, as if they did nothing at all: the
// empty instruction keeps them.
inline void fetch_early(const void* there) {
  __builtin_prefetch(there);
  __asm__ volatile("");
}

}  // namespace crowdflow
