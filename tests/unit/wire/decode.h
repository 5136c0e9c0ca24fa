#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/wire/reference_readings.h"
#include "wire/readings_decoder.h"

namespace crowdflow::test {

// The readings that a decoder finds in `value`, or in the one place of a list the refusal:
// "MALFORMED: line 1 ...".
inline std::vector<std::string> decoded(std::string_view value,
                                        std::string_view content_type = "") {
  wire::ReadingsDecoder decoder;
  const auto readings = decoder.decode(value, content_type);
  if (readings) return describe(*readings);
  return {std::string(name_of(readings.error().reason)) + ": " + readings.error().message};
}

}  // namespace crowdflow::test
