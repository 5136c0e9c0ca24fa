#pragma once

#include <chrono>
#include <google/protobuf/util/json_util.h>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/v1/reading.pb.h>

// The slow and obvious way from bytes to readings, by protobuf's own parsers, for comparison.
namespace crowdflow::test {

// Everything that a reading says, as text: what two readings are compared by.
inline std::string describe(const Reading& r) {
  std::ostringstream out;
  out << r.venue_id << '|' << r.sensor_id << '|' << r.sequence << '|' << r.boot_id << '|'
      << r.event_time.time_since_epoch().count() << '|' << r.interval.count() << '|'
      << std::hexfloat;
  if (const auto* delta = std::get_if<CountDelta>(&r.statement)) {
    out << "count_delta " << delta->entries << ' ' << delta->exits;
  } else if (const auto* total = std::get_if<CountTotal>(&r.statement)) {
    out << "count_total " << total->entries << ' ' << total->exits;
  } else if (const auto* gauge = std::get_if<Occupancy>(&r.statement)) {
    out << "occupancy " << gauge->people << ' ' << gauge->stddev << ' ' << gauge->capped_at;
  } else if (const auto* motion = std::get_if<Motion>(&r.statement)) {
    out << "motion " << motion->mean_speed << ' ' << motion->velocity_variance;
  } else if (const auto* anchor = std::get_if<Anchor>(&r.statement)) {
    out << "anchor " << anchor->zone_id << ' ' << anchor->people << ' ' << anchor->stddev;
  } else if (const auto* access = std::get_if<Access>(&r.statement)) {
    out << "access " << access->admitted << ' ' << access->refused;
  } else if (std::holds_alternative<Heartbeat>(r.statement)) {
    out << "heartbeat";
  } else {
    out << "nothing";
  }
  return out.str();
}

inline std::vector<std::string> describe(std::span<const Reading> readings) {
  std::vector<std::string> out;
  for (const Reading& reading : readings)
    out.push_back(describe(reading));
  return out;
}

// The same of a message and its batch.
inline std::string describe(const v1::Reading& message, const v1::ReadingBatch& batch) {
  Reading r;
  r.venue_id = message.venue_id().empty() ? batch.venue_id() : message.venue_id();
  r.sensor_id = message.sensor_id().empty() ? batch.sensor_id() : message.sensor_id();
  r.sequence = message.sequence();
  r.boot_id = message.boot_id();
  const auto& time = message.event_time();
  const bool is_time = message.has_event_time() && time.seconds() >= -62'135'596'800 &&
                       time.seconds() <= 253'402'300'799 && time.nanos() >= 0 &&
                       time.nanos() <= 999'999'999;
  r.event_time = EventTime{
      is_time ? std::chrono::seconds{time.seconds()} + Span{time.nanos() / 1000} : Span{-1}};
  const auto& interval = message.interval();
  const bool is_span = interval.seconds() >= 0 && interval.seconds() <= 315'576'000'000 &&
                       interval.nanos() >= 0 && interval.nanos() <= 999'999'999;
  r.interval =
      is_span ? std::chrono::seconds{interval.seconds()} + Span{interval.nanos() / 1000} : Span{-1};
  switch (message.kind_case()) {
    case v1::Reading::kCountDelta:
      r.statement = CountDelta{message.count_delta().entries(), message.count_delta().exits()};
      break;
    case v1::Reading::kCountTotal:
      r.statement = CountTotal{message.count_total().entries(), message.count_total().exits()};
      break;
    case v1::Reading::kOccupancy:
      r.statement = Occupancy{message.occupancy().people(), message.occupancy().stddev(),
                              message.occupancy().capped_at()};
      break;
    case v1::Reading::kMotion:
      r.statement = Motion{message.motion().mean_speed(), message.motion().velocity_variance()};
      break;
    case v1::Reading::kAnchor:
      r.statement =
          Anchor{message.anchor().zone_id(), message.anchor().people(), message.anchor().stddev()};
      break;
    case v1::Reading::kAccess: {
      std::uint64_t refused = 0;
      bool possible = message.access().refused_size() <= 32;
      for (const auto& [reason, count] : message.access().refused()) {
        possible = possible && count <= 1'000'000;
        refused += count;
      }
      r.statement = Access{message.access().admitted(), possible ? refused : ~std::uint64_t{0}};
      break;
    }
    case v1::Reading::kHeartbeat:
      r.statement = Heartbeat{};
      break;
    case v1::Reading::KIND_NOT_SET:
      break;
  }
  return describe(r);
}

inline std::vector<std::string> describe(const v1::ReadingBatch& batch) {
  std::vector<std::string> out;
  for (const v1::Reading& reading : batch.readings())
    out.push_back(describe(reading, batch));
  return out;
}

// What protobuf's own parser makes of the bytes; nothing when it refuses them.
inline std::optional<v1::ReadingBatch> parse_reference(std::string_view bytes) {
  v1::ReadingBatch batch;
  if (!batch.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return batch;
}

inline std::string reference_json(const google::protobuf::Message& message, bool snake_case) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = snake_case;
  std::string out;
  const auto status = google::protobuf::util::MessageToJsonString(message, &out, options);
  return status.ok() ? out : std::string("not printable: ") + std::string(status.message());
}

}  // namespace crowdflow::test
