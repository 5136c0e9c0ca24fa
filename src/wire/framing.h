#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <crowdflow/result.h>

namespace crowdflow::wire {

enum class Encoding : std::uint8_t { kProtobuf, kJson };

// What a content type says; nothing when it is none of ours. Case and parameters do not matter.
[[nodiscard]] std::optional<Encoding> encoding_of(std::string_view content_type);

// A value without its frame.
struct Payload {
  enum class Message : std::uint8_t { kBatch, kReading };

  std::string_view bytes;
  Encoding encoding = Encoding::kProtobuf;
  Message message = Message::kBatch;  // of protobuf: which message it is
};

// Takes the Confluent frame off a value of `readings`, if it has one: a zero byte, which neither
// protobuf nor JSON begins with; a schema id of four bytes; for protobuf the index of the message
// within its file. The encoding is the declared one, else what the first bytes look like.
[[nodiscard]] Result<Payload> unframe(std::string_view value, std::optional<Encoding> declared);

// Whether text that declares nothing is JSON: after a byte order mark and white space it begins
// with
// '{' or '['. Such bytes can begin a protobuf ReadingBatch only as the field venue_id, "\n", with a
// length of 123 or 91, '{' or '['; then it is JSON when a character follows that JSON allows there.
// (A venue id that begins like JSON cannot be told from it: declare the content type.)
[[nodiscard]] bool looks_like_json(std::string_view bytes);

}  // namespace crowdflow::wire
