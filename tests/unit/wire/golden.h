#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <string_view>

#include "paths.h"

namespace crowdflow::test {

// Whether `actual` is what tests/unit/wire/golden/`name` holds. The contract is what others have
// built on: when it is meant to change, the new text is where the failure says.
inline testing::AssertionResult is_golden(std::string_view name, const std::string& actual) {
  const auto path = source_dir() / "tests/unit/wire/golden" / name;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream expected;
  expected << in.rdbuf();
  if (in && expected.str() == actual) return testing::AssertionSuccess();
  const auto other = build_dir() / "golden" / name;
  std::filesystem::create_directories(other.parent_path());
  std::ofstream(other, std::ios::binary) << actual;
  return testing::AssertionFailure()
         << "differs from " << path << "; if that is meant:\n  cp " << other << ' ' << path;
}

// Bytes as lines of hexadecimal digits, sixteen a line.
inline std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
    out += i % 16 == 15 || i + 1 == bytes.size() ? '\n' : ' ';
  }
  return out;
}

// The bytes that tests/unit/wire/golden/`name` holds, as hex() writes them.
inline std::string golden_bytes(std::string_view name) {
  std::ifstream in(source_dir() / "tests/unit/wire/golden" / name);
  std::string bytes;
  for (std::string digits; in >> digits;)
    bytes.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
  return bytes;
}

}  // namespace crowdflow::test
