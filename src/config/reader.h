#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <crowdflow/time.h>

#include "config/document.h"
#include "config/report.h"

namespace crowdflow::config {

// Reading checked values out of nodes. Whatever is not as expected is reported and answered with
// nothing, so that reading goes on and finds the other errors too. A node may be nullptr: not
// given.

// A map and the keys that it may have, which are those that it is asked for: when the reader goes,
// it reports all others, with the nearest that it knows.
class MapReader {
 public:
  // `what` names the map when something else is found: "a zone, such as { id: hall, area: 220 }".
  MapReader(Report& report, const Node& node, std::string_view what);
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  // The value of `key`, or nullptr when it is not given. A key without a value is reported.
  const Node* find(std::string_view key);
  // The same; reports when it is not given. `expected`: "the zone's id".
  const Node* require(std::string_view key, std::string_view expected);
  // Whether the key is there, with or without a value.
  [[nodiscard]] bool has(std::string_view key) const { return entry(key) != nullptr; }

  // False when the node was something else than a map; find() and require() then say nothing.
  [[nodiscard]] bool is_map() const { return node_.kind == NodeKind::kMap; }
  [[nodiscard]] const Node& node() const { return node_; }

 private:
  [[nodiscard]] const Node* entry(std::string_view key) const;

  Report& report_;
  const Node& node_;
  std::vector<std::string_view> known_;
};

// The items of a list; empty when not given or reported as something else. `what`: "a list of
// zones".
[[nodiscard]] std::vector<const Node*> read_list(Report& report, const Node* node,
                                                 std::string_view what, std::size_t most);

// Bounds of a number, included unless said, and what it counts: "square metres".
struct NumberRange {
  std::string_view of;
  double least = 0;
  double most = 0;
  bool least_excluded = false;
};
[[nodiscard]] std::optional<double> read_number(Report& report, const Node* node,
                                                const NumberRange& range);

// Bounds of a whole number, included.
struct WholeRange {
  std::string_view of;
  std::int64_t least = 0;
  std::int64_t most = 0;
};
[[nodiscard]] std::optional<std::int64_t> read_whole(Report& report, const Node* node,
                                                     const WholeRange& range);

[[nodiscard]] std::optional<Span> read_duration(Report& report, const Node* node, Span least,
                                                Span most);
[[nodiscard]] std::optional<bool> read_bool(Report& report, const Node* node);
// Text of one line, 1 to `most` characters.
[[nodiscard]] std::optional<std::string> read_text(Report& report, const Node* node,
                                                   std::size_t most);
// As is_id() has it. What is no id is reported and given back all the same: others may refer to it.
[[nodiscard]] std::string read_id(Report& report, const Node* node);

// `crowdflow: v1`, the first line of every file that we read.
void read_format_version(Report& report, MapReader& map);

// "a, b or c"
[[nodiscard]] std::string enumerate(const std::vector<std::string_view>& names);

// Says that `node` should have been one of `names`.
void report_not_one_of(Report& report, const Node& node,
                       const std::vector<std::string_view>& names);

template <typename Value>
[[nodiscard]] std::optional<Value> read_choice(
    Report& report, const Node* node,
    std::initializer_list<std::pair<std::string_view, Value>> choices) {
  if (node == nullptr) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : choices) {
    if (node->kind == NodeKind::kScalar && node->text == name) return value;
    names.push_back(name);
  }
  report_not_one_of(report, *node, names);
  return std::nullopt;
}

}  // namespace crowdflow::config
