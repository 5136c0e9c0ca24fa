#pragma once

#include <cstdint>

namespace crowdflow::sim {

// PCG-XSH-RR 64/32 (O'Neill, PCG: A Family of Simple Fast Space-Efficient Statistically Good
// Algorithms for Random Number Generation, 2014). Integers only: a seed gives the same numbers on
// every platform, which <random>'s distributions do not promise.
class Random {
 public:
  // Streams of one seed are independent of each other.
  Random(std::uint64_t seed, std::uint64_t stream) : increment_((stream << 1U) | 1U) {
    advance();
    state_ += seed;
    advance();
  }

  // 32 bits, each as likely as the other.
  [[nodiscard]] std::uint32_t next() {
    const std::uint64_t old = state_;
    advance();
    const auto shifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto turn = static_cast<std::uint32_t>(old >> 59U);
    return (shifted >> turn) | (shifted << ((32U - turn) & 31U));
  }

  // In [0, n); n is above 0. Uneven by less than n / 2^64.
  [[nodiscard]] std::int64_t below(std::int64_t n) {
    const std::uint64_t high = next();
    const std::uint64_t low = next();
    return static_cast<std::int64_t>(((high << 32U) | low) % static_cast<std::uint64_t>(n));
  }

  // In [from, to]; to is not below from.
  [[nodiscard]] std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + below(to - from + 1);
  }

  // True n times in a thousand.
  [[nodiscard]] bool per_mille(std::int64_t n) { return below(1000) < n; }

 private:
  void advance() { state_ = state_ * 6364136223846793005ULL + increment_; }

  std::uint64_t state_ = 0;
  std::uint64_t increment_;
};

}  // namespace crowdflow::sim
