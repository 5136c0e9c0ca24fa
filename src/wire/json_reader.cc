#include "wire/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "wire/utf8.h"

namespace crowdflow::wire {
namespace {

constexpr std::size_t kLongestFound = 40;  // bytes of the text that an error repeats

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
         c == '+' || c == '.';
}

// The piece of text at `p`, as an error shows it.
std::string found(const char* p, const char* end) {
  if (p == end) return "the end of the text";
  const char* stop = p + 1;
  if (*p == '"') {
    while (stop != end && *stop != '"' && *stop != '\n')
      stop += *stop == '\\' && end - stop > 1 ? 2 : 1;
    if (stop != end && *stop == '"') ++stop;
  } else if (is_word(*p)) {
    while (stop != end && is_word(*stop))
      ++stop;
  } else if (static_cast<unsigned char>(*p) < 0x20) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    return std::string("the control character 0x") + kHex[static_cast<unsigned char>(*p) >> 4] +
           kHex[static_cast<unsigned char>(*p) & 15];
  } else {
    while (stop != end && (static_cast<unsigned char>(*stop) & 0xC0) == 0x80)
      ++stop;  // the rest of a character of several bytes
    return "'" + std::string(p, stop) + "'";
  }
  if (static_cast<std::size_t>(stop - p) <= kLongestFound) return {p, stop};
  stop = p + kLongestFound;
  while ((static_cast<unsigned char>(*stop) & 0xC0) == 0x80)
    --stop;
  return std::string(p, stop) + "...";
}

}  // namespace

JsonReader::JsonReader(std::string_view text, TextPlace begin, std::string& unescaped)
    : p_(text.data()), begin_(p_), end_(p_ + text.size()), first_(begin), unescaped_(unescaped) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  unescaped_.clear();
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    fail_as(begin_ + bad, "found a byte that is not UTF-8");
    return;
  }
  if (text.starts_with(kByteOrderMark)) p_ += kByteOrderMark.size();
}

char JsonReader::peek() {
  while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t'))
    ++p_;
  return p_ == end_ ? '\0' : *p_;
}

bool JsonReader::expect(char c, std::string_view expected) {
  if (peek() != c || p_ == end_) {
    fail(p_, expected);
    return false;
  }
  ++p_;
  return true;
}

void JsonReader::begin_array() { expect('[', "'['"); }

bool JsonReader::next_element(bool& first) {
  if (!ok()) return false;
  if (peek() == ']') {
    ++p_;
    return false;
  }
  if (!first && !expect(',', "',' or ']'")) return false;
  first = false;
  return true;
}

void JsonReader::begin_object() { expect('{', "'{'"); }

bool JsonReader::next_member(bool& first, std::string_view& name) {
  if (!ok()) return false;
  if (peek() == '}') {
    ++p_;
    return false;
  }
  if (!first && !expect(',', "',' or '}'")) return false;
  first = false;
  peek();
  member_at_ = p_;
  name = string("a field's name in quotes");
  return ok() && expect(':', "':'");
}

bool JsonReader::null() {
  if (peek() != 'n' || !std::string_view{p_, end_}.starts_with("null")) return false;
  p_ += 4;
  return true;
}

std::string_view JsonReader::string(std::string_view expected) {
  if (!expect('"', expected)) return {};
  const char* run = p_;
  std::size_t start = std::string::npos;  // in unescaped_, once there was an escape
  while (true) {
    while (p_ != end_ && *p_ != '"' && *p_ != '\\' && static_cast<unsigned char>(*p_) >= 0x20)
      ++p_;
    if (p_ == end_ || static_cast<unsigned char>(*p_) < 0x20) {
      fail(p_, "'\"' at the end of the string");
      return {};
    }
    if (*p_ == '"') break;
    if (start == std::string::npos) {
      // Enough for all that this text can hold: what views point to may not move.
      if (unescaped_.empty()) unescaped_.reserve(static_cast<std::size_t>(end_ - begin_));
      start = unescaped_.size();
    }
    unescaped_.append(run, p_);
    escape(p_++);
    if (!ok()) return {};
    run = p_;
  }
  const char* const end = p_++;
  if (start == std::string::npos) return {run, end};
  unescaped_.append(run, end);
  return std::string_view{unescaped_}.substr(start);
}

void JsonReader::escape(const char* begin) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const char letter = p_ == end_ ? '\0' : *p_;
  if (letter == 'u') {
    ++p_;
    append_code_point(begin);
    return;
  }
  const std::size_t known = kLetters.find(letter);
  if (known == std::string_view::npos) {
    fail(begin, "one of the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    return;
  }
  ++p_;
  unescaped_ += kMeanings[known];
}

void JsonReader::append_code_point(const char* begin) {
  std::uint32_t code = hex4(begin);
  if (ok() && code >= 0xD800 && code < 0xE000) {
    const bool paired = code < 0xDC00 && std::string_view{p_, end_}.starts_with("\\u");
    if (paired) p_ += 2;
    const std::uint32_t low = paired ? hex4(begin) : 0;
    if (ok() && (low < 0xDC00 || low >= 0xE000)) fail(begin, "a pair of surrogates");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (!ok()) return;
  const auto put = [this](std::uint32_t byte) { unescaped_ += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::uint32_t JsonReader::hex4(const char* begin) {
  std::uint32_t value = 0;
  const bool whole = end_ - p_ >= 4;
  if (!whole || std::from_chars(p_, p_ + 4, value, 16).ptr != p_ + 4) {
    fail(begin, "four hexadecimal digits after \\u");
    return 0;
  }
  p_ += 4;
  return value;
}

std::string_view JsonReader::number_at(const char* p, const char* end) const {
  const char* const begin = p;
  const auto digits = [&] {
    const char* const first = p;
    while (p != end && is_digit(*p))
      ++p;
    return p != first;
  };
  if (p != end && *p == '-') ++p;
  const char* const whole = p;
  if (!digits() || (*whole == '0' && p - whole > 1)) return {};
  if (p != end && *p == '.') {
    ++p;
    if (!digits()) return {};
  }
  if (p != end && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end && (*p == '+' || *p == '-')) ++p;
    if (!digits()) return {};
  }
  return {begin, p};
}

std::string_view JsonReader::take_number(std::string_view expected) {
  const char c = peek();
  const char* const begin = p_;
  if (c == '"') {
    const std::string_view text = string(expected);
    const std::string_view number = number_at(text.data(), text.data() + text.size());
    if (number.size() == text.size() && !number.empty()) return number;
  } else {
    const std::string_view number = number_at(p_, end_);
    p_ += number.size();
    if (!number.empty() && (p_ == end_ || !is_word(*p_))) return number;
  }
  fail(begin, expected);
  return {};
}

void JsonReader::read(std::uint64_t& out) {
  constexpr std::string_view kExpected = "a whole number from 0 to 18446744073709551615";
  peek();
  const char* const begin = p_;
  const std::string_view text = take_number(kExpected);
  if (!ok()) return;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, out);
  if (stop == end && problem == std::errc{}) return;
  double value = -1;
  if (std::all_of(text.begin(), text.end(), is_digit) ||
      std::from_chars(text.data(), end, value).ec != std::errc{} || value < 0 || value >= 0x1p64 ||
      value != std::floor(value)) {
    fail(begin, kExpected);
    return;
  }
  out = static_cast<std::uint64_t>(value);
}

void JsonReader::read(double& out) {
  constexpr std::string_view kExpected = "a number";
  peek();
  const char* const begin = p_;
  for (const auto& [name, value] :
       {std::pair<std::string_view, double>{"\"NaN\"", std::numeric_limits<double>::quiet_NaN()},
        {"\"Infinity\"", std::numeric_limits<double>::infinity()},
        {"\"-Infinity\"", -std::numeric_limits<double>::infinity()}}) {
    if (std::string_view{p_, end_}.starts_with(name)) {
      p_ += name.size();
      out = value;
      return;
    }
  }
  const std::string_view text = take_number(kExpected);
  if (!ok()) return;
  if (std::from_chars(text.data(), text.data() + text.size(), out).ec != std::errc{}) {
    fail(begin, "a number that 64-bit floating point can hold");
  }
}

void JsonReader::fail(const char* at, std::string_view expected) {
  if (!ok()) return;
  fail_as(at, "found " + found(at, end_) + ", expected " + std::string(expected));
}

void JsonReader::fail_as(const char* at, std::string_view text) {
  if (!ok()) return;
  const auto breaks = static_cast<std::size_t>(std::count(begin_, at, '\n'));
  const char* start = at;
  while (start != begin_ && start[-1] != '\n')
    --start;
  const auto before = std::count_if(start, at, [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // characters, not bytes
  });
  const std::size_t line = first_.line + breaks;
  const std::size_t column = (breaks == 0 ? first_.column : 1) + static_cast<std::size_t>(before);
  error_ = "line " + std::to_string(line) + " column " + std::to_string(column) + ": ";
  error_ += text;
  p_ = end_;
}

ObjectReader::ObjectReader(JsonReader& in, const JsonField* fields, std::size_t count)
    : in_(in), fields_(fields), count_(count) {
  in.begin_object();
}

std::optional<std::size_t> ObjectReader::next() {
  std::string_view name;
  while (in_.next_member(first_, name)) {
    const std::optional<std::size_t> field = find(name);
    if (!field || !in_.null()) return field;
  }
  return std::nullopt;
}

std::optional<std::size_t> ObjectReader::find(std::string_view name) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (name != fields_[i].name && name != fields_[i].camel_name) continue;
    if ((seen_ & 1U << i) != 0) {
      in_.fail(name_at(), std::string(fields_[i].name) + " only once");
      return std::nullopt;
    }
    seen_ |= 1U << i;
    return i;
  }
  std::string known;
  for (std::size_t i = 0; i < count_; ++i) {
    known += i == 0 ? (count_ == 1 ? "" : "one of ") : ", ";
    known += fields_[i].name;
  }
  in_.fail(name_at(), count_ == 0 ? "an object without fields" : known);
  return std::nullopt;
}

}  // namespace crowdflow::wire
