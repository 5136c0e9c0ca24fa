#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wire/decoded_readings.h"
#include "wire/protobuf_reader.h"

namespace crowdflow::wire {

// Read a ReadingBatch, or a Reading by itself, in protobuf, in place: `out` points into `bytes`.
// The same meaning as protobuf's own parser gives, as far as ProtobufReader reads.
void read_protobuf_batch(std::string_view bytes, DecodedReadings& out, Fault& fault);
void read_protobuf_reading(std::string_view bytes, DecodedReadings& out, Fault& fault);

// The readings of `in` at `indices` as a ReadingBatch of their own; `otherwise_venue`: of those
// that name none.
[[nodiscard]] std::string protobuf_excerpt(const DecodedReadings& in,
                                           std::span<const std::uint32_t> indices,
                                           std::string_view otherwise_venue);

}  // namespace crowdflow::wire
