#include "config/reader.h"

#include <algorithm>

#include "config/source_text.h"
#include "config/values.h"

namespace crowdflow::config {
namespace {

// A number or a word, not text in quotes.
bool is_plain(const Node& node) { return node.kind == NodeKind::kScalar && !node.quoted; }

// What people write for numbers, and what they should.
std::string number_hint(const Node& node) {
  if (node.kind != NodeKind::kScalar) return {};
  if (node.quoted) return parse_number(node.text) ? "write it without quotes" : "";
  const std::string& text = node.text;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (digits == 0) return {};
  const std::string number = text.substr(0, digits);
  if (digits < text.size() && parse_number(number)) {
    const char next = text[digits];
    const std::string rest = text.substr(digits + 1);
    if (next == ',' && !rest.empty() && parse_number(number + '.' + rest)) {
      return "write " + number + '.' + rest + " with a decimal point";
    }
    if (next == 'e' && parse_whole(rest)) return "write it without an exponent";
    if (next == 'x') return "write it as a decimal number";
    if (next == '_') return "write it without underscores";
    return next == ',' ? "" : "write it without a unit";
  }
  const std::size_t significant = text.find_first_not_of('0');
  if (digits == text.size() && significant != 0) {
    const std::string shorter = significant == std::string::npos ? "0" : text.substr(significant);
    if (parse_number(shorter)) return "write " + shorter + " without leading zeros";
  }
  return {};
}

std::string bounds(const std::string& kind, std::string_view of, double least, double most,
                   bool least_excluded) {
  std::string text = "a " + kind;
  if (!of.empty()) text += " of " + std::string{of};
  if (least_excluded) return text + " above " + to_text(least) + ", at most " + to_text(most);
  return text + " from " + to_text(least) + " to " + to_text(most);
}

}  // namespace

MapReader::MapReader(Report& report, const Node& node, std::string_view what)
    : report_(report), node_(node) {
  if (!is_map()) report.error(node, std::string{what});
}

MapReader::~MapReader() {
  if (!is_map()) return;
  for (const Node* entry = node_.first_child; entry != nullptr; entry = entry->next) {
    if (std::find(known_.begin(), known_.end(), entry->key) != known_.end()) continue;
    if (report_.is_full()) {
      report_.drop_error();
      continue;
    }
    report_.key_error(*entry, "the unknown key " + quote(entry->key), enumerate(known_),
                      nearest_hint(entry->key, known_));
  }
}

const Node* MapReader::entry(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const Node* entry = node_.first_child; entry != nullptr; entry = entry->next) {
    if (entry->key == key) return entry;
  }
  return nullptr;
}

const Node* MapReader::find(std::string_view key) {
  known_.push_back(key);
  const Node* found = entry(key);
  if (found == nullptr || found->kind != NodeKind::kNothing) return found;
  report_.key_error(*found, "nothing", "a value, or no \"" + std::string{key} + "\" at all", {});
  return nullptr;
}

const Node* MapReader::require(std::string_view key, std::string_view expected) {
  known_.push_back(key);
  const Node* found = entry(key);
  if (found != nullptr && found->kind != NodeKind::kNothing) return found;
  if (found != nullptr) {
    report_.key_error(*found, "nothing", std::string{expected}, {});
  } else if (is_map()) {
    report_.error(node_, "no \"" + std::string{key} + '"', std::string{expected}, {});
  }
  return nullptr;
}

std::vector<const Node*> read_list(Report& report, const Node* node, std::string_view what,
                                   std::size_t most) {
  std::vector<const Node*> items;
  if (node == nullptr) return items;
  if (node->kind != NodeKind::kList) {
    report.error(*node, std::string{what});
    return items;
  }
  for (const Node* item = node->first_child; item != nullptr; item = item->next) {
    if (items.size() == most) {
      report.error(*item, "one item more", "at most " + std::to_string(most), {});
      break;
    }
    items.push_back(item);
  }
  return items;
}

std::optional<double> read_number(Report& report, const Node* node, const NumberRange& range) {
  if (node == nullptr) return std::nullopt;
  const auto value = is_plain(*node) ? parse_number(node->text) : std::nullopt;
  const bool fits = value && *value <= range.most &&
                    (range.least_excluded ? *value > range.least : *value >= range.least);
  if (fits) return value;
  report.error(*node, bounds("number", range.of, range.least, range.most, range.least_excluded),
               value ? "" : number_hint(*node));
  return std::nullopt;
}

std::optional<std::int64_t> read_whole(Report& report, const Node* node, const WholeRange& range) {
  if (node == nullptr) return std::nullopt;
  const auto value = is_plain(*node) ? parse_whole(node->text) : std::nullopt;
  if (value && *value >= range.least && *value <= range.most) return value;
  report.error(*node,
               bounds("whole number", range.of, static_cast<double>(range.least),
                      static_cast<double>(range.most), false),
               value ? "" : number_hint(*node));
  return std::nullopt;
}

std::optional<Span> read_duration(Report& report, const Node* node, Span least, Span most) {
  if (node == nullptr) return std::nullopt;
  const auto value = node->kind == NodeKind::kScalar ? parse_duration(node->text) : std::nullopt;
  if (value && *value >= least && *value <= most) return value;
  const bool no_unit = is_plain(*node) && parse_number(node->text).has_value();
  report.error(*node, "a duration from " + to_text(least) + " to " + to_text(most),
               no_unit ? "write a whole number with its unit: ms, s, m, h or d" : "");
  return std::nullopt;
}

std::optional<bool> read_bool(Report& report, const Node* node) {
  if (node == nullptr) return std::nullopt;
  if (is_plain(*node) && node->text == "true") return true;
  if (is_plain(*node) && node->text == "false") return false;
  report.error(*node, "true or false",
               node->text == "true" || node->text == "false" ? "write it without quotes" : "");
  return std::nullopt;
}

std::optional<std::string> read_text(Report& report, const Node* node, std::size_t most) {
  if (node == nullptr) return std::nullopt;
  const bool fits = node->kind == NodeKind::kScalar && !node->text.empty() &&
                    count_characters(node->text) <= most && !find_non_text(node->text) &&
                    node->text.find_first_of("\n\t") == std::string::npos;
  if (fits) return node->text;
  report.error(*node, "a line of text of at most " + std::to_string(most) + " characters");
  return std::nullopt;
}

std::string read_id(Report& report, const Node* node) {
  if (node == nullptr) return {};
  if (node->kind != NodeKind::kScalar || !is_id(node->text)) {
    report.error(
        *node,
        "an id: 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\", beginning with a letter or digit");
  }
  return node->text;
}

void read_format_version(Report& report, MapReader& map) {
  const Node* version = map.require("crowdflow", "`crowdflow: v1`, the version of the format");
  if (version == nullptr || (version->kind == NodeKind::kScalar && version->text == "v1")) return;
  report.error(*version, "v1, the only version of the format so far");
}

std::string enumerate(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

void report_not_one_of(Report& report, const Node& node,
                       const std::vector<std::string_view>& names) {
  report.error(node, enumerate(names),
               node.kind == NodeKind::kScalar ? nearest_hint(node.text, names) : "");
}

}  // namespace crowdflow::config
