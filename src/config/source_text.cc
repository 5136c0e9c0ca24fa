#include "config/source_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace crowdflow::config {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Decoded {
  char32_t code = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

Decoded decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80U) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (lead < 0xC2U || lead > 0xF4U || text.size() < bytes) return {};
  char32_t code = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, bytes};
}

bool is_wide(char32_t c) {
  // The blocks of Unicode's East Asian Width that terminals draw two columns wide.
  constexpr std::array<std::pair<char32_t, char32_t>, 9> kWide{{{0x1100, 0x115F},
                                                                {0x2E80, 0xA4CF},
                                                                {0xA960, 0xA97F},
                                                                {0xAC00, 0xD7A3},
                                                                {0xF900, 0xFAFF},
                                                                {0xFE30, 0xFE6F},
                                                                {0xFF00, 0xFF60},
                                                                {0x1F300, 0x1FAFF},
                                                                {0x20000, 0x3FFFD}}};
  return std::any_of(kWide.begin(), kWide.end(),
                     [c](const auto& block) { return c >= block.first && c <= block.second; });
}

// The byte at which the character `count` characters before (or after) `at` begins.
std::size_t back(std::string_view line, std::size_t at, std::size_t count) {
  while (at > 0 && count > 0) {
    --at;
    if (!is_continuation(line[at])) --count;
  }
  return at;
}

std::size_t forward(std::string_view line, std::size_t at, std::size_t count) {
  while (at < line.size() && count > 0) {
    ++at;
    if (at == line.size() || !is_continuation(line[at])) --count;
  }
  return at;
}

}  // namespace

std::optional<std::size_t> find_non_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80U) {
      const std::size_t bytes = decode(text.substr(i)).bytes;
      if (bytes == 0) return i;
      i += bytes;
      continue;
    }
    const bool ends_line = c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
    if ((c < 0x20U && c != '\t' && !ends_line) || c == 0x7FU) return i;
    ++i;
  }
  return std::nullopt;
}

std::size_t count_characters(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_continuation));
}

std::string shorten(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const std::size_t end = forward(text, 0, kLongest);
  return std::string{text.substr(0, end)} + (end < text.size() ? "..." : "");
}

std::string quote(std::string_view text) {
  std::string shown = '"' + shorten(text) + '"';
  for (char& c : shown) {
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  }
  return shown;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  const std::size_t end = text.find_last_not_of(kBlanks);
  return begin == text.size() ? text.substr(begin) : text.substr(begin, end + 1 - begin);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string blanks_like(std::string_view text) {
  std::string blanks;
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.code == '\t') {
      blanks += '\t';
    } else {
      blanks.append(is_wide(next.code) ? 2 : 1, ' ');
    }
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return blanks;
}

SourceText::SourceText(std::string_view text) : text_(text), line_starts_{0} {
  for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
    line_starts_.push_back(i + 1);
  }
}

std::string_view SourceText::line(std::size_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t start = line_starts_[number - 1];
  const std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  std::string_view line = text_.substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

SourceText::Excerpt SourceText::excerpt(std::size_t line_number, std::size_t at) const {
  const std::string_view whole = line(line_number);
  at = std::min(at, whole.size());
  // A character has at most 4 bytes.
  if (whole.size() <= 4 * kExcerptWidth && count_characters(whole) <= kExcerptWidth) {
    return {std::string{whole}, count_characters(whole.substr(0, at))};
  }
  constexpr std::string_view kCut = "...";
  const std::size_t begin = back(whole, at, kExcerptWidth / 2);
  const std::size_t end = forward(whole, begin, kExcerptWidth - 2 * kCut.size());
  Excerpt excerpt;
  if (begin > 0) excerpt.text = kCut;
  excerpt.column = excerpt.text.size() + count_characters(whole.substr(begin, at - begin));
  excerpt.text += whole.substr(begin, end - begin);
  if (end < whole.size()) excerpt.text += kCut;
  return excerpt;
}

}  // namespace crowdflow::config
