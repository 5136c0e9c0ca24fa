#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "sim/crowd.h"
#include "sim/random.h"
#include "sim/routes.h"
#include "sim/scenario.h"
#include "sim/sensors.h"

namespace crowdflow::sim {

// A crowd in a venue and the sensors that watch it: a pure function of the venue, the scenario and
// the seed, the same on every platform and however its time is cut into steps.
//
// People are whole and conserved: one comes in by a gate, is in one zone at a time, and goes out by
// a gate. A venue without a gate stays empty; a zone that nobody can walk to stays empty.
//
// The venue outlives it. Threads: one at a time. It reads no clock: the caller says how much time
// goes by.
class Simulation {
 public:
  // Begins at `start` with an empty venue and the scenario's first phase.
  Simulation(const Venue& venue, Scenario scenario, std::uint64_t seed, EventTime start,
             const SensorFaults& faults = {});
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Lets time go by, in sub-steps of at most 100 ms that end at multiples of 100 ms since 1970 and
  // when a sensor speaks; what is left of `span` is kept for the next step. Returns what the
  // sensors said, in the order in which it arrived; valid until the next step.
  [[nodiscard]] std::span<const SensorReading> step(Span span);

  // The end of the last sub-step. All that follows speaks of this moment.
  [[nodiscard]] EventTime now() const { return now_; }
  // People present, by zone.
  [[nodiscard]] std::span<const std::int64_t> truth() const { return crowd_.people(); }
  [[nodiscard]] const Crowd& crowd() const { return crowd_; }
  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const Phase& phase() const { return scenario_.phases[phase_]; }
  // How often the scenario has begun, from 1.
  [[nodiscard]] std::uint64_t cycle() const { return cycle_; }

 private:
  struct Gate {
    OpeningIndex opening = 0;
    std::int64_t credit = 0;  // of arrivals, in millionths of micro-people
  };

  void sub_step(EventTime until);
  void begin_phase(std::size_t phase);
  void let_arrive(Span elapsed);
  [[nodiscard]] std::int64_t arrivals_per_second(const Gate& gate) const;
  void send_somebody(const Gate& gate);
  void find_places();

  // Where people want to go, and how many of them at once.
  struct Place {
    ZoneIndex zone = 0;
    std::int64_t people = 0;
  };

  const Venue& venue_;
  const Scenario scenario_;
  const Routes routes_;
  Random random_;
  Crowd crowd_;
  Sensors sensors_;
  std::vector<Gate> gates_;
  std::vector<Place> places_;

  EventTime now_;
  EventTime target_;
  std::size_t phase_ = 0;
  EventTime phase_ends_;
  std::uint64_t cycle_ = 1;
  std::int64_t surge_per_second_ = 0;  // micro-people
  std::vector<SensorReading> said_;
};

}  // namespace crowdflow::sim
