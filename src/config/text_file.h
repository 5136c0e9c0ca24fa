#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/config_error.h"

namespace crowdflow::config {

// The bytes of a file of at most 64 MiB, or why they cannot be had.
[[nodiscard]] tl::expected<std::string, ConfigError> read_text_file(const std::string& path);

// Without the byte order mark that some editors put in front of UTF-8.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view bytes);

inline constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;

}  // namespace crowdflow::config
