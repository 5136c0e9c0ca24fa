#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <crowdflow/result.h>

#include "wire/readings_decoder.h"

namespace crowdflow::wire {

// The longest line, and the longest element of a JSON document, in bytes.
inline constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;

// Reads recorded readings from a file, plain or gzip: NDJSON (a Reading or a ReadingBatch per
// line), or JSON documents laid out over lines (objects, or an array, whose elements are then taken
// one by one, however many). Bounded memory.
//
// A line that cannot be decoded is an entry like any other, with its refusal, and reading goes on
// with the next line. Threads: one at a time.
class ReadingsFile {
 public:
  struct Entry {
    // Of the file, from 1: where the entry begins.
    std::uint64_t line = 0;
    // As it stands in the file; cut to its first 4 KiB when it was longer than kMaxLineBytes.
    std::string_view raw;
    ReadingsDecoder::Readings readings;
  };

  // `path`: "-" is standard input. kNotFound, kIo.
  [[nodiscard]] static Result<ReadingsFile> open(const std::string& path);
  ~ReadingsFile();
  ReadingsFile(ReadingsFile&&) noexcept;
  ReadingsFile& operator=(ReadingsFile&&) noexcept;

  // The next entry; nothing at the end. Its text lasts until the next call. kIo: the file cannot be
  // read on (also: a gzip file that is cut or damaged).
  [[nodiscard]] Result<std::optional<Entry>> next();

  // The readings at `indices` of the last entry as a value of the topic `readings`, as
  // ReadingsDecoder::excerpt() makes it.
  [[nodiscard]] Excerpt excerpt(std::span<const std::uint32_t> indices,
                                std::string_view venue_id) const;

  [[nodiscard]] const std::string& path() const;
  // For a progress bar: bytes of the file (as stored) taken so far, and its size; no size when it
  // is not a regular file.
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::optional<std::uint64_t> size() const;

 private:
  class Impl;
  explicit ReadingsFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace crowdflow::wire
