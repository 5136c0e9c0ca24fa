#include "wire/messages.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "wire/decoded_readings.h"

namespace crowdflow::wire {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int64_t kLongestSpan = 315'576'000'000;  // 10,000 years
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

void set_time(Span since_epoch, google::protobuf::Timestamp& out) {
  const auto whole = std::chrono::floor<seconds>(since_epoch);
  out.set_seconds(whole.count());
  out.set_nanos(static_cast<std::int32_t>(nanoseconds{since_epoch - whole}.count()));
}

}  // namespace

EventTime event_time_of(std::int64_t whole, std::int32_t nanos) {
  if (whole < kFirstSecond || whole > kLastSecond || nanos < 0 || nanos >= kNanosPerSecond) {
    return kNoEventTime;
  }
  return EventTime{seconds{whole} + Span{nanos / 1000}};
}

Span interval_of(std::int64_t whole, std::int32_t nanos) {
  if (whole < 0 || whole > kLongestSpan || nanos < 0 || nanos >= kNanosPerSecond) {
    return kNoInterval;
  }
  return seconds{whole} + Span{nanos / 1000};
}

Result<void> parse(std::string_view bytes, google::protobuf::Message& message) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  if (message.ParseFromCodedStream(&in) && in.ConsumedEntireMessage()) return {};
  return fail(ErrorCode::kInvalid, std::to_string(bytes.size()) + " bytes are not a protobuf " +
                                       message.GetDescriptor()->full_name());
}

void append_bytes(const google::protobuf::Message& message, std::string& out) {
  google::protobuf::io::StringOutputStream stream(&out);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
}

std::string to_bytes(const google::protobuf::Message& message) {
  std::string out;
  append_bytes(message, out);
  return out;
}

void set_time(EventTime t, google::protobuf::Timestamp& out) {
  set_time(t.time_since_epoch(), out);
}
void set_time(WallTime t, google::protobuf::Timestamp& out) { set_time(t.time_since_epoch(), out); }

EventTime event_time(const google::protobuf::Timestamp& t) {
  return event_time_of(t.seconds(), t.nanos());
}

WallTime wall_time(const google::protobuf::Timestamp& t) {
  return WallTime{event_time(t).time_since_epoch()};
}

}  // namespace crowdflow::wire
