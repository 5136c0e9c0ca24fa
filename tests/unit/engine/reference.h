#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include <crowdflow/reading.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

namespace crowdflow::testing {

// A window's last final state, without revision and flows, and its flows.
struct Expected {
  ZoneState state;
  std::vector<double> flows;  // people per metre and minute, by the zone's measured openings
};

// A second implementation of what the last final states have to be, slow and by definition: it
// keeps all readings, and computes each number from all of them when the input has ended. It knows
// no clock, no lateness and no order. Nor does it know readings that are late, skewed or from the
// future, leaps, and restarts of sensors.
class Reference {
 public:
  explicit Reference(std::shared_ptr<const Venue> venue) : venue_(std::move(venue)) {}

  // Of the same identity the last word counts; that all of them were said is not undone.
  void take(const Reading& reading);

  // By zone, window size in seconds, and end in seconds since 1970.
  using Window = std::tuple<ZoneIndex, std::int64_t, std::int64_t>;
  [[nodiscard]] std::map<Window, Expected> finals() const;

 private:
  // Sensor and boot; then sequence, or kind, anchored zone and stamp.
  using Identity =
      std::tuple<std::string, std::uint64_t, std::uint64_t, std::size_t, std::string, EventTime>;
  std::shared_ptr<const Venue> venue_;
  std::vector<Reading> words_;
  std::map<Identity, Reading> facts_;
};

}  // namespace crowdflow::testing
