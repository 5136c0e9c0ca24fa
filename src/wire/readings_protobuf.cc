#include "wire/readings_protobuf.h"

#include <google/protobuf/io/coded_stream.h>

#include "wire/messages.h"
#include "wire/refusals.h"

namespace crowdflow::wire {
namespace {

// A Timestamp or a Duration while it is read. Said twice, the later fields count, as everywhere in
// protobuf.
struct Seconds {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
};

class BatchReader {
 public:
  BatchReader(DecodedReadings& out, Fault& fault) : out_(out), fault_(fault) {}

  void batch(std::string_view bytes) {
    DecodedReadings::Batch batch;
    ProtobufReader in{bytes, "ReadingBatch", fault_};
    while (in.next()) {
      switch (in.field()) {
        case v1::ReadingBatch::kReadingsFieldNumber:
          reading(in.read_message());
          continue;
        case v1::ReadingBatch::kVenueIdFieldNumber:
          in.read(batch.venue_id);
          break;
        case v1::ReadingBatch::kSensorIdFieldNumber:
          in.read(batch.sensor_id);
          break;
        default:
          in.skip();
      }
      out_.batch_fields += in.field_bytes();
    }
    out_.end_batch(0, batch);
  }

  void reading(std::string_view bytes) {
    Reading reading;
    Seconds event_time;
    Seconds interval;
    bool timed = false;
    ProtobufReader in{bytes, "Reading", fault_};
    while (in.next()) {
      switch (in.field()) {
        case v1::Reading::kVenueIdFieldNumber:
          in.read(reading.venue_id);
          break;
        case v1::Reading::kSensorIdFieldNumber:
          in.read(reading.sensor_id);
          break;
        case v1::Reading::kSequenceFieldNumber:
          in.read(reading.sequence);
          break;
        case v1::Reading::kBootIdFieldNumber:
          in.read(reading.boot_id);
          break;
        case v1::Reading::kEventTimeFieldNumber:
          fields(in, "Timestamp", event_time.seconds, event_time.nanos);
          timed = true;
          break;
        case v1::Reading::kIntervalFieldNumber:
          fields(in, "Duration", interval.seconds, interval.nanos);
          break;
        default:
          statement(in, reading.statement);
      }
    }
    reading.event_time = timed ? event_time_of(event_time.seconds, event_time.nanos) : kNoEventTime;
    reading.interval = interval_of(interval.seconds, interval.nanos);
    out_.add(reading, bytes);
  }

 private:
  void statement(ProtobufReader& in, Statement& out) {
    switch (in.field()) {
      case v1::Reading::kCountDeltaFieldNumber: {
        auto& said = alternative<CountDelta>(out);
        return fields(in, "CountDelta", said.entries, said.exits);
      }
      case v1::Reading::kCountTotalFieldNumber: {
        auto& said = alternative<CountTotal>(out);
        return fields(in, "CountTotal", said.entries, said.exits);
      }
      case v1::Reading::kOccupancyFieldNumber: {
        auto& said = alternative<Occupancy>(out);
        return fields(in, "Occupancy", said.people, said.stddev, said.capped_at);
      }
      case v1::Reading::kMotionFieldNumber: {
        auto& said = alternative<Motion>(out);
        return fields(in, "Motion", said.mean_speed, said.velocity_variance);
      }
      case v1::Reading::kAnchorFieldNumber: {
        auto& said = alternative<Anchor>(out);
        return fields(in, "Anchor", said.zone_id, said.people, said.stddev);
      }
      case v1::Reading::kAccessFieldNumber:
        if (!std::holds_alternative<Access>(out)) refusals_.clear();
        return access(in, alternative<Access>(out));
      case v1::Reading::kHeartbeatFieldNumber:
        alternative<Heartbeat>(out);
        return fields(in, "Heartbeat");
      default:
        in.skip();
    }
  }

  // The kind named last counts; the same kind again adds to what it said.
  template <typename Kind>
  static Kind& alternative(Statement& statement) {
    if (Kind* same = std::get_if<Kind>(&statement)) return *same;
    return statement.emplace<Kind>();
  }

  // The message in the present field of `outer`: `values` are its fields 1, 2, ...
  template <typename... Values>
  void fields(ProtobufReader& outer, const char* message, Values&... values) {
    ProtobufReader in{outer.read_message(), message, fault_};
    while (in.next()) {
      std::uint32_t number = 0;
      const bool known = ((++number == in.field() && (in.read(values), true)) || ...);
      if (!known) in.skip();
    }
  }

  void access(ProtobufReader& outer, Access& out) {
    ProtobufReader in{outer.read_message(), "Access", fault_};
    while (in.next()) {
      switch (in.field()) {
        case v1::Access::kAdmittedFieldNumber:
          in.read(out.admitted);
          break;
        case v1::Access::kRefusedFieldNumber: {
          std::string_view reason;
          std::uint64_t count = 0;
          fields(in, "Access.RefusedEntry", reason, count);
          refusals_.set(reason, count);
          break;
        }
        default:
          in.skip();
      }
    }
    out.refused = refusals_.total();
  }

  DecodedReadings& out_;
  Fault& fault_;
  Refusals refusals_;  // of the present reading
};

}  // namespace

void read_protobuf_batch(std::string_view bytes, DecodedReadings& out, Fault& fault) {
  BatchReader{out, fault}.batch(bytes);
}

void read_protobuf_reading(std::string_view bytes, DecodedReadings& out, Fault& fault) {
  BatchReader{out, fault}.reading(bytes);
  out.end_batch(0, {});
}

std::string protobuf_excerpt(const DecodedReadings& in, std::span<const std::uint32_t> indices,
                             std::string_view otherwise_venue) {
  using google::protobuf::io::CodedOutputStream;
  std::string out = in.batch_fields;
  const auto append = [&out](int field, std::string_view bytes) {
    std::uint8_t head[6] = {static_cast<std::uint8_t>(field << 3 | 2)};
    const std::uint8_t* end =
        CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(bytes.size()), head + 1);
    out.append(reinterpret_cast<const char*>(head), static_cast<std::size_t>(end - head));
    out += bytes;
  };
  if (in.batches.front().venue_id.empty() && !otherwise_venue.empty()) {
    append(v1::ReadingBatch::kVenueIdFieldNumber, otherwise_venue);
  }
  for (const std::uint32_t i : indices)
    append(v1::ReadingBatch::kReadingsFieldNumber, in.sources[i].bytes);
  return out;
}

}  // namespace crowdflow::wire
