#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "gateway/problem.h"
#include "http/message.h"

namespace crowdflow::gateway {

// A request's readings as bytes.
struct Body {
  std::string bytes;
  // One that wire/ knows: protobuf or JSON.
  std::string_view content_type;
  bool partial = false;  // take the good ones even if others are at fault
};

// Takes the body out of `request`, decompressed. 400, 403, 413 or 415 when its headers, its query
// or its compression are not as they should be. `max_bytes` is for the decompressed body.
[[nodiscard]] tl::expected<Body, Problem> read_body(http::Request& request, std::size_t max_bytes);

}  // namespace crowdflow::gateway
