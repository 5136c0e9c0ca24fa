#pragma once

#include <cstddef>
#include <string_view>

namespace crowdflow::config {

// Edits (insert, delete, replace, swap two neighbours) that turn `a` into `b`; any number above
// `limit` when it takes more than that.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace crowdflow::config
