#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crowdflow::config {

// The first byte that cannot be part of a text file: not UTF-8, a control character, or a carriage
// return that ends no line.
[[nodiscard]] std::optional<std::size_t> find_non_text(std::string_view text);

// Characters (code points) in `text`, which is UTF-8.
[[nodiscard]] std::size_t count_characters(std::string_view text);

// The first 60 characters and "..." when there are more.
[[nodiscard]] std::string shorten(std::string_view text);

// In quotes, shortened and on one line, for messages.
[[nodiscard]] std::string quote(std::string_view text);

// Without the blanks, tabs and carriage returns around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// With a to z for A to Z.
[[nodiscard]] std::string lower_case(std::string_view text);

// Blanks that are as wide on a terminal as `text`: tabs stay, East Asian wide characters count two.
[[nodiscard]] std::string blanks_like(std::string_view text);

// A text and where its lines begin. Keeps a view of the text.
class SourceText {
 public:
  explicit SourceText(std::string_view text);

  // Without its line break; lines count from 1, one past the end is empty.
  [[nodiscard]] std::string_view line(std::size_t number) const;

  // At most kExcerptWidth characters of a line, around the byte `at`, with "..." where it was cut.
  struct Excerpt {
    std::string text;
    // Characters before `at` in it.
    std::size_t column = 0;
  };
  static constexpr std::size_t kExcerptWidth = 100;
  [[nodiscard]] Excerpt excerpt(std::size_t line_number, std::size_t at) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace crowdflow::config
