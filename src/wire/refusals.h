#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace crowdflow::wire {

// Access.refused while it is read: counts by reason, of which a Reading keeps the sum.
class Refusals {
 public:
  void clear() { counts_.clear(); }

  // The same reason again replaces its count, as in every protobuf map.
  void set(std::string_view reason, std::uint64_t count) {
    const auto same = std::find_if(counts_.begin(), counts_.end(),
                                   [&](const auto& other) { return other.first == reason; });
    if (same != counts_.end()) {
      same->second = count;
    } else if (counts_.size() <= kMaxReasons) {
      counts_.emplace_back(reason, count);
    }
  }

  // The sum; more than any reading may say when there are too many reasons or one count is out of
  // its range.
  [[nodiscard]] std::uint64_t total() const {
    constexpr std::uint64_t kImpossible = std::numeric_limits<std::uint64_t>::max();
    if (counts_.size() > kMaxReasons) return kImpossible;
    std::uint64_t sum = 0;
    for (const auto& [reason, count] : counts_) {
      if (count > kMaxCount) return kImpossible;
      sum += count;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kMaxReasons = 32;
  static constexpr std::uint64_t kMaxCount = 1'000'000;

  std::vector<std::pair<std::string_view, std::uint64_t>> counts_;
};

}  // namespace crowdflow::wire
