#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "embedded/batch.h"
#include "embedded/board.h"
#include "log/log.h"

namespace crowdflow::embedded {

// A larger record is refused, by writer and appender.
inline constexpr std::size_t kLargestRecord = 32 << 20;
// What one transaction, or one appender between two flushes, may hold.
inline constexpr std::size_t kLargestBuffer = 256 << 20;

// Copies of records that are to be written, one after the other in one piece of memory.
class RecordBuffer {
 public:
  // Nothing is added when it fails. kInvalid: the record is too large; kUnavailable: there is too
  // much already.
  [[nodiscard]] Result<void> add(Partition& partition, const log::Append& record) {
    const auto before = bytes_.size();
    const bool has_key = record.key.data() != nullptr;
    if (record.key.size() + record.value.size() > kLargestRecord) {
      return fail(ErrorCode::kInvalid,
                  "a record of " + std::to_string(record.key.size() + record.value.size()) +
                      " bytes for " + partition.at.topic + " is too large: at most " +
                      std::to_string(kLargestRecord));
    }
    if (before + record.key.size() + record.value.size() > kLargestBuffer) {
      return fail(ErrorCode::kUnavailable,
                  "too much is waiting to be written: " + std::to_string(before) + " bytes");
    }
    bytes_ += record.key;
    if (!record.tombstone) bytes_ += record.value;
    const auto headers = bytes_.size();
    encode_headers(record.headers, bytes_);
    entries_.push_back({.partition = &partition,
                        .begin = before,
                        .key = record.key.size(),
                        .headers = headers,
                        .end = bytes_.size(),
                        .has_key = has_key,
                        .has_value = !record.tombstone});
    return {};
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t count() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  void clear() {
    bytes_.clear();
    entries_.clear();
  }

  [[nodiscard]] Partition& partition(std::size_t i) const { return *entries_[i].partition; }
  [[nodiscard]] RecordBytes record(std::size_t i) const {
    const Entry& entry = entries_[i];
    const std::string_view all = bytes_;
    const auto value = entry.begin + entry.key;
    RecordBytes record;
    if (entry.has_key) record.key = all.substr(entry.begin, entry.key);
    if (entry.has_value) record.value = all.substr(value, entry.headers - value);
    record.headers = all.substr(entry.headers, entry.end - entry.headers);
    return record;
  }

 private:
  struct Entry {
    Partition* partition = nullptr;
    std::size_t begin = 0;  // where its key begins
    std::size_t key = 0;    // its length; the value follows
    std::size_t headers = 0;
    std::size_t end = 0;
    bool has_key = false;
    bool has_value = false;
  };

  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace crowdflow::embedded
