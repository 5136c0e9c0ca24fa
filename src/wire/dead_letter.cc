#include "wire/dead_letter.h"

#include <string>

#include <crowdflow/check.h>

namespace crowdflow::wire {
namespace {

constexpr std::string_view kMore = ",...";

// "0:LATE,4:FUTURE".
std::string list(std::span<const RejectedReading> rejected) {
  std::string out;
  for (const RejectedReading& reading : rejected) {
    std::string item = out.empty() ? "" : ",";
    item += std::to_string(reading.index);
    item += ':';
    item += name_of(reading.reason);
    if (out.size() + item.size() > kMaxDeadLetterText - kMore.size()) return out.append(kMore);
    out += item;
  }
  return out;
}

// The beginning of `text`, at most `bytes` of it, not ending within a character.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::vector<RecordHeader> dead_letter_headers(const RecordPlace& place,
                                              std::span<const RejectedReading> rejected) {
  CROWDFLOW_CHECK(!rejected.empty(), "a dead letter of which nothing was rejected");
  std::vector<RecordHeader> out;
  out.reserve(7);
  const auto add = [&out](std::string_view name, std::string_view value) {
    out.push_back({std::string(name), std::string(value)});
  };
  add(kReasonHeader, name_of(rejected.front().reason));
  add(kReadingsHeader, list(rejected));
  add(kMessageHeader, cut(rejected.front().message, kMaxDeadLetterText));
  add(kTopicHeader, place.topic);
  add(kPartitionHeader, std::to_string(place.partition));
  add(kOffsetHeader, std::to_string(place.offset));
  if (place.timestamp != WallTime{}) add(kTimestampHeader, to_rfc3339(place.timestamp));
  return out;
}

}  // namespace crowdflow::wire
