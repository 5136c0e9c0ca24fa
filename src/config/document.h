#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace crowdflow::config {

// Where something begins. Line from 1; bytes before it on that line.
struct Mark {
  std::uint32_t line = 0;
  std::uint32_t bytes = 0;
};

enum class NodeKind : std::uint8_t { kNothing, kScalar, kList, kMap };

// A value of a YAML document, with its place. Knows its parent, so that a place in the structure
// can be named from the node alone.
struct Node {
  NodeKind kind = NodeKind::kNothing;
  // A scalar in quotes (or a block scalar) is text and nothing else.
  bool quoted = false;
  // Position among the parent's children.
  std::uint32_t index = 0;
  // Of the value, and of its key when the parent is a map.
  Mark at;
  Mark key_at;
  const Node* parent = nullptr;
  const Node* first_child = nullptr;
  const Node* next = nullptr;
  std::string_view key;
  std::string text;

  // "zones[2].area"; empty for the top.
  [[nodiscard]] std::string path() const;
};

// What the parser itself has to say: wrong syntax, repeated keys, YAML that we do not take.
struct DocumentError {
  Mark at;
  std::string path;
  std::string found;
  std::string expected;
  std::string hint;
};

// A YAML document as a tree of nodes. Made of the YAML that people write by hand: anchors, aliases,
// tags, keys that are not plain text and a second document are errors.
//
// Ownership: owns its nodes; they live as long as it does and do not move. Any thread, one at a
// time. Limits: 32 levels, 6 million values. Never throws, whatever the bytes are.
class Document {
 public:
  // UTF-8 without a byte order mark. What is needed of the text is copied.
  explicit Document(std::string_view text);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // nullptr when the text is not well-formed or empty; errors() then says why.
  [[nodiscard]] const Node* root() const { return root_; }
  // In the order of the text. May be there beside a root.
  [[nodiscard]] const std::vector<DocumentError>& errors() const { return errors_; }

 private:
  class Builder;

  std::deque<Node> nodes_;
  std::unordered_set<std::string> keys_;
  std::vector<DocumentError> errors_;
  const Node* root_ = nullptr;
};

}  // namespace crowdflow::config
