#include "wire/snapshot.h"

#include <crowdflow/v1/snapshot.pb.h>

#include "wire/messages.h"

namespace crowdflow::wire {
namespace {

constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kLengthBytes = 4;

}  // namespace

void append_header(const SnapshotHeader& header, std::string& out) {
  v1::SnapshotHeader message;
  message.set_format(kFormat);
  message.set_partition(header.partition);
  message.set_generation(header.generation);
  message.set_next_offset(header.next_offset);
  for (const VenueFile& file : header.venue_files)
    fill(file, *message.add_venue_files());
  for (const auto& [origin, offset] : header.forwarded_until)
    (*message.mutable_forwarded_until())[origin] = offset;
  if (header.configured) fill(*header.configured, *message.mutable_configured_venues());
  const std::string bytes = to_bytes(message);
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    out.push_back(static_cast<char>(bytes.size() >> (8 * i) & 0xFF));
  out += bytes;
}

Result<SnapshotParts> parse_snapshot(std::string_view bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes && i < bytes.size(); ++i)
    length |= std::size_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  if (bytes.size() < kLengthBytes || length > bytes.size() - kLengthBytes) {
    return fail(ErrorCode::kInvalid,
                "a snapshot of " + std::to_string(bytes.size()) + " bytes ends within its header");
  }
  v1::SnapshotHeader message;
  if (auto parsed = parse(bytes.substr(kLengthBytes, length), message); !parsed) {
    return tl::unexpected(parsed.error());
  }
  if (message.format() != kFormat) {
    return fail(ErrorCode::kInvalid, "a snapshot of format " + std::to_string(message.format()) +
                                         ", expected " + std::to_string(kFormat));
  }
  SnapshotParts parts;
  parts.header.partition = message.partition();
  parts.header.generation = message.generation();
  parts.header.next_offset = message.next_offset();
  for (const v1::VenueFile& file : message.venue_files())
    parts.header.venue_files.push_back(venue_file(file));
  parts.header.forwarded_until.insert(message.forwarded_until().begin(),
                                      message.forwarded_until().end());
  if (message.has_configured_venues()) {
    parts.header.configured = configured_venues(message.configured_venues());
  }
  parts.shard = bytes.substr(kLengthBytes + length);
  return parts;
}

std::string chunk_key(std::int32_t partition, std::uint64_t generation, std::uint32_t chunk) {
  return std::to_string(partition) + '/' + std::to_string(generation) + '/' + std::to_string(chunk);
}

}  // namespace crowdflow::wire
