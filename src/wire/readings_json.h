#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wire/decoded_readings.h"
#include "wire/json_reader.h"

namespace crowdflow::wire {

// Reads JSON: one or more values with white space between them, each a Reading, a ReadingBatch (an
// object with `readings`) or an array of these. In place where the text has no escapes: `out`
// points into `text` and `unescaped`. Returns what is wrong and where, empty when nothing is;
// `text` begins at `begin`.
[[nodiscard]] std::string read_json(std::string_view text, TextPlace begin, std::string& unescaped,
                                    DecodedReadings& out);

// The readings of `in` at `indices` as JSON of their own; `otherwise_venue`: of those that name
// none.
[[nodiscard]] std::string json_excerpt(const DecodedReadings& in,
                                       std::span<const std::uint32_t> indices,
                                       std::string_view otherwise_venue);

}  // namespace crowdflow::wire
