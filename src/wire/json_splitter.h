#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace crowdflow::wire {

// Finds where one JSON object or array ends, without checking what is in it: only brackets and
// strings matter. The text may arrive in parts.
class JsonSplitter {
 public:
  // `text` begins with the bracket and may be longer at each call. Nothing: it does not end there.
  std::optional<std::size_t> end_of_value(std::string_view text) {
    for (; at_ < text.size(); ++at_) {
      const char c = text[at_];
      if (in_string_) {
        if (escaped_) {
          escaped_ = false;
        } else if (c == '\\') {
          escaped_ = true;
        } else if (c == '"') {
          in_string_ = false;
        }
      } else if (c == '"') {
        in_string_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
      } else if ((c == '}' || c == ']') && --depth_ <= 0) {
        return at_ + 1;
      }
    }
    return std::nullopt;
  }

 private:
  std::size_t at_ = 0;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace crowdflow::wire
