#pragma once

#include <cstdint>

namespace crowdflow::simulation {

// Chance from a seed: the same seed gives the same chances, with every compiler and library.
// (splitmix64; the distributions of <random> are each library's own.)
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  // 0 to end - 1.
  std::uint64_t below(std::uint64_t end) { return next() % end; }
  // Both ends included.
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  bool of_million(std::uint64_t parts) { return below(1'000'000) < parts; }

 private:
  std::uint64_t state_;
};

}  // namespace crowdflow::simulation
