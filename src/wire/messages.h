#pragma once

#include <string>
#include <string_view>

#include <crowdflow/result.h>
#include <crowdflow/time.h>
#include <crowdflow/v1/alert.pb.h>
#include <crowdflow/v1/command.pb.h>
#include <crowdflow/v1/journal.pb.h>
#include <crowdflow/v1/reading.pb.h>
#include <crowdflow/v1/zone_state.pb.h>

// The contract's messages (crowdflow::v1), for layers that keep what they read from the topics.
namespace crowdflow::wire {

// Reads `bytes` into `message`, replacing what it held. kInvalid: they are not one; the error names
// the message. A record on the topics that we write has no framing and is always protobuf.
[[nodiscard]] Result<void> parse(std::string_view bytes, google::protobuf::Message& message);

// Appends `message` as bytes; the same message always gives the same bytes (maps are sorted).
void append_bytes(const google::protobuf::Message& message, std::string& out);
[[nodiscard]] std::string to_bytes(const google::protobuf::Message& message);

void set_time(EventTime t, google::protobuf::Timestamp& out);
void set_time(WallTime t, google::protobuf::Timestamp& out);
// Cut to microseconds. A Timestamp that is not valid, or outside the years 1 to 9999, gives a time
// before kEarliestEvent.
[[nodiscard]] EventTime event_time(const google::protobuf::Timestamp& t);
[[nodiscard]] WallTime wall_time(const google::protobuf::Timestamp& t);

}  // namespace crowdflow::wire
