#include "wire/framing.h"

#include <algorithm>
#include <string>

#include "wire/record_headers.h"

namespace crowdflow::wire {
namespace {

constexpr std::size_t kFrameBytes = 5;  // zero, schema id

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Which message of reading.proto follows, from the list of indexes that Confluent's serializers put
// before it: its length and the indexes, zigzag varints; a list of just 0 is a single zero byte.
// The first message of the file is ReadingBatch, the second Reading. Old Python clients write the
// numbers without zigzag: 1 (the length), then the index.
Result<Payload> indexed(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (at(0) == 0) return Payload{bytes.substr(1), Encoding::kProtobuf, Payload::Message::kBatch};
  if (bytes.size() >= 2 && (at(0) == 1 || at(0) == 2)) {
    const unsigned index = at(0) == 1 ? at(1) : at(1) / 2U;
    if (index == 0) return Payload{bytes.substr(2), Encoding::kProtobuf, Payload::Message::kBatch};
    if (index == 1) {
      return Payload{bytes.substr(2), Encoding::kProtobuf, Payload::Message::kReading};
    }
  }
  return fail(ErrorCode::kInvalid,
              "byte 5: the message index of the Confluent frame names neither ReadingBatch (0) nor "
              "Reading (1)");
}

}  // namespace

std::optional<Encoding> encoding_of(std::string_view content_type) {
  std::string type{content_type.substr(0, content_type.find(';'))};
  while (type.ends_with(' '))
    type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), lower);
  if (type == kProtobufContentType || type == "application/protobuf") return Encoding::kProtobuf;
  if (type == kJsonContentType || type == "application/x-ndjson") return Encoding::kJson;
  return std::nullopt;
}

bool looks_like_json(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  constexpr std::string_view kWhiteSpace = " \t\r\n";
  constexpr std::string_view kInside = " \t\r\n\"{}[]";
  const bool marked = bytes.starts_with(kByteOrderMark);
  if (marked) bytes.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = bytes.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos || (bytes[begin] != '{' && bytes[begin] != '[')) return false;
  const bool like_venue_field = !marked && begin == 1 && bytes[0] == '\n';
  return !like_venue_field || bytes.size() == 2 || kInside.find(bytes[2]) != std::string_view::npos;
}

Result<Payload> unframe(std::string_view value, std::optional<Encoding> declared) {
  const bool framed = value.starts_with('\0');
  std::string_view bytes = value;
  if (framed) {
    if (value.size() <= kFrameBytes) {
      return fail(ErrorCode::kInvalid, "the value has " + std::to_string(value.size()) +
                                           " bytes, expected a ReadingBatch after the 5 bytes of "
                                           "the Confluent frame");
    }
    bytes.remove_prefix(kFrameBytes);
  }
  const Encoding encoding =
      declared.value_or(looks_like_json(bytes) ? Encoding::kJson : Encoding::kProtobuf);
  if (encoding == Encoding::kJson) return Payload{bytes, encoding, Payload::Message::kBatch};
  if (framed) return indexed(bytes);
  return Payload{bytes, encoding, Payload::Message::kBatch};
}

}  // namespace crowdflow::wire
