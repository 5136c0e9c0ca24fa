#pragma once

#include <chrono>
#include <cstdint>

#include <crowdflow/time.h>

namespace crowdflow {

// Whole seconds that hold a span.
[[nodiscard]] constexpr std::int64_t seconds_up(Span span) {
  return std::chrono::ceil<std::chrono::seconds>(span).count();
}

}  // namespace crowdflow
