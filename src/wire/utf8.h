#pragma once

#include <cstddef>
#include <string_view>

namespace crowdflow::wire {

// Where `text` stops being UTF-8 (no overlong forms, surrogates or numbers above U+10FFFF);
// std::string_view::npos when all of it is.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text);

}  // namespace crowdflow::wire
