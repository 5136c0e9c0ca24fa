#include "wire/csv_rows.h"

#include <algorithm>
#include <utility>

namespace crowdflow::wire {
namespace {

constexpr std::size_t kLongestRefused = 4096;  // what is shown of a row that is too long

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// What the first row has most of, outside of quotes.
char most_of(std::string_view row) {
  constexpr std::string_view kDelimiters = ";,\t";
  std::size_t counts[kDelimiters.size()] = {};
  bool quoted = false;
  for (const char c : row) {
    if (c == '"') quoted = !quoted;
    const std::size_t which = kDelimiters.find(c);
    if (!quoted && which != std::string_view::npos) ++counts[which];
  }
  return kDelimiters[static_cast<std::size_t>(std::ranges::max_element(counts) - counts)];
}

}  // namespace

Result<CsvRows> CsvRows::open(const std::string& path, std::optional<char> delimiter) {
  auto source = TextSource::open(path);
  if (!source) return tl::unexpected(source.error());
  CsvRows rows(std::move(*source), delimiter);
  if (auto begun = rows.begin(); !begun) return tl::unexpected(begun.error());
  return rows;
}

// Finds the delimiter.
Result<void> CsvRows::begin() {
  if (const auto more = source_.grow(); !more) return tl::unexpected(more.error());
  const std::string_view text = source_.text();
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return fail(ErrorCode::kInvalid,
                source_.path() + " is UTF-16 text, expected UTF-8: save it as \"CSV UTF-8\"");
  }
  if (text.starts_with("\xEF\xBB\xBF")) source_.drop(3);  // a byte order mark
  auto length = row_length();
  if (!length) return tl::unexpected(length.error());
  std::string_view first = trim(source_.text().substr(0, length->value_or(0)));
  if (first.size() == 5 && first.starts_with("sep=")) {
    if (!delimiter_) delimiter_ = first.back();
    advance(**length);
    length = row_length();
    if (!length) return tl::unexpected(length.error());
    first = source_.text().substr(0, length->value_or(0));
  }
  if (!delimiter_) delimiter_ = most_of(first);
  return {};
}

Result<std::optional<CsvRows::Row>> CsvRows::next() {
  while (true) {
    advance(std::exchange(taken_, 0));
    const auto length = row_length();
    if (!length) return tl::unexpected(length.error());
    if (!*length) {
      auto row = too_long();
      if (!row) return tl::unexpected(row.error());
      return std::optional{std::move(*row)};
    }
    if (**length == 0) return std::nullopt;
    taken_ = **length;
    const std::string_view raw = source_.text().substr(0, taken_);
    std::string problem = split(raw);
    const bool empty =
        std::ranges::all_of(cells_, [](std::string_view cell) { return cell.empty(); });
    if (empty && problem.empty()) continue;
    return Row{.line = line_, .raw = trim(raw), .cells = cells_, .problem = std::move(problem)};
  }
}

// Of the row that the window begins with, its line break included; 0 at the end of the file;
// nothing when it is longer than a row may be.
Result<std::optional<std::size_t>> CsvRows::row_length() {
  bool quoted = false;
  std::size_t at = 0;
  while (true) {
    const std::string_view text = source_.text();
    for (; at < text.size(); ++at) {
      if (text[at] == '"') quoted = !quoted;
      if (text[at] == '\n' && !quoted) return at + 1;
    }
    if (text.size() > kMaxRowBytes) return std::nullopt;
    const Result<bool> more = source_.grow();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return source_.text().size();
  }
}

// Fills cells_; says what is wrong, if anything is.
std::string CsvRows::split(std::string_view raw) {
  cells_.clear();
  unquoted_.clear();
  std::string_view rest = trim(raw).empty() ? std::string_view{} : raw;
  if (rest.ends_with('\n')) rest.remove_suffix(1);
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  while (true) {
    const std::size_t first = rest.find_first_not_of(' ');
    if (first == std::string_view::npos || rest[first] != '"') {
      const std::size_t end = std::min(rest.find(*delimiter_), rest.size());
      cells_.push_back(trim(rest.substr(0, end)));
      if (end == rest.size()) return {};
      rest.remove_prefix(end + 1);
      continue;
    }
    rest.remove_prefix(first + 1);
    std::size_t end = rest.find('"');
    bool doubled = false;
    while (end != std::string_view::npos && end + 1 < rest.size() && rest[end + 1] == '"') {
      doubled = true;
      end = rest.find('"', end + 2);
    }
    if (end == std::string_view::npos) {
      cells_.clear();
      return "found a quote that is not closed, expected a '\"' at the end of the cell";
    }
    std::string_view cell = rest.substr(0, end);
    if (doubled) {
      std::string& text = unquoted_.emplace_back();
      for (std::size_t i = 0; i < cell.size(); ++i) {
        text += cell[i];
        if (cell[i] == '"') ++i;
      }
      cell = text;
    }
    cells_.push_back(trim(cell));
    rest.remove_prefix(end + 1);
    const std::size_t after = rest.find_first_not_of(' ');
    if (after == std::string_view::npos) return {};
    if (rest[after] != *delimiter_) {
      cells_.clear();
      return "found text behind a closing quote, expected '" + std::string(1, *delimiter_) +
             "' or the end of the row";
    }
    rest.remove_prefix(after + 1);
  }
}

// Most likely a quote was not closed: goes on with the next line.
Result<CsvRows::Row> CsvRows::too_long() {
  beginning_ = source_.text().substr(0, kLongestRefused);
  const Row row{.line = line_,
                .raw = beginning_,
                .cells = {},
                .problem = "the row that begins here is longer than " +
                           std::to_string(kMaxRowBytes) +
                           " bytes, expected an end of line (or the end of a cell in quotes) "
                           "before"};
  while (true) {
    const std::size_t end = source_.text().find('\n');
    if (end != std::string_view::npos) {
      advance(end + 1);
      return row;
    }
    source_.drop(source_.text().size());
    const Result<bool> more = source_.grow();
    if (!more) return tl::unexpected(more.error());
    if (!*more) return row;
  }
}

// Drops text, and counts its lines.
void CsvRows::advance(std::size_t bytes) {
  line_ += static_cast<std::uint64_t>(std::ranges::count(source_.text().substr(0, bytes), '\n'));
  source_.drop(bytes);
}

}  // namespace crowdflow::wire
