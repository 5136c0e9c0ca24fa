#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.h"
#include "config/document.h"

namespace crowdflow::config {

// Collects what is wrong and what is remarkable in one file, by node. One thread.
//
// Limits: keeps kMaxErrors errors and as many warnings; of the rest it only says how many there
// were.
class Report {
 public:
  static constexpr std::size_t kMaxErrors = 1000;

  Report(std::string file_name, std::string_view text);

  // `found` is the node's own value.
  void error(const Node& node, std::string expected, std::string hint = {});
  // `found` in words, at the node's value.
  void error(const Node& node, std::string found, std::string expected, std::string hint);
  // At the node's key (its value, when it is in a list).
  void key_error(const Node& node, std::string found, std::string expected, std::string hint);
  void document_error(const DocumentError& error);
  void warn(const Node& node, std::string found, std::string expected);

  // Nothing more is kept. Saves the work of saying it well: drop_error() only counts.
  [[nodiscard]] bool is_full() const { return errors_.kept.size() >= kMaxErrors; }
  void drop_error() { ++errors_.dropped; }

  [[nodiscard]] bool has_errors() const { return !errors_.kept.empty(); }
  // Searching for the nearest of many names is slow: only the first errors get a hint.
  [[nodiscard]] bool wants_hints() const { return errors_.kept.size() < 50; }

  // In the order of the file, with excerpts. Once.
  [[nodiscard]] std::vector<ConfigError> take_errors();
  [[nodiscard]] std::vector<ConfigError> take_warnings();

 private:
  struct Entry {
    Mark at;
    ConfigError error;
  };
  struct Entries {
    std::vector<Entry> kept;
    std::size_t dropped = 0;
  };

  static void add(Entries& to, const Mark& at, ConfigError error);
  std::vector<ConfigError> finish(Entries& entries, std::string_view noun) const;

  std::string file_name_;
  std::string_view text_;
  Entries errors_;
  Entries warnings_;
};

// What a node is, in words: "abc", `nothing`, `a list`, `a map`.
[[nodiscard]] std::string describe(const Node& node);

// The one of `names` that `name` is most likely a slip of, as `did you mean "x"?`; empty: none.
[[nodiscard]] std::string nearest_hint(std::string_view name,
                                       const std::vector<std::string_view>& names);

}  // namespace crowdflow::config
