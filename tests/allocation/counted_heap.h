#pragma once

#include <cstdint>

namespace crowdflow::testing {

// What this program has taken by `new` so far, and what of it is not given back yet. One thread.
struct Heap {
  std::uint64_t allocations = 0;
  std::int64_t live_bytes = 0;  // as the allocator rounds them up, and its own note on each
};
[[nodiscard]] Heap heap();

}  // namespace crowdflow::testing
