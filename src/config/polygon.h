#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include <crowdflow/venue.h>

namespace crowdflow::config {

// Why corners do not bound an area.
struct PolygonFault {
  // The corner at which to look, and what is wrong there, in words.
  std::size_t corner = 0;
  std::string found;
};

// Square metres within `corners` (3 or more, either way round, the first not repeated at the end).
// An edge that crosses, touches or runs back along another is a fault.
[[nodiscard]] tl::expected<double, PolygonFault> polygon_area(
    std::span<const Zone::Corner> corners);

}  // namespace crowdflow::config
