#pragma once

#include <span>
#include <string>

namespace crowdflow::config {

// One thing that is wrong in (or, as a warning, remarkable about) a file that a person wrote.
struct ConfigError {
  // As it was named by the caller.
  std::string file;
  // 1-based; the column counts characters, not bytes. Both 0: the file as a whole.
  int line = 0;
  int column = 0;
  // Where in the structure: "zones[2].area". Empty: the top, or not known (wrong syntax).
  std::string path;
  // What is there, in words: `"abc"`, `no "area"`, `a list`.
  std::string found;
  // What would have been right, in words, or what follows from it (warnings).
  std::string expected;
  // How to get there: `did you mean "area"?`. May be empty.
  std::string hint;
  // The line of the file that it is about, cut around the column when long, and how many characters
  // stand before the column in it. Empty when `line` is 0.
  std::string excerpt;
  std::size_t excerpt_column = 0;
};

// zones[2].area: found "abc", expected a number of square metres above 0
[[nodiscard]] std::string message(const ConfigError& error);

// For people: each error as `file:line:column: message`, the source line and a caret below it.
[[nodiscard]] std::string format_errors(std::span<const ConfigError> errors);
// The same with `file:line:column: warning: message`.
[[nodiscard]] std::string format_warnings(std::span<const ConfigError> warnings);

}  // namespace crowdflow::config
