#include "wire/utf8.h"

#include <gtest/gtest.h>
#include <string>

namespace crowdflow::wire {
namespace {

constexpr std::size_t kAllValid = std::string_view::npos;

TEST(Utf8, IsFoundValid) {
  for (const char* text : {"", "a", "plain text of more than eight bytes", "é", "강릉", "😀",
                           "\xED\x9F\xBF", "\xEE\x80\x80", "\xF4\x8F\xBF\xBF", "\x7F"}) {
    EXPECT_EQ(find_invalid_utf8(text), kAllValid) << text;
  }
}

TEST(Utf8, IsFoundInvalidWhereItStops) {
  for (const char* bytes :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xE1\x80", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE3\x81\x20"}) {
    for (const char* before : {"", "seven..", "eight...", "강릉"}) {
      const std::string text = std::string(before) + bytes;
      EXPECT_EQ(find_invalid_utf8(text), std::string_view(before).size()) << text;
      EXPECT_EQ(find_invalid_utf8(text + "and on it goes"), std::string_view(before).size());
    }
  }
}

}  // namespace
}  // namespace crowdflow::wire
