#pragma once

#include <string>

#include "wire/messages.h"

namespace crowdflow::wire {

// Appends `message` in the proto3 JSON mapping, on one line: snake_case names, enums by name,
// 64-bit integers as strings, fields without presence always written, maps sorted by key, doubles
// in the fewest digits that read back the same. Any message of the contract; not Any, Struct or
// wrappers, which the contract does not use.
void append_json(const google::protobuf::Message& message, std::string& out);
[[nodiscard]] std::string to_json(const google::protobuf::Message& message);

// Appends `text` as a JSON string, quotes included. `text` is UTF-8.
void append_json_string(std::string_view text, std::string& out);

// Appends bytes as a JSON string in base64, quotes included.
void append_json_base64(std::string_view bytes, std::string& out);

}  // namespace crowdflow::wire
