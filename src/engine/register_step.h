#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include <crowdflow/oddity.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow {

// A register's value (CountTotal) at a moment.
struct RegisterValue {
  EventTime time{};
  std::uint64_t boot_id = 0;  // 0: not known
  // 0 or more; below 2^bits where the sensor declares them.
  std::int64_t entries = 0;
  std::int64_t exits = 0;
  friend bool operator==(const RegisterValue&, const RegisterValue&) = default;
};

// What happened between two values of one register, which follow each other in time.
struct RegisterStep {
  // Who came did so in [start, after.time): before.time, or the local midnight of a reset.
  EventTime start{};
  // Never negative; in the register's own words: directions are the caller's.
  std::int64_t entries = 0;
  std::int64_t exits = 0;
  // Each of the two numbers is judged for itself.
  std::optional<Oddity> entries_oddity;
  std::optional<Oddity> exits_oddity;
};

// A number that is not lower has risen by the difference, whatever else happened meanwhile; by more
// than is possible is kJump. One that is lower is explained by the first of these that could be:
//
// 1. kMidnightReset. That the register is reset at midnight is declared and certain. A roll-over in
//    the same step is an accident, and one before midnight would not show. A start of the device
//    changes nothing: whom the number holds came after midnight either way.
// 2. kRollOver, when nothing says that the device started anew. Before a reset, because only a
//    number that was nearly full looks like one, and because a number that passes through 0 when
//    it is full is not a device that lost its count.
// 3. kReset, when the device started anew, or the number lost at least half.
// 4. kBackwards: nothing explains it.
//
// Possible is what max_rate allows for the span: from `before`, or from the midnight. Without it, a
// million people. A roll-over without it is less than 1/16 of 2^bits; as well where max_rate allows
// 2^bits and more, which would make a roll-over of every fall.
[[nodiscard]] RegisterStep step_between(const RegisterValue& before, const RegisterValue& after,
                                        const Sensor& sensor,
                                        std::span<const UtcOffset> utc_offsets);

// The latest local midnight at or before `t`: the first moment of a local day, which is later than
// 0:00 where the clocks skip that. `utc_offsets` as in Venue.
[[nodiscard]] EventTime last_local_midnight(EventTime t, std::span<const UtcOffset> utc_offsets);

}  // namespace crowdflow
