#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace crowdflow::wire {

// A field of a message in JSON: the contract's name, and the lowerCamelCase one that proto3 JSON
// uses by default. Both are read.
struct JsonField {
  std::string_view name;
  std::string_view camel_name;
};

// A place in a text; both count from 1, columns in characters.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;
};

// Takes JSON text apart from its front, value by value, without building it. Strict JSON; scalars
// as in the proto3 JSON mapping. The first thing that is not as expected ends the reading: ok() is
// false, every later call does nothing, and error() says where, what was found, what was expected.
class JsonReader {
 public:
  // `text` begins at `begin` of what errors speak of. Text that has escapes is written to
  // `unescaped`; the rest is given as views of `text`.
  JsonReader(std::string_view text, TextPlace begin, std::string& unescaped);

  [[nodiscard]] bool ok() const { return error_.empty(); }
  [[nodiscard]] const std::string& error() const { return error_; }

  // The next character that is not white space; '\0' at the end, and after an error.
  char peek();
  // Its place, for bytes_since() and fail().
  [[nodiscard]] const char* position() const { return p_; }
  [[nodiscard]] std::string_view bytes_since(const char* begin) const {
    return {begin, static_cast<std::size_t>(p_ - begin)};
  }

  [[nodiscard]] bool at_end() {
    peek();
    return p_ == end_;
  }

  // An array: begin_array(), then next_element() until false.
  void begin_array();
  bool next_element(bool& first);
  // An object likewise; the value of the member `name` is next. ObjectReader knows the names.
  void begin_object();
  bool next_member(bool& first, std::string_view& name);
  // Where the name of the member taken last begins.
  [[nodiscard]] const char* member_at() const { return member_at_; }

  // Takes a null if there is one: in proto3 JSON a field that is null is absent.
  bool null();
  // `expected` names what belongs here, for errors.
  std::string_view string(std::string_view expected);
  // A number or a string of one; whole, though it may be written 1.0 or 1e3.
  void read(std::uint64_t& out);
  // A number, a string of one, or "NaN", "Infinity", "-Infinity".
  void read(double& out);

  // What is at `at` is not what is expected: says so, with that piece of the text.
  void fail(const char* at, std::string_view expected);
  // The same with a text of one's own.
  void fail_as(const char* at, std::string_view text);

 private:
  bool expect(char c, std::string_view expected);
  void escape(const char* begin);
  void append_code_point(const char* begin);
  std::uint32_t hex4(const char* begin);
  // The number at the front, by JSON's grammar; empty when there is none.
  [[nodiscard]] std::string_view number_at(const char* p, const char* end) const;
  // The same, alone or as the whole of a string.
  std::string_view take_number(std::string_view expected);

  const char* p_;
  const char* begin_;
  const char* end_;
  TextPlace first_;
  std::string& unescaped_;
  const char* member_at_ = nullptr;
  std::string error_;
};

// The members of an object whose fields are known: each at most once, in any order.
class ObjectReader {
 public:
  // Takes the '{'.
  ObjectReader(JsonReader& in, const JsonField* fields, std::size_t count);
  template <std::size_t N>
  ObjectReader(JsonReader& in, const std::array<JsonField, N>& fields)
      : ObjectReader(in, fields.data(), N) {}

  // The index of the next member's field, its value being next; members that are null are skipped.
  // Nothing at the end of the object (which is taken), and after an error.
  std::optional<std::size_t> next();
  // The place of that member's name.
  [[nodiscard]] const char* name_at() const { return in_.member_at(); }

 private:
  std::optional<std::size_t> find(std::string_view name);

  JsonReader& in_;
  const JsonField* fields_;
  std::size_t count_;
  std::uint32_t seen_ = 0;  // bit n: field n
  bool first_ = true;
};

}  // namespace crowdflow::wire
