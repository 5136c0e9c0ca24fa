#include "wire/readings_json.h"

#include <array>
#include <charconv>
#include <optional>

#include "wire/json.h"
#include "wire/json_reader.h"
#include "wire/proto_json_time.h"
#include "wire/refusals.h"

namespace crowdflow::wire {
namespace {

// A ReadingBatch and a Reading share their first fields, and which of the two an object is shows
// only by the others: one list, of which a batch uses the first three.
enum Field : std::size_t {
  kVenueId,
  kSensorId,
  kReadings,
  kSequence,
  kBootId,
  kEventTime,
  kInterval,
  kCountDelta,
  kCountTotal,
  kOccupancy,
  kMotion,
  kAnchor,
  kAccess,
  kHeartbeat,
};
constexpr std::array<JsonField, 14> kBatchOrReading{{{"venue_id", "venueId"},
                                                     {"sensor_id", "sensorId"},
                                                     {"readings", "readings"},
                                                     {"sequence", "sequence"},
                                                     {"boot_id", "bootId"},
                                                     {"event_time", "eventTime"},
                                                     {"interval", "interval"},
                                                     {"count_delta", "countDelta"},
                                                     {"count_total", "countTotal"},
                                                     {"occupancy", "occupancy"},
                                                     {"motion", "motion"},
                                                     {"anchor", "anchor"},
                                                     {"access", "access"},
                                                     {"heartbeat", "heartbeat"}}};
constexpr std::array<JsonField, 2> kCounts{{{"entries", "entries"}, {"exits", "exits"}}};
constexpr std::array<JsonField, 3> kOccupancyFields{
    {{"people", "people"}, {"stddev", "stddev"}, {"capped_at", "cappedAt"}}};
constexpr std::array<JsonField, 2> kMotionFields{
    {{"mean_speed", "meanSpeed"}, {"velocity_variance", "velocityVariance"}}};
constexpr std::array<JsonField, 3> kAnchorFields{
    {{"zone_id", "zoneId"}, {"people", "people"}, {"stddev", "stddev"}}};
constexpr std::array<JsonField, 2> kAccessFields{
    {{"admitted", "admitted"}, {"refused", "refused"}}};
constexpr std::array<JsonField, 0> kHeartbeatFields{};

class JsonReadings {
 public:
  JsonReadings(JsonReader& in, DecodedReadings& out) : in_(in), out_(out) {}

  void document() {
    do {
      const char c = in_.peek();
      if (c == '[') {
        array();
      } else if (c == '{') {
        batch_or_reading();
      } else {
        in_.fail(in_.position(), "'{' or '['");
      }
    } while (in_.ok() && !in_.at_end());
  }

 private:
  void array() {
    in_.begin_array();
    for (bool first = true; in_.next_element(first);)
      batch_or_reading();
  }

  void batch_or_reading() {
    in_.peek();
    const char* const begin = in_.position();
    const std::size_t first_reading = out_.readings.size();
    Reading reading;
    reading.event_time = kNoEventTime;
    bool is_batch = false;
    bool is_reading = false;
    ObjectReader object{in_, kBatchOrReading};
    while (const auto field = object.next()) {
      is_batch = is_batch || *field == kReadings;
      is_reading = is_reading || *field > kReadings;
      if (is_batch && is_reading) {
        in_.fail(object.name_at(), "only venue_id and sensor_id beside readings");
      } else if (*field == kReadings) {
        readings();
      } else {
        member(static_cast<Field>(*field), object.name_at(), reading);
      }
    }
    if (!is_batch) out_.add(reading, in_.bytes_since(begin));
    out_.end_batch(first_reading, {is_batch ? reading.venue_id : std::string_view{},
                                   is_batch ? reading.sensor_id : std::string_view{}});
  }

  void readings() {
    in_.begin_array();
    for (bool first = true; in_.next_element(first);) {
      in_.peek();
      const char* const begin = in_.position();
      Reading reading;
      reading.event_time = kNoEventTime;
      ObjectReader object{in_, kBatchOrReading};
      while (const auto field = object.next()) {
        if (*field == kReadings) {
          in_.fail(object.name_at(), "the fields of a reading");
        } else {
          member(static_cast<Field>(*field), object.name_at(), reading);
        }
      }
      out_.add(reading, in_.bytes_since(begin));
    }
  }

  void member(Field field, const char* name_at, Reading& out) {
    switch (field) {
      case kVenueId:
        out.venue_id = in_.string("a venue id in quotes");
        break;
      case kSensorId:
        out.sensor_id = in_.string("a sensor id in quotes");
        break;
      case kSequence:
        in_.read(out.sequence);
        break;
      case kBootId:
        in_.read(out.boot_id);
        break;
      case kEventTime:
        event_time(out.event_time);
        break;
      case kInterval:
        interval(out.interval);
        break;
      default:
        if (out.statement.index() != 0) {
          in_.fail(name_at, "only one kind of statement in a reading");
        } else {
          statement(field, out.statement);
        }
    }
  }

  void statement(Field field, Statement& out) {
    switch (field) {
      case kCountDelta: {
        auto& said = out.emplace<CountDelta>();
        return fields(kCounts, said.entries, said.exits);
      }
      case kCountTotal: {
        auto& said = out.emplace<CountTotal>();
        return fields(kCounts, said.entries, said.exits);
      }
      case kOccupancy: {
        auto& said = out.emplace<Occupancy>();
        return fields(kOccupancyFields, said.people, said.stddev, said.capped_at);
      }
      case kMotion: {
        auto& said = out.emplace<Motion>();
        return fields(kMotionFields, said.mean_speed, said.velocity_variance);
      }
      case kAnchor: {
        auto& said = out.emplace<Anchor>();
        return fields(kAnchorFields, said.zone_id, said.people, said.stddev);
      }
      case kAccess:
        return access(out.emplace<Access>());
      default:
        out.emplace<Heartbeat>();
        return fields(kHeartbeatFields);
    }
  }

  // An object whose fields are `values`, in the order of `names`.
  template <std::size_t N, typename... Values>
  void fields(const std::array<JsonField, N>& names, Values&... values) {
    static_assert(N == sizeof...(Values));
    ObjectReader object{in_, names.data(), N};
    while (const auto field = object.next()) {
      std::size_t index = 0;
      ((index++ == *field ? value(values) : void()), ...);
    }
  }

  void value(std::uint64_t& out) { in_.read(out); }
  void value(double& out) { in_.read(out); }
  void value(std::string_view& out) { out = in_.string("a zone id in quotes"); }

  void access(Access& out) {
    refusals_.clear();
    ObjectReader object{in_, kAccessFields};
    while (const auto field = object.next()) {
      if (*field == 0) {
        in_.read(out.admitted);
        continue;
      }
      in_.begin_object();
      std::string_view reason;
      for (bool first = true; in_.next_member(first, reason);) {
        std::uint64_t count = 0;
        in_.read(count);
        refusals_.set(reason, count);
      }
    }
    out.refused = refusals_.total();
  }

  void event_time(EventTime& out) {
    in_.peek();
    const char* const begin = in_.position();
    const std::string_view text = in_.string(kTimeExpected);
    if (!in_.ok()) return;
    if (const auto time = parse_time(text)) {
      out = *time;
    } else {
      in_.fail(begin, kTimeExpected);
    }
  }

  void interval(Span& out) {
    in_.peek();
    const char* const begin = in_.position();
    const std::string_view text = in_.string(kSpanExpected);
    if (!in_.ok()) return;
    if (const auto span = parse_span(text)) {
      out = *span;
    } else {
      in_.fail(begin, kSpanExpected);
    }
  }

  JsonReader& in_;
  DecodedReadings& out_;
  Refusals refusals_;  // of the present reading
};

}  // namespace

std::string read_json(std::string_view text, TextPlace begin, std::string& unescaped,
                      DecodedReadings& out) {
  JsonReader in{text, begin, unescaped};
  JsonReadings{in, out}.document();
  return in.error();
}

std::string json_excerpt(const DecodedReadings& in, std::span<const std::uint32_t> indices,
                         std::string_view otherwise_venue) {
  std::string out;
  std::optional<std::uint32_t> open;
  const auto close = [&] {
    if (open) out += "]}\n";
  };
  for (const std::uint32_t i : indices) {
    const auto& [bytes, batch] = in.sources[i];
    if (open != batch) {
      close();
      open = batch;
      out += '{';
      const auto& [venue_id, sensor_id] = in.batches[batch];
      for (const auto& [name, value] :
           {std::pair{"\"venue_id\":", venue_id.empty() ? otherwise_venue : venue_id},
            std::pair{"\"sensor_id\":", sensor_id}}) {
        if (value.empty()) continue;
        out += name;
        append_json_string(value, out);
        out += ',';
      }
      out += "\"readings\":[";
    } else {
      out += ',';
    }
    out += bytes;
  }
  close();
  return out;
}

}  // namespace crowdflow::wire
