#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace crowdflow::wire {

// Where and why bytes could not be read: the first fault, which ends the reading.
struct Fault {
  const char* at = nullptr;  // none yet
  std::string text;
};

// Takes one protobuf message apart, field by field, without building it:
//
//   ProtobufReader in{bytes, "Reading", fault};
//   while (in.next()) switch (in.field()) { case 3: in.read(sequence); break; default: in.skip(); }
//
// Each field is read or skipped once. A known field with another wire type is a fault, unlike in
// protobuf, which would drop it in silence; groups are faults. After a fault next() is false.
class ProtobufReader {
 public:
  // `message`: its name within crowdflow.v1, for faults.
  ProtobufReader(std::string_view bytes, const char* message, Fault& fault)
      : p_(bytes.data()), end_(p_ + bytes.size()), message_(message), fault_(fault) {}

  // Goes to the next field; false at the end, and after a fault.
  bool next() {
    constexpr unsigned kKnownTypes =
        1U << kVarint | 1U << kFixed64 | 1U << kLengthDelimited | 1U << kFixed32;
    if (p_ == end_ || fault_.at != nullptr) return false;
    const auto byte = static_cast<unsigned char>(*p_);
    const bool plain = byte >= 8 && byte < 0x80 && (kKnownTypes >> (byte & 7) & 1) != 0;
    if (!plain) return read_tag();  // a large field number, or a fault
    tag_at_ = p_++;
    tag_ = byte;
    return true;
  }
  [[nodiscard]] std::uint32_t field() const { return tag_ >> 3; }

  void read(std::uint64_t& out) {
    if (expect(kVarint)) varint(out);
  }
  void read(std::int64_t& out) {
    std::uint64_t value = 0;
    if (expect(kVarint) && varint(value)) out = static_cast<std::int64_t>(value);
  }
  void read(std::int32_t& out) {
    std::uint64_t value = 0;
    if (expect(kVarint) && varint(value)) out = static_cast<std::int32_t>(value);
  }
  void read(double& out);
  // A string: UTF-8.
  void read(std::string_view& out);
  // The bytes of a message within.
  [[nodiscard]] std::string_view read_message() {
    std::string_view bytes;
    if (expect(kLengthDelimited)) length_delimited(bytes);
    return bytes;
  }
  void skip();

  // The field that was read or skipped last, tag included.
  [[nodiscard]] std::string_view field_bytes() const {
    return {tag_at_, static_cast<std::size_t>(p_ - tag_at_)};
  }

 private:
  enum WireType : std::uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

  bool read_tag();
  bool expect(WireType type) { return (tag_ & 7) == type || wrong_type(type); }
  bool wrong_type(WireType expected);
  // Tags and lengths have at most 5 bytes, numbers 10.
  bool varint(std::uint64_t& out, std::size_t max_bytes = 10) {
    if (p_ != end_ && static_cast<unsigned char>(*p_) < 0x80) {
      out = static_cast<unsigned char>(*p_++);
      return true;
    }
    return long_varint(out, max_bytes);
  }
  bool long_varint(std::uint64_t& out, std::size_t max_bytes);
  bool length_delimited(std::string_view& out) {
    std::uint64_t length = 0;
    if (!varint(length, 5)) return false;
    if (length > static_cast<std::uint64_t>(end_ - p_)) return too_long(length);
    out = {p_, static_cast<std::size_t>(length)};
    p_ += length;
    return true;
  }
  bool too_long(std::uint64_t length);
  bool take(std::size_t bytes);
  bool fail(const char* at, std::string text);
  [[nodiscard]] std::string field_name() const;

  const char* p_;
  const char* end_;
  const char* tag_at_ = nullptr;
  std::uint32_t tag_ = 0;
  const char* message_;
  Fault& fault_;
};

}  // namespace crowdflow::wire
