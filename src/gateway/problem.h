#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/outcome.h>

#include "http/message.h"

namespace crowdflow::gateway {

// A reading that cannot be used.
struct FaultyReading {
  std::size_t index = 0;  // among those of the request, from 0
  // Where it begins in JSON text, from 1; 0: it is not text.
  std::size_t line = 0;
  std::size_t column = 0;
  std::string venue_id;
  std::string sensor_id;
  Outcome reason{};
  std::string_view field;
  std::string message;
};

// At most so many faulty readings are told one by one.
inline constexpr std::size_t kMostTold = 100;

// The faulty ones among the readings of a request.
struct Faults {
  std::size_t count = 0;
  std::array<std::uint64_t, kOutcomeCount> by_reason{};  // add up to `count`
  std::vector<FaultyReading> told;                       // the first kMostTold

  void add(Outcome reason, std::size_t readings = 1) {
    count += readings;
    by_reason[static_cast<std::size_t>(reason)] += readings;
  }
};

// What a client is told when its request comes to nothing (RFC 9457).
struct Problem {
  int status = 400;
  std::string_view type;  // "malformed": the end of its URI
  std::string detail;
  Faults faults;
  std::optional<int> retry_after_s;
};

[[nodiscard]] http::Response to_response(const Problem& problem);

// 202: how many readings were taken, and which were not.
[[nodiscard]] http::Response accepted(std::size_t taken, const Faults& faults);

}  // namespace crowdflow::gateway
