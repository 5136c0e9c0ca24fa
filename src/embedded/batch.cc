#include "embedded/batch.h"

#include <cstring>

namespace crowdflow::embedded {
namespace {

constexpr std::size_t kLength = 4;

void put_length(std::size_t length, std::string& out) {
  for (unsigned shift = 0; shift < 32; shift += 8)
    out += static_cast<char>((length >> shift) & 0xffU);
}

std::size_t get_length(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLength; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return length;
}

}  // namespace

void encode_headers(std::span<const log::Header> headers, std::string& out) {
  for (const log::Header& header : headers) {
    put_length(header.name.size(), out);
    put_length(header.value.size(), out);
    out += header.name;
    out += header.value;
  }
}

bool decode_headers(std::string_view bytes, std::vector<log::Header>& headers) {
  while (!bytes.empty()) {
    if (bytes.size() < 2 * kLength) return false;
    const auto name = get_length(bytes);
    const auto value = get_length(bytes.substr(kLength));
    bytes.remove_prefix(2 * kLength);
    if (bytes.size() < name || bytes.size() - name < value) return false;
    headers.push_back({.name = bytes.substr(0, name), .value = bytes.substr(name, value)});
    bytes.remove_prefix(name + value);
  }
  return true;
}

std::string_view EmbeddedBatch::keep(std::string_view bytes) {
  if (bytes.empty()) return "";
  auto* copy = static_cast<char*>(bytes_.allocate(bytes.size(), 1));
  size_ += bytes.size();
  std::memcpy(copy, bytes.data(), bytes.size());
  return {copy, bytes.size()};
}

bool EmbeddedBatch::add(const log::PartitionId& at, std::int64_t offset, std::int64_t stamp_ms,
                        const RecordBytes& record) {
  if (!decode_headers(keep(record.headers), headers_)) return false;
  headers_end_.push_back(headers_.size());
  records_.push_back({.topic = at.topic,
                      .partition = at.partition,
                      .offset = offset,
                      .timestamp = WallTime{std::chrono::milliseconds{stamp_ms}},
                      .key = keep(record.key.value_or("")),
                      .value = keep(record.value.value_or("")),
                      .has_key = record.key.has_value(),
                      .has_value = record.value.has_value(),
                      .headers = {}});
  return true;
}

void EmbeddedBatch::seal() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    records_[i].headers = std::span(headers_).subspan(begin, headers_end_[i] - begin);
    begin = headers_end_[i];
  }
}

}  // namespace crowdflow::embedded
