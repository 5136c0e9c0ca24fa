#include "wire/utf8.h"

#include <cstdint>
#include <cstring>

namespace crowdflow::wire {
namespace {

std::uint8_t byte(const char* p) { return static_cast<std::uint8_t>(*p); }

// Bytes of the character at `p`, which is not ASCII; 0 when it is none.
std::size_t character_length(const char* p, std::size_t left) {
  const std::uint8_t lead = byte(p);
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || length > left) return 0;
  // The second byte's range rules out overlong forms, surrogates and what is above U+10FFFF.
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(p + 1) < low || byte(p + 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(p + i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080U;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* p = begin;
  while (p != end) {
    std::uint64_t eight = 0;
    if (end - p >= 8) {
      std::memcpy(&eight, p, sizeof eight);
      if ((eight & kNotAscii) == 0) {
        p += 8;
        continue;
      }
    }
    if (byte(p) < 0x80) {
      ++p;
      continue;
    }
    const std::size_t length = character_length(p, static_cast<std::size_t>(end - p));
    if (length == 0) return static_cast<std::size_t>(p - begin);
    p += length;
  }
  return std::string_view::npos;
}

}  // namespace crowdflow::wire
