#include "config/document.h"

#include <algorithm>
#include <array>
#include <istream>
#include <streambuf>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "config/source_text.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxNodes = 6'000'000;

Mark mark_of(const YAML::Mark& mark) {
  return {static_cast<std::uint32_t>(std::max(mark.line, 0) + 1),
          static_cast<std::uint32_t>(std::max(mark.column, 0))};
}

Mark mark_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1),
          static_cast<std::uint32_t>(offset - line_start)};
}

// Reads a view; the caller's bytes are not copied.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    // The get area is never written to: this class overrides no put function.
    char* begin = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    setg(begin, begin, begin + text.size());
  }
};

struct SyntaxText {
  std::string_view parser;
  std::string_view expected;
};

// What the parser's short messages mean to somebody who does not know its grammar.
const std::array kSyntaxTexts{
    SyntaxText{YAML::ErrorMsg::END_OF_MAP_FLOW, "\",\" or \"}\" (is a brace left open?)"},
    SyntaxText{YAML::ErrorMsg::END_OF_SEQ_FLOW, "\",\" or \"]\" (is a bracket left open?)"},
    SyntaxText{YAML::ErrorMsg::END_OF_MAP,
               "the next key, indented like the keys before it, or the end of this map"},
    SyntaxText{YAML::ErrorMsg::END_OF_SEQ,
               "the next \"- \", indented like the items before it, or the end of this list"},
    SyntaxText{YAML::ErrorMsg::MAP_VALUE,
               "one \": \" on a line; text that contains one needs quotes"},
    SyntaxText{YAML::ErrorMsg::MAP_KEY, "a key at the beginning of a line"},
    SyntaxText{YAML::ErrorMsg::BLOCK_ENTRY, "\"- \" only at the beginning of a line"},
    SyntaxText{YAML::ErrorMsg::TAB_IN_INDENTATION, "spaces: YAML is not indented with tabs"},
    SyntaxText{YAML::ErrorMsg::EOF_IN_SCALAR, "a closing quote"},
    SyntaxText{YAML::ErrorMsg::DOC_IN_SCALAR, "a closing quote before this line"},
    SyntaxText{YAML::ErrorMsg::FLOW_END, "a bracket or brace that was opened before"},
    SyntaxText{YAML::ErrorMsg::UNKNOWN_TOKEN, "a value; text that begins like this needs quotes"},
    SyntaxText{YAML::ErrorMsg::UNKNOWN_ANCHOR, "the value itself; text with a * needs quotes"},
    SyntaxText{YAML::ErrorMsg::INVALID_ESCAPE,
               "an escape such as \\n or \\\"; in single quotes a backslash stands for itself"},
    SyntaxText{YAML::ErrorMsg::INVALID_HEX, "hexadecimal digits"},
    SyntaxText{YAML::ErrorMsg::INVALID_UNICODE, "the number of a Unicode character"},
    SyntaxText{YAML::ErrorMsg::BAD_FILE, "at most 32 levels of lists and maps"},
};

// Whether the quoted scalar that begins at `offset` has its closing quote. The parser takes the end
// of the file for one.
bool is_closed(std::string_view text, std::size_t offset) {
  const char mark = text[offset];
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (mark == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == mark) {
      if (mark == '"' || i + 1 == text.size() || text[i + 1] != mark) return true;
      ++i;  // '' stands for one
    }
  }
  return false;
}

// What stands at `mark`, up to the next blank.
std::string describe_source(std::string_view text, const Mark& mark) {
  const SourceText source{text};
  std::string_view rest = source.line(mark.line);
  rest.remove_prefix(std::min<std::size_t>(mark.bytes, rest.size()));
  rest = rest.substr(0, rest.find_first_of(" \t"));
  if (!rest.empty()) return quote(rest);
  const bool more = source.line(mark.line).size() > mark.bytes;
  if (more) return "a blank";
  return source.line(mark.line + 1).data() == nullptr ? "the end of the file"
                                                      : "the end of the line";
}

DocumentError syntax_error(std::string_view text, const YAML::Exception& exception) {
  DocumentError error{.at = mark_of(exception.mark)};
  const std::string_view line = SourceText{text}.line(error.at.line);
  const std::size_t tab = line.find('\t');
  if (tab < line.find_first_not_of(" \t")) {
    error.at.bytes = static_cast<std::uint32_t>(tab);
    error.found = "a tab";
    error.expected = "spaces: YAML is not indented with tabs";
    return error;
  }
  // The parser has passed an escape when it sees that it does not know it.
  const std::size_t at = std::min<std::size_t>(error.at.bytes, line.size());
  if (at >= 2 && line[at - 2] == '\\') error.at.bytes -= 2;
  error.found = describe_source(text, error.at);
  error.expected = "well-formed YAML (" + exception.msg + ")";
  for (const SyntaxText& known : kSyntaxTexts) {
    if (exception.msg.starts_with(known.parser)) error.expected = known.expected;
  }
  return error;
}

}  // namespace

std::string Node::path() const {
  std::vector<const Node*> chain;
  for (const Node* node = this; node->parent != nullptr; node = node->parent)
    chain.push_back(node);
  std::string path;
  for (auto node = chain.rbegin(); node != chain.rend(); ++node) {
    if ((*node)->parent->kind == NodeKind::kList) {
      path += '[' + std::to_string((*node)->index) + ']';
    } else {
      if (!path.empty()) path += '.';
      path += shorten((*node)->key);
    }
  }
  return path;
}

// Turns the parser's events into nodes. What it cannot take it reports and skips.
class Document::Builder : public YAML::EventHandler {
 public:
  Builder(Document& document, std::string_view text) : document_(document), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ != 2) return;
    refuse(mark_of(mark), "", "a second document", "one document in a file");
    ++skipping_;
  }
  void OnDocumentEnd() override {}

  // The rest of the file is in it: nothing that follows from it is worth saying.
  [[nodiscard]] const std::optional<DocumentError>& unclosed_quote() const { return unclosed_; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (skipping_ == 0 && take_as_key(mark, nullptr)) return;
    add(mark, anchor, "", NodeKind::kNothing);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    if (skipping_ == 0 && take_as_key(mark, nullptr)) return;
    if (Node* node = add(mark, 0, "", NodeKind::kNothing)) {
      refuse(mark_of(mark), node->path(), "an alias (*)", "the value itself");
      node->kind = NodeKind::kScalar;
      node->text = "*";
    }
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (skipping_ == 0 && take_as_key(mark, &value)) return;
    if (Node* node = add(mark, anchor, tag, NodeKind::kScalar)) {
      node->text = value;
      node->quoted = tag == "!";
      const auto offset = static_cast<std::size_t>(std::max(mark.pos, 0));
      const bool in_quotes =
          offset < text_.size() && (text_[offset] == '"' || text_[offset] == '\'');
      if (node->quoted && in_quotes && !is_closed(text_, offset)) {
        unclosed_ = DocumentError{.at = node->at,
                                  .path = node->path(),
                                  .found = "a quote that is never closed",
                                  .expected = "a closing quote"};
      }
    }
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, tag, NodeKind::kList);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, tag, NodeKind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come yet.
  struct Frame {
    Node* node = nullptr;
    Node* last_child = nullptr;
    std::uint32_t children = 0;
    // In a map: whether the next event is a key; the key that the next value belongs to.
    bool at_key = false;
    bool key_is_good = false;
    std::string_view key;
    Mark key_at;
  };

  void refuse(const Mark& at, std::string path, std::string found, std::string expected,
              std::string hint = {}) {
    document_.errors_.push_back({.at = at,
                                 .path = std::move(path),
                                 .found = std::move(found),
                                 .expected = std::move(expected),
                                 .hint = std::move(hint)});
  }

  // Whether the event was a map's key; nullptr: one that is not plain text.
  bool take_as_key(const YAML::Mark& mark, const std::string* text) {
    if (frames_.empty() || !frames_.back().at_key) return false;
    Frame& frame = frames_.back();
    frame.at_key = false;
    frame.key_at = mark_of(mark);
    frame.key_is_good = text != nullptr;
    if (text != nullptr) {
      frame.key = *document_.keys_.insert(*text).first;
    } else {
      refuse(frame.key_at, frame.node->path(), "a key that is not plain text",
             "a word, then \": \"");
    }
    return true;
  }

  // nullptr when the value is skipped.
  Node* add(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, NodeKind kind) {
    if (skipping_ > 0) return nullptr;
    if (document_.nodes_.size() >= kMaxNodes) {
      if (!full_) refuse(mark_of(mark), "", "one value more", "at most 6 million values");
      full_ = true;
      return nullptr;
    }
    if (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.node->kind == NodeKind::kMap) {
        frame.at_key = true;
        if (!frame.key_is_good) return nullptr;
      }
    }
    Node& node = document_.nodes_.emplace_back();
    node.kind = kind;
    node.at = mark_of(mark);
    node.key_at = node.at;
    if (frames_.empty()) {
      document_.root_ = &node;
    } else {
      Frame& frame = frames_.back();
      node.parent = frame.node;
      node.index = frame.children++;
      if (frame.node->kind == NodeKind::kMap) {
        node.key = frame.key;
        node.key_at = frame.key_at;
        // The parser places a value that is not there at whatever comes next.
        if (kind == NodeKind::kNothing) node.at = frame.key_at;
      }
      (frame.last_child == nullptr ? frame.node->first_child : frame.last_child->next) = &node;
      frame.last_child = &node;
    }
    if (anchor != 0) refuse(node.at, node.path(), "an anchor (&)", "the value itself, each time");
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(node.at, node.path(), "the tag " + tag, "the value without a tag");
    }
    return &node;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag, NodeKind kind) {
    if (skipping_ == 0 && take_as_key(mark, nullptr)) {
      ++skipping_;
      return;
    }
    if (skipping_ == 0 && frames_.size() >= kMaxDepth) {
      refuse(mark_of(mark), "", "a list or map 32 levels down",
             "at most 32 levels of lists and maps");
      frames_.back().at_key = frames_.back().node->kind == NodeKind::kMap;
      ++skipping_;
      return;
    }
    Node* node = add(mark, anchor, tag, kind);
    if (node == nullptr) {
      ++skipping_;
      return;
    }
    frames_.push_back({.node = node, .at_key = kind == NodeKind::kMap});
  }

  void close() {
    if (skipping_ > 0) {
      --skipping_;
      return;
    }
    if (frames_.back().node->kind == NodeKind::kMap) refuse_repeated_keys(*frames_.back().node);
    frames_.pop_back();
  }

  void refuse_repeated_keys(const Node& map) {
    std::vector<const Node*> entries;
    for (const Node* entry = map.first_child; entry != nullptr; entry = entry->next) {
      entries.push_back(entry);
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Node* a, const Node* b) { return a->key < b->key; });
    const Node* first = nullptr;
    for (const Node* entry : entries) {
      if (first == nullptr || first->key != entry->key) {
        first = entry;
        continue;
      }
      refuse(entry->key_at, entry->path(), quote(entry->key) + " again",
             "each key once; the first is on line " + std::to_string(first->key_at.line));
    }
  }

  Document& document_;
  std::string_view text_;
  std::size_t documents_ = 0;
  std::vector<Frame> frames_;
  // Lists and maps that were opened since the one that is skipped, itself included.
  std::size_t skipping_ = 0;
  bool full_ = false;
  std::optional<DocumentError> unclosed_;
};

Document::Document(std::string_view text) {
  if (const auto offset = find_non_text(text)) {
    constexpr std::string_view kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(text[*offset]);
    errors_.push_back({.at = mark_at(text, *offset),
                       .found = std::string{"the byte 0x"} + kHex[byte >> 4U] + kHex[byte & 0xFU],
                       .expected = "text in UTF-8, in lines that end with LF or CRLF"});
    return;
  }
  ViewBuffer buffer{text};
  std::istream stream{&buffer};
  Builder builder{*this, text};
  try {
    YAML::Parser parser{stream};
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    if (const std::optional<DocumentError>& unclosed = builder.unclosed_quote()) {
      root_ = nullptr;
      errors_ = {*unclosed};
      return;
    }
    if (root_ == nullptr || root_->kind == NodeKind::kNothing) {
      root_ = nullptr;
      errors_.push_back(
          {.at = {1, 0}, .found = "nothing", .expected = "a map that begins with `crowdflow: v1`"});
      return;
    }
  } catch (const YAML::Exception& exception) {
    root_ = nullptr;
    errors_ = {syntax_error(text, exception)};
  }
}

}  // namespace crowdflow::config
