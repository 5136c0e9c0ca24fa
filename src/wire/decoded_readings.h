#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/reading.h>

#include "wire/readings_decoder.h"

namespace crowdflow::wire {

// The event time of a reading that has none, or none that is a time: before kEarliestEvent, so that
// the engine refuses it.
inline constexpr EventTime kNoEventTime{Span{-1}};
// The interval of a reading whose interval is no span of time; refused likewise.
inline constexpr Span kNoInterval{-1};

// What the fields of a Timestamp and of a Duration mean, cut to microseconds; kNoEventTime and
// kNoInterval when they are out of protobuf's ranges (years 1 to 9999; 10,000 years).
[[nodiscard]] EventTime event_time_of(std::int64_t seconds, std::int32_t nanos);
[[nodiscard]] Span interval_of(std::int64_t seconds, std::int32_t nanos);

// What a record says, and where in its bytes it says it.
struct DecodedReadings {
  // The bytes of one reading, and the batch that it came in.
  struct Source {
    std::string_view bytes;
    std::uint32_t batch = 0;
  };
  // What a batch says beside its readings.
  struct Batch {
    std::string_view venue_id;
    std::string_view sensor_id;
  };

  std::vector<Reading> readings;
  std::vector<Source> sources;  // of each reading
  std::vector<Batch> batches;   // JSON may have several
  // Found, of which at most kMaxReadings are in `readings`.
  std::size_t count = 0;
  // Protobuf: the fields of the batch beside its readings, as they were.
  std::string batch_fields;

  // Keeps the capacity.
  void clear() {
    readings.clear();
    sources.clear();
    batches.clear();
    count = 0;
    batch_fields.clear();
  }

  void add(const Reading& reading, std::string_view bytes) {
    if (++count > kMaxReadings) return;
    readings.push_back(reading);
    sources.push_back({bytes, static_cast<std::uint32_t>(batches.size())});
  }

  // Ends the batch that the readings from `first` on came in.
  void end_batch(std::size_t first, const Batch& batch) {
    for (std::size_t i = first; i < readings.size(); ++i) {
      if (readings[i].venue_id.empty()) readings[i].venue_id = batch.venue_id;
      if (readings[i].sensor_id.empty()) readings[i].sensor_id = batch.sensor_id;
    }
    batches.push_back(batch);
  }
};

}  // namespace crowdflow::wire
