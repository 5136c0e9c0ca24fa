#pragma once

#include <string>
#include <string_view>

// Names of the record headers that we read and write. Values are text.
namespace crowdflow::wire {

struct RecordHeader {
  std::string name;
  std::string value;
  friend bool operator==(const RecordHeader&, const RecordHeader&) = default;
};

inline constexpr std::string_view kContentTypeHeader = "content-type";

inline constexpr std::string_view kProtobufContentType = "application/x-protobuf";
inline constexpr std::string_view kJsonContentType = "application/json";

// On a record of `readings` that was forwarded to its venue's partition: the partition and offset
// that it was first read from.
inline constexpr std::string_view kForwardedPartitionHeader = "crowdflow.forwarded-partition";
inline constexpr std::string_view kForwardedOffsetHeader = "crowdflow.forwarded-offset";

// On a dead letter: why and from where (dead_letter.h).
inline constexpr std::string_view kReasonHeader = "crowdflow.reason";
inline constexpr std::string_view kReadingsHeader = "crowdflow.readings";
inline constexpr std::string_view kMessageHeader = "crowdflow.message";
inline constexpr std::string_view kTopicHeader = "crowdflow.topic";
inline constexpr std::string_view kPartitionHeader = "crowdflow.partition";
inline constexpr std::string_view kOffsetHeader = "crowdflow.offset";
inline constexpr std::string_view kTimestampHeader = "crowdflow.timestamp";
inline constexpr std::string_view kCutHeader = "crowdflow.cut";

}  // namespace crowdflow::wire
