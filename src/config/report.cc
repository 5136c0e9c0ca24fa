#include "config/report.h"

#include <algorithm>
#include <utility>

#include "config/nearest.h"
#include "config/source_text.h"

namespace crowdflow::config {
std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNothing:
      return "nothing";
    case NodeKind::kScalar:
      return quote(node.text) + (node.quoted ? " in quotes" : "");
    case NodeKind::kList:
      return node.first_child == nullptr ? "an empty list" : "a list";
    case NodeKind::kMap:
      return node.first_child == nullptr ? "an empty map" : "a map";
  }
  return {};
}

std::string nearest_hint(std::string_view name, const std::vector<std::string_view>& names) {
  std::size_t best = std::max<std::size_t>(1, std::min<std::size_t>(name.size() / 3, 4)) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : names) {
    const std::size_t distance = edit_distance(name, candidate, best - 1);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest.empty() ? std::string{} : "did you mean \"" + std::string{nearest} + "\"?";
}

Report::Report(std::string file_name, std::string_view text)
    : file_name_(std::move(file_name)), text_(text) {}

void Report::error(const Node& node, std::string expected, std::string hint) {
  error(node, describe(node), std::move(expected), std::move(hint));
}

void Report::error(const Node& node, std::string found, std::string expected, std::string hint) {
  add(errors_, node.at,
      {.path = node.path(),
       .found = std::move(found),
       .expected = std::move(expected),
       .hint = std::move(hint)});
}

void Report::key_error(const Node& node, std::string found, std::string expected,
                       std::string hint) {
  add(errors_, node.key_at,
      {.path = node.path(),
       .found = std::move(found),
       .expected = std::move(expected),
       .hint = std::move(hint)});
}

void Report::document_error(const DocumentError& error) {
  add(errors_, error.at,
      {.path = error.path, .found = error.found, .expected = error.expected, .hint = error.hint});
}

void Report::warn(const Node& node, std::string found, std::string expected) {
  add(warnings_, node.at,
      {.path = node.path(), .found = std::move(found), .expected = std::move(expected)});
}

std::vector<ConfigError> Report::take_errors() { return finish(errors_, "errors"); }
std::vector<ConfigError> Report::take_warnings() { return finish(warnings_, "warnings"); }

void Report::add(Entries& to, const Mark& at, ConfigError error) {
  if (to.kept.size() >= kMaxErrors) {
    ++to.dropped;
    return;
  }
  to.kept.push_back({.at = at, .error = std::move(error)});
}

std::vector<ConfigError> Report::finish(Entries& entries, std::string_view noun) const {
  std::stable_sort(entries.kept.begin(), entries.kept.end(), [](const Entry& a, const Entry& b) {
    return std::pair{a.at.line, a.at.bytes} < std::pair{b.at.line, b.at.bytes};
  });
  std::vector<ConfigError> errors;
  if (entries.kept.empty()) return errors;
  const SourceText source{text_};
  // A line may be as long as the file: its characters are counted once, from error to error.
  Mark counted;
  std::size_t characters = 0;
  for (Entry& entry : entries.kept) {
    const std::string_view line = source.line(entry.at.line);
    if (entry.at.line != counted.line) {
      counted = {.line = entry.at.line, .bytes = 0};
      characters = 0;
    }
    const auto bytes =
        static_cast<std::uint32_t>(std::min<std::size_t>(entry.at.bytes, line.size()));
    characters += count_characters(line.substr(counted.bytes, bytes - counted.bytes));
    counted.bytes = bytes;
    SourceText::Excerpt excerpt = source.excerpt(entry.at.line, entry.at.bytes);
    ConfigError& error = errors.emplace_back(std::move(entry.error));
    error.file = file_name_;
    error.line = static_cast<int>(entry.at.line);
    error.column = static_cast<int>(characters) + 1;
    error.excerpt = std::move(excerpt.text);
    error.excerpt_column = excerpt.column;
  }
  if (entries.dropped > 0) {
    ConfigError& rest = errors.emplace_back();
    rest.file = file_name_;
    rest.found = std::to_string(entries.dropped) + " more " + std::string{noun};
  }
  return errors;
}

}  // namespace crowdflow::config
