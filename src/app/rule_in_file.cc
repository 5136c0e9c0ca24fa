#include "app/rule_in_file.h"

#include <algorithm>

#include "config/document.h"

namespace crowdflow::app {
namespace {

using config::Node;

const Node* child(const Node* node, std::string_view key) {
  if (node == nullptr) return nullptr;
  for (const Node* at = node->first_child; at != nullptr; at = at->next) {
    if (at->key == key) return at;
  }
  return nullptr;
}

std::uint32_t last_line(const Node& node) {
  std::uint32_t line = std::max(node.at.line, node.key_at.line);
  for (const Node* at = node.first_child; at != nullptr; at = at->next)
    line = std::max(line, last_line(*at));
  return line;
}

std::string lines_of(std::string_view text, std::uint32_t first, std::uint32_t last) {
  std::string lines;
  for (std::uint32_t line = 1; line <= last && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (line >= first) lines += std::string(text.substr(0, end)) + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

RuleInFile find_rule(std::string_view yaml, std::string_view rule_id) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (yaml.starts_with(kByteOrderMark)) yaml.remove_prefix(kByteOrderMark.size());
  const config::Document document(yaml);
  const Node* rules = child(document.root(), "rules");
  if (rules == nullptr) return {};
  for (const Node* rule = rules->first_child; rule != nullptr; rule = rule->next) {
    const Node* id = child(rule, "id");
    if (id == nullptr || id->text != rule_id) continue;
    return {.line = rule->at.line, .text = lines_of(yaml, rule->at.line, last_line(*rule))};
  }
  return {};
}

}  // namespace crowdflow::app
