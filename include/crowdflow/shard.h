#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/alert.h>
#include <crowdflow/oddity.h>
#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/result.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

namespace crowdflow {

class VenueEngine;

// The only clock that the engine knows; an input like any other.
struct Tick {
  // Never earlier than the tick before (an earlier one counts as the same time).
  WallTime now{};
  // All that the log held at the tick before has been taken: time may pass without readings.
  bool proven = false;
  friend bool operator==(const Tick&, const Tick&) = default;
};

// What steps said, in the order in which they said it. The pointers stay valid as long as the shard
// keeps the venue; convert before the next put_venue().
struct Outputs {
  // States [first, first + count) of `states`: one venue, one second of its time.
  struct Second {
    const Venue* venue = nullptr;
    EventTime venue_time{};
    WallTime now{};
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  struct VenueAlert {
    const Venue* venue = nullptr;
    Alert alert;
  };

  std::vector<Second> seconds;
  std::vector<ZoneState> states;
  std::vector<OpeningFlow> flows;
  std::vector<VenueAlert> alerts;

  [[nodiscard]] bool empty() const { return states.empty() && alerts.empty(); }
  // Keeps the capacity.
  void clear() {
    seconds.clear();
    states.clear();
    flows.clear();
    alerts.clear();
  }
};

// Where a venue stands in time, for metrics and health.
struct VenueProgress {
  const Venue* venue = nullptr;
  // False until the first reading is taken; then the rest says nothing.
  bool started = false;
  // The latest event time taken.
  EventTime frontier{};
  // The frontier, moved on by proven ticks.
  EventTime venue_time{};
  // venue_time - lateness.
  EventTime watermark{};
  // Alarms whose condition is active, by Priority.
  std::array<std::uint64_t, 4> active_alarms{};
};

// What a sensor has said so far, as it was taken: revisions count with their last word.
struct SensorTotals {
  std::uint64_t readings = 0;  // applied, late applied and revised
  std::int64_t entries = 0;    // people `from` -> `to` of its opening
  std::int64_t exits = 0;
  OddityCounts oddities{};
};

// The state of all venues of one partition: a pure function of the inputs and their order.
//
// Inputs are venue files, ticks and readings; the same inputs in the same order give the same
// outputs, to the bit, by the same build. There is no I/O, no clock and no thread in here.
//
// Threads: one at a time. Allocation: put_venue() sizes everything; after that only the caller's
// Outputs grow (and what MemoryNeed says comes with a first anchor or flood). What is large, and
// touched here and there, comes from std::pmr::get_default_resource(): it must outlive the shard,
// and should give large pages.
class Shard {
 public:
  Shard();
  ~Shard();
  Shard(Shard&&) noexcept;
  Shard& operator=(Shard&&) noexcept;

  // A venue file comes into force: a new venue, or another version of one that is here. What is
  // known about zones, sensors and alarms that keep their id is kept; active alarms whose rule or
  // zone is gone are cleared.
  void put_venue(std::shared_ptr<const Venue> venue, Outputs& out);

  // Takes these venues, as they stand, from another shard, and its clock when that is ahead. Those
  // that are not there, or are here already, are passed over.
  void adopt(Shard& from, std::span<const std::string> venue_ids);

  // The log does not hold all that happened before: the level of every zone is unknown until a
  // gauge or an anchor tells it.
  void forget_levels();

  // Moves the clock, and with it timers, staleness and, when proven, venue time.
  void tick(const Tick& tick, Outputs& out);

  // Takes one reading and says what became of it. Never kForwarded or kMalformed.
  [[nodiscard]] Outcome apply(const Reading& reading, Outputs& out);
  // The same for each of `readings`, in this order; outcomes[i], which must exist, is what became
  // of readings[i]. Faster: what the next ones need is fetched from memory meanwhile.
  void apply(std::span<const Reading> readings, std::span<Outcome> outcomes, Outputs& out);

  // The input has ended, and nothing follows: closes every window that has begun. For recorded
  // data.
  void finish(Outputs& out);

  // Of the latest tick.
  [[nodiscard]] WallTime now() const { return tick_.now; }

  // Whether a venue of this id is here.
  [[nodiscard]] bool knows(std::string_view venue_id) const;

  [[nodiscard]] std::vector<VenueProgress> progress() const;

  // By SensorIndex; empty when the venue is not here.
  [[nodiscard]] std::vector<SensorTotals> sensor_totals(std::string_view venue_id) const;

  // The present state of each zone of a venue, over its shortest window, in the file's order, with
  // the flows appended to out.flows. Changes nothing. Nothing when the venue is not here or not
  // started.
  void present(std::string_view venue_id, Outputs& out) const;

  // Appends all that can change a later answer, as bytes in a versioned format with a checksum.
  void save(std::string& out) const;
  // The shard that save() was called on, made of exactly these venues (in any order; each with the
  // id and version that it had). Goes on as that one would, to the bit. The bytes may be anything:
  // kUnsupported when a later version of the format made them, kInvalid for all else that is wrong.
  [[nodiscard]] static Result<Shard> load(std::string_view bytes,
                                          std::span<const std::shared_ptr<const Venue>> venues);

 private:
  VenueEngine* find(std::string_view venue_id) const;

  std::vector<std::unique_ptr<VenueEngine>> venues_;  // sorted by venue id
  Tick tick_;
  bool ticked_ = false;
  bool levels_forgotten_ = false;
};

}  // namespace crowdflow
