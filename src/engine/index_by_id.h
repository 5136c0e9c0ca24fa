#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace crowdflow {

// Where each id stands in a list of things that have one. Valid as long as the list.
using IndexById = std::unordered_map<std::string_view, std::uint32_t>;

template <typename T>
[[nodiscard]] IndexById index_by_id(const std::vector<T>& list) {
  IndexById index;
  index.reserve(list.size());
  for (std::uint32_t i = 0; i < list.size(); ++i)
    index.emplace(list[i].id, i);
  return index;
}

}  // namespace crowdflow
