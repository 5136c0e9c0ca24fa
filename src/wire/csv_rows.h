#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "wire/text_source.h"

namespace crowdflow::wire {

// The longest row of a table, in bytes.
inline constexpr std::size_t kMaxRowBytes = std::size_t{1} << 20;

// Rows of a table as spreadsheets write them (CSV, RFC 4180), plain or gzip. A cell in quotes may
// hold delimiters, line breaks and, doubled, quotes. Cells lose the white space around them; rows
// without a cell that says anything are left out. Bounded memory.
//
// Threads: one at a time.
class CsvRows {
 public:
  struct Row {
    std::uint64_t line = 0;  // of the file, from 1: where it begins
    std::string_view raw;    // cut to 4 KiB when `problem` is that it is too long
    std::span<const std::string_view> cells;
    std::string problem;  // why it is no row, in words; then it has no cells
  };

  // `path`: "-" is standard input. `delimiter`: nothing: the one of ; , tab that the first row has
  // most of (or that a line "sep=;" before it says). kNotFound, kIo; kInvalid: not such a text.
  [[nodiscard]] static Result<CsvRows> open(const std::string& path,
                                            std::optional<char> delimiter = {});

  // The next row; nothing at the end. Its text lasts until the next call. kIo: the file cannot be
  // read on.
  [[nodiscard]] Result<std::optional<Row>> next();

  [[nodiscard]] const TextSource& source() const { return source_; }

 private:
  CsvRows(TextSource source, std::optional<char> delimiter)
      : source_(std::move(source)), delimiter_(delimiter) {}

  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<std::optional<std::size_t>> row_length();
  [[nodiscard]] std::string split(std::string_view raw);
  [[nodiscard]] Result<Row> too_long();
  void advance(std::size_t bytes);

  TextSource source_;
  std::optional<char> delimiter_;
  std::uint64_t line_ = 1;
  std::size_t taken_ = 0;  // by the row that was given last, which is still in the window
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  // text of cells that had doubled quotes
  std::string beginning_;             // of what was too long
};

}  // namespace crowdflow::wire
