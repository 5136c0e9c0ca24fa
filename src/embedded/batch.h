#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/log.h"

namespace crowdflow::embedded {

struct LogFile;

// Headers as one value of a row: of each, the lengths of name and value in four bytes, the least
// significant first, and the bytes. None at all: an empty value.
void encode_headers(std::span<const log::Header> headers, std::string& out);
// Adds views into `bytes`. False: they are damaged.
[[nodiscard]] bool decode_headers(std::string_view bytes, std::vector<log::Header>& headers);

// A record as its row has it.
struct RecordBytes {
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  std::string_view headers;
  [[nodiscard]] std::size_t size() const {
    return key.value_or("").size() + value.value_or("").size() + headers.size();
  }
};

// Records of one take, copied out of the file.
class EmbeddedBatch final : public log::Batch {
 public:
  explicit EmbeddedBatch(std::shared_ptr<const LogFile> file) : file_(std::move(file)) {}

  [[nodiscard]] std::span<const log::Record> records() const override { return records_; }
  [[nodiscard]] const std::optional<log::AssignmentChange>& assignment() const override {
    return assignment_;
  }

  // False: the headers are damaged.
  [[nodiscard]] bool add(const log::PartitionId& at, std::int64_t offset, std::int64_t stamp_ms,
                         const RecordBytes& record);
  // Gives every record its headers; once, after the last add().
  void seal();
  [[nodiscard]] std::size_t size_in_bytes() const { return size_; }
  void set_assignment(log::AssignmentChange change) { assignment_ = std::move(change); }

 private:
  [[nodiscard]] std::string_view keep(std::string_view bytes);

  const std::shared_ptr<const LogFile> file_;  // whose board has the topics' names
  std::pmr::monotonic_buffer_resource bytes_;
  std::size_t size_ = 0;
  std::vector<log::Record> records_;
  std::vector<log::Header> headers_;
  std::vector<std::size_t> headers_end_;  // of each record, in headers_
  std::optional<log::AssignmentChange> assignment_;
};

}  // namespace crowdflow::embedded
