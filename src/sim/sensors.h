#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "sim/crowd.h"
#include "sim/random.h"

namespace crowdflow::sim {

// What a sensor said, as a Reading says it; it names its sensor by index.
struct SensorReading {
  SensorIndex sensor = 0;
  std::uint64_t sequence = 0;
  std::uint64_t boot_id = 0;  // 0 where sensors never start anew
  EventTime event_time{};
  Span interval{0};
  Statement statement;
};

// The reading with its texts, which are views into `venue`.
[[nodiscard]] Reading to_reading(const Venue& venue, const SensorReading& said);

// How far sensors and their network are from perfect.
struct SensorFaults {
  // People who cross without being seen, of a thousand.
  std::int64_t missed_per_mille = 0;
  // A packet is under way for up to `delay`; of a thousand, `late_per_mille` for up to `late`.
  // Packets do not wait for each other.
  Span delay = std::chrono::milliseconds{120};
  Span late = std::chrono::milliseconds{900};
  std::int64_t late_per_mille = 15;
  // Of a thousand times that a sensor has spoken, it starts anew at once: with another boot_id, its
  // sequence from 1 and its register from 0.
  std::int64_t reboots_per_mille = 0;
  // What registers show at the start.
  std::uint64_t registers_begin_at = 0;
};

// The sensors of a venue, which watch a crowd: each speaks at the multiples of its `every` since
// 1970, and one that counts totals at `start` too. Registers roll over and are reset at local
// midnight as the venue file says. The venue outlives it.
class Sensors {
 public:
  Sensors(const Venue& venue, const SensorFaults& faults, std::uint64_t seed, EventTime start);

  // When one of them speaks next.
  [[nodiscard]] EventTime next_due() const;
  // Lets those speak that are due at `now`.
  void speak(const Crowd& crowd, EventTime now);
  // Appends what has arrived until `now`, in the order of arrival.
  void take_arrived(EventTime now, std::vector<SensorReading>& out);

 private:
  struct State {
    EventTime spoke{};
    std::uint64_t sequence = 0;
    std::uint64_t boot_id = 0;
    Passed seen;     // of the opening, when it spoke
    Passed counted;  // in its register, as if that were never full
  };
  struct Packet {
    EventTime arrives{};
    std::uint64_t number = 0;
    SensorReading reading;
    friend bool operator>(const Packet& a, const Packet& b) {
      return std::pair{a.arrives, a.number} > std::pair{b.arrives, b.number};
    }
  };
  using Due = std::pair<EventTime, SensorIndex>;

  void say(SensorIndex index, const Crowd& crowd, EventTime now);
  [[nodiscard]] Statement look(SensorIndex index, const Crowd& crowd, EventTime now);
  [[nodiscard]] Statement look_at_zone(const Sensor& sensor, ZoneIndex zone,
                                       const Crowd& crowd) const;
  [[nodiscard]] std::uint64_t without_missed(std::uint64_t people);
  [[nodiscard]] Span delay();

  const Venue* venue_;
  const SensorFaults faults_;
  Random random_;
  std::vector<State> states_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::priority_queue<Packet, std::vector<Packet>, std::greater<>> under_way_;
  std::uint64_t packets_ = 0;
};

}  // namespace crowdflow::sim
