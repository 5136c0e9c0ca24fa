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

std::string_view rejection_in_words(Outcome reason) {
  switch (reason) {
    case Outcome::kMalformed:
      return "the record cannot be decoded";
    case Outcome::kUnknownVenue:
      return "no venue file names this venue";
    case Outcome::kUnknownSensor:
      return "the venue file does not name this sensor, or the anchor's zone";
    case Outcome::kImpossible:
      return "a value outside its range, a missing field, or a kind that this sensor has not";
    case Outcome::kFuture:
      return "stamped more than 60 s ahead of the clock";
    case Outcome::kLate:
      return "too old to tell from a repeat";
    case Outcome::kMisdirected:
      return "was forwarded and is again not on its venue's partition";
    case Outcome::kTooMany:
      return "more readings in one record than allowed";
    default:
      CROWDFLOW_CHECK(!is_rejection(reason), "a rejection without words");
      return {};
  }
}

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
  const std::string_view message = rejected.front().message;
  add(kMessageHeader, message.empty() ? rejection_in_words(rejected.front().reason)
                                      : cut(message, kMaxDeadLetterText));
  add(kTopicHeader, place.topic);
  add(kPartitionHeader, std::to_string(place.partition));
  add(kOffsetHeader, std::to_string(place.offset));
  if (place.timestamp != WallTime{}) add(kTimestampHeader, to_rfc3339(place.timestamp));
  return out;
}

}  // namespace crowdflow::wire
