#include "config/reader.h"
#include "config/source_text.h"
#include "config/venue_draft.h"

namespace crowdflow::config {

void Names::add(Report& report, const Node* node, const std::string& id) {
  const std::uint32_t index = next_++;
  if (node == nullptr || id.empty()) return;
  const auto [item, added] = items_.try_emplace(id, Item{.index = index, .line = node->at.line});
  if (added) return;
  report.error(*node, quote(id) + " again",
               "an id that no other " + std::string{noun_} + " has; the first is on line " +
                   std::to_string(item->second.line),
               {});
}

std::optional<std::uint32_t> Names::resolve(Report& report, const Node* node,
                                            std::string_view other) const {
  if (node == nullptr) return std::nullopt;
  const bool is_text = node->kind == NodeKind::kScalar;
  if (is_text) {
    if (const auto item = items_.find(node->text); item != items_.end()) return item->second.index;
  }
  std::string hint;
  if (is_text && report.wants_hints()) {
    std::vector<std::string_view> ids;
    if (!other.empty()) ids.push_back(other);
    for (const auto& [id, item] : items_)
      ids.push_back(id);
    hint = nearest_hint(node->text, ids);
  }
  std::string expected = noun_.starts_with('o') ? "the id of an " : "the id of a ";
  expected += noun_;
  if (!other.empty()) expected += ", or " + std::string{other};
  report.error(*node, std::move(expected), std::move(hint));
  return std::nullopt;
}

}  // namespace crowdflow::config
