#include "wire/protobuf_reader.h"

#include <bit>
#include <cstring>
#include <google/protobuf/descriptor.h>
#include <limits>

#include <crowdflow/v1/reading.pb.h>

#include "wire/utf8.h"

namespace crowdflow::wire {
namespace {

const char* name_of_wire_type(std::uint32_t type) {
  switch (type) {
    case 0:
      return "a varint";
    case 1:
      return "8 fixed bytes";
    case 2:
      return "length-delimited";
    case 5:
      return "4 fixed bytes";
    default:
      return "a group";
  }
}

}  // namespace

bool ProtobufReader::read_tag() {
  tag_at_ = p_;
  std::uint64_t tag = 0;
  if (!varint(tag, 5)) return false;
  if (tag > std::numeric_limits<std::uint32_t>::max()) {
    return fail(tag_at_, "a field number of more than 29 bits");
  }
  tag_ = static_cast<std::uint32_t>(tag);
  if (field() == 0) return fail(tag_at_, "a field with the number 0");
  switch (tag_ & 7) {
    case kVarint:
    case kFixed64:
    case kLengthDelimited:
    case kFixed32:
      return true;
    case 3:
    case 4:
      return fail(tag_at_, field_name() + " is a group, which the contract does not use");
    default:
      return fail(tag_at_, field_name() + " has the wire type " + std::to_string(tag_ & 7) +
                               ", which does not exist");
  }
}

void ProtobufReader::read(double& out) {
  static_assert(std::endian::native == std::endian::little);
  if (!expect(kFixed64) || !take(sizeof out)) return;
  std::memcpy(&out, p_ - sizeof out, sizeof out);
}

void ProtobufReader::read(std::string_view& out) {
  if (!expect(kLengthDelimited)) return;
  std::string_view text;
  if (!length_delimited(text)) return;
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    fail(text.data() + bad, field_name() + " is not UTF-8");
    return;
  }
  out = text;
}

void ProtobufReader::skip() {
  std::uint64_t number = 0;
  std::string_view bytes;
  switch (tag_ & 7) {
    case kVarint:
      varint(number);
      break;
    case kFixed64:
      take(8);
      break;
    case kLengthDelimited:
      length_delimited(bytes);
      break;
    default:
      take(4);
  }
}

bool ProtobufReader::long_varint(std::uint64_t& out, std::size_t max_bytes) {
  const char* const begin = p_;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < max_bytes; ++i) {
    if (p_ == end_) return fail(begin, "a varint that the end cuts off");
    const auto byte = static_cast<unsigned char>(*p_++);
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      out = value;
      return true;
    }
  }
  return fail(begin, "a varint of more than " + std::to_string(max_bytes) + " bytes");
}

bool ProtobufReader::too_long(std::uint64_t length) {
  return fail(tag_at_, field_name() + " says that it has " + std::to_string(length) +
                           " bytes, but only " + std::to_string(end_ - p_) + " follow");
}

bool ProtobufReader::take(std::size_t bytes) {
  if (static_cast<std::size_t>(end_ - p_) < bytes) {
    return fail(tag_at_, field_name() + " is cut off by the end");
  }
  p_ += bytes;
  return true;
}

bool ProtobufReader::wrong_type(WireType expected) {
  return fail(tag_at_, field_name() + " is " + name_of_wire_type(tag_ & 7) + ", expected " +
                           name_of_wire_type(expected));
}

bool ProtobufReader::fail(const char* at, std::string text) {
  if (fault_.at == nullptr) fault_ = {at, std::move(text)};
  p_ = end_;
  return false;
}

std::string ProtobufReader::field_name() const {
  const auto* message = v1::ReadingBatch::descriptor()->file()->FindMessageTypeByName(message_);
  const auto* known =
      message == nullptr ? nullptr : message->FindFieldByNumber(static_cast<int>(field()));
  if (known != nullptr) return std::string(message_) + "." + known->name();
  return std::string("field ") + std::to_string(field()) + " of " + message_;
}

}  // namespace crowdflow::wire
