#include "wire/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <vector>

#include <crowdflow/check.h>

namespace crowdflow::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

template <typename Number>
void append_number(Number value, std::string& out) {
  std::array<char, 32> digits;  // 24 are the most that a double takes
  const auto [end, problem] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end);
}

template <typename Number>
void append_quoted_number(Number value, std::string& out) {
  out += '"';
  append_number(value, out);
  out += '"';
}

void append_double(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    append_number(value == 0 ? 0 : value, out);  // never -0
  }
}

// '.' and the fraction of a second with 3, 6 or 9 digits; nothing when it is 0.
void append_fraction(std::int32_t nanos, std::string& out) {
  if (nanos == 0) return;
  int digits = 9;
  for (; digits > 3 && nanos % 1000 == 0; digits -= 3)
    nanos /= 1000;
  out += '.';
  out.resize(out.size() + static_cast<std::size_t>(digits));
  for (auto p = out.end(); digits > 0; --digits, nanos /= 10)
    *--p = static_cast<char>('0' + nanos % 10);
}

void append_time(const Timestamp& t, std::string& out) {
  out += '"';
  out += to_rfc3339(EventTime{std::chrono::seconds{t.seconds()}});
  out.pop_back();  // the Z
  append_fraction(t.nanos(), out);
  out += "Z\"";
}

void append_span(const Duration& d, std::string& out) {
  out += '"';
  if (d.seconds() < 0 || d.nanos() < 0) out += '-';
  append_number(std::abs(d.seconds()), out);
  append_fraction(std::abs(d.nanos()), out);
  out += "s\"";
}

void append_message(const Message& message, std::string& out);

void append_enum(const EnumDescriptor& type, int number, std::string& out) {
  const auto* value = type.FindValueByNumber(number);
  if (value == nullptr) return append_number(number, out);  // of a newer version
  out += '"';
  out += value->name();
  out += '"';
}

// The one value of a field that is not repeated.
void append_value(const Message& m, const Reflection& r, const FieldDescriptor* f,
                  std::string& out) {
  std::string scratch;
  switch (f->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return append_number(r.GetInt32(m, f), out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return append_number(r.GetUInt32(m, f), out);
    case FieldDescriptor::CPPTYPE_INT64:
      return append_quoted_number(r.GetInt64(m, f), out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return append_quoted_number(r.GetUInt64(m, f), out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return append_double(r.GetDouble(m, f), out);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return append_double(static_cast<double>(r.GetFloat(m, f)), out);
    case FieldDescriptor::CPPTYPE_BOOL:
      out += r.GetBool(m, f) ? "true" : "false";
      return;
    case FieldDescriptor::CPPTYPE_ENUM:
      return append_enum(*f->enum_type(), r.GetEnumValue(m, f), out);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text = r.GetStringReference(m, f, &scratch);
      if (f->type() == FieldDescriptor::TYPE_BYTES) return append_json_base64(text, out);
      return append_json_string(text, out);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return append_message(r.GetMessage(m, f), out);
  }
}

// The entries of a map, whose keys are strings in this contract, by key.
void append_map(const Message& m, const Reflection& r, const FieldDescriptor* f, std::string& out) {
  const FieldDescriptor* key = f->message_type()->map_key();
  const FieldDescriptor* value = f->message_type()->map_value();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < r.FieldSize(m, f); ++i) {
    const Message& entry = r.GetRepeatedMessage(m, f, i);
    entries.emplace_back(entry.GetReflection()->GetString(entry, key), &entry);
  }
  std::sort(entries.begin(), entries.end());
  out += '{';
  for (const auto& [name, entry] : entries) {
    if (out.back() != '{') out += ',';
    append_json_string(name, out);
    out += ':';
    append_value(*entry, *entry->GetReflection(), value, out);
  }
  out += '}';
}

void append_list(const Message& m, const Reflection& r, const FieldDescriptor* f,
                 std::string& out) {
  out += '[';
  for (int i = 0; i < r.FieldSize(m, f); ++i) {
    if (i > 0) out += ',';
    if (f->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      append_message(r.GetRepeatedMessage(m, f, i), out);
    } else {
      CROWDFLOW_CHECK(f->cpp_type() == FieldDescriptor::CPPTYPE_ENUM,
                      "the contract repeats a kind of field that JSON does not know yet");
      append_enum(*f->enum_type(), r.GetRepeatedEnumValue(m, f, i), out);
    }
  }
  out += ']';
}

void append_message(const Message& message, std::string& out) {
  const Descriptor* type = message.GetDescriptor();
  if (type == Timestamp::descriptor()) {
    return append_time(static_cast<const Timestamp&>(message), out);
  }
  if (type == Duration::descriptor()) {
    return append_span(static_cast<const Duration&>(message), out);
  }
  const Reflection& reflection = *message.GetReflection();
  char separator = '{';
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->has_presence() && !reflection.HasField(message, field)) continue;
    out += separator;
    separator = ',';
    out += '"';
    out += field->name();
    out += "\":";
    if (field->is_map()) {
      append_map(message, reflection, field, out);
    } else if (field->is_repeated()) {
      append_list(message, reflection, field, out);
    } else {
      append_value(message, reflection, field, out);
    }
  }
  if (separator == '{') out += '{';
  out += '}';
}

}  // namespace

void append_json(const Message& message, std::string& out) { append_message(message, out); }

std::string to_json(const Message& message) {
  std::string out;
  append_message(message, out);
  return out;
}

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kMeanings = "\b\f\n\r\t";
  constexpr std::string_view kLetters = "bfnrt";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else if (const std::size_t i = kMeanings.find(c); i != std::string_view::npos) {
      out += '\\';
      out += kLetters[i];
    } else {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    }
  }
  out += '"';
}

void append_json_base64(std::string_view bytes, std::string& out) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out += '"';
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(bytes.size() - i, 3);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  out += '"';
}

}  // namespace crowdflow::wire
