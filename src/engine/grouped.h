#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace crowdflow {

// Lists of numbers, one for each of many owners, in one piece of memory.
class Grouped {
 public:
  // `lists`: by owner.
  explicit Grouped(const std::vector<std::vector<std::uint32_t>>& lists) {
    std::size_t sum = 0;
    for (const auto& list : lists)
      sum += list.size();
    members_.reserve(sum);
    first_.reserve(lists.size() + 1);
    first_.push_back(0);
    for (const auto& list : lists) {
      members_.insert(members_.end(), list.begin(), list.end());
      first_.push_back(static_cast<std::uint32_t>(members_.size()));
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t owner) const {
    return std::span(members_).subspan(first_[owner], first_[owner + 1] - first_[owner]);
  }
  [[nodiscard]] std::size_t bytes() const {
    return (first_.capacity() + members_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  std::vector<std::uint32_t> first_;
  std::vector<std::uint32_t> members_;
};

}  // namespace crowdflow
