#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "wire/json.h"

// Small pieces of JSON text for what is not a message of the contract.
namespace crowdflow::console {

// In the fewest digits that read back the same. `value` is finite.
template <typename Number>
void append_number(Number value, std::string& out) {
  std::array<char, 32> digits;  // 24 are the most that a double takes
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

template <typename Number>
void append_number(const std::optional<Number>& value, std::string& out) {
  if (value) {
    append_number(*value, out);
  } else {
    out += "null";
  }
}

// "name":"text"
inline void append_field(std::string_view name, std::string_view text, std::string& out) {
  wire::append_json_string(name, out);
  out += ':';
  wire::append_json_string(text, out);
}

// append_one(item) for each of `items`, with commas between, in [ and ].
template <typename Items, typename AppendOne>
void append_array(const Items& items, std::string& out, AppendOne&& append_one) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append_one(item);
  }
  out += ']';
}

}  // namespace crowdflow::console
