#pragma once

#include <cstddef>

#include <crowdflow/venue.h>

namespace crowdflow {

// Bytes that a Shard takes for one venue when it is put there. Nothing grows with time or with what
// is said, but for `first_anchor`: zones without a gauge sensor take that much in all when a person
// has counted each of them; and `first_flood`: openings take that much in all when more than 65,535
// people have passed one of them in one second.
struct MemoryNeed {
  std::size_t description = 0;  // the Venue itself: names, places, rules
  std::size_t sensors = 0;      // each sensor's recent readings and clock
  std::size_t zones = 0;        // slices, gauges, windows, alarms
  std::size_t openings = 0;     // slices
  std::size_t first_anchor = 0;
  std::size_t first_flood = 0;

  [[nodiscard]] std::size_t total() const { return description + sensors + zones + openings; }
};

[[nodiscard]] MemoryNeed memory_need(const Venue& venue);

}  // namespace crowdflow
