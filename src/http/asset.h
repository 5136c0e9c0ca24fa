#pragma once

#include <string_view>

#include "http/message.h"

namespace crowdflow::http {

// A file that is built into the program. All views last as long as the program. A browser asks each
// time whether it has changed: its name need not change with its content.
struct Asset {
  std::string_view path;          // begins with '/'
  std::string_view content_type;  // with charset where it has one
  std::string_view etag;          // weak, quotes included: W/"..."
  std::string_view bytes;
  std::string_view gzip;  // the same, compressed; empty when that is not smaller
};

// The asset, compressed when the client takes that; 304 when the client already has it.
[[nodiscard]] Response answer(const Asset& asset, const Request& request);

}  // namespace crowdflow::http
