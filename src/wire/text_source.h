#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

namespace crowdflow::wire {

// A window onto the text of a file, plain or gzip, that moves on from its beginning. Holds what was
// read and not yet dropped, and no more. Threads: one at a time.
class TextSource {
 public:
  // `path`: "-" is standard input. kNotFound, kIo.
  [[nodiscard]] static Result<TextSource> open(const std::string& path);

  // What is in the window; the views end with the next grow().
  [[nodiscard]] std::string_view text() const {
    return std::string_view{buffer_.data(), end_}.substr(begin_);
  }
  // Reads more behind it; false at the end of the file. kIo: the file cannot be read on.
  [[nodiscard]] Result<bool> grow();
  // Moves the window's beginning on.
  void drop(std::size_t bytes) { begin_ += bytes; }

  [[nodiscard]] const std::string& path() const { return path_; }
  // Bytes of the file, as stored, that were read, and its size if it is a regular file.
  [[nodiscard]] std::uint64_t bytes_read() const;
  [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }

 private:
  struct CloseFile {
    void operator()(void* file) const;
  };

  TextSource(std::string path, void* file, std::optional<std::uint64_t> size);

  std::string path_;
  std::unique_ptr<void, CloseFile> file_;  // a gzFile
  std::optional<std::uint64_t> size_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace crowdflow::wire
