#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

namespace crowdflow::testing {

// A window's last final state, without revision and flows, and its flows.
struct Expected {
  ZoneState state;
  std::vector<double> flows;  // people per metre and minute, by the zone's measured openings
};

// Sensor and boot; then sequence, or kind, anchored zone and stamp.
using Identity = std::tuple<std::string_view, std::uint64_t, std::uint64_t, std::size_t,
                            std::string_view, EventTime>;
[[nodiscard]] Identity identity_of(const Reading& reading);

// Whether what the sensor counts tells who crosses its opening.
[[nodiscard]] bool counts_flow(const Sensor& sensor, const Venue& venue);

// A second implementation of what the last final states have to be, slow and by definition: it
// keeps all readings, and computes each number from all of them when the input has ended. It knows
// no clock, no lateness and no order. Nor does it know readings that are late, skewed or from the
// future, leaps, and restarts that show in the sequence only. What happens between two values of a
// register it takes from step_between(), which has its own tests.
class Reference {
 public:
  explicit Reference(std::shared_ptr<const Venue> venue) : venue_(std::move(venue)) {}

  // Of the same identity the last word counts; that all of them were said is not undone. Those that
  // are refused are not for here.
  void take(const Reading& reading);

  // By zone, window size in seconds, and end in seconds since 1970.
  using Window = std::tuple<ZoneIndex, std::int64_t, std::int64_t>;
  [[nodiscard]] std::map<Window, Expected> finals() const;

  // By SensorIndex; but for `readings` and the oddities of numbering, which depend on the order.
  [[nodiscard]] std::vector<SensorTotals> totals() const;

 private:
  std::shared_ptr<const Venue> venue_;
  std::vector<Reading> words_;
  std::map<Identity, Reading> facts_;
};

// What has to become of readings in this order.
struct Fates {
  Accounting accounting;
  std::map<std::string_view, std::uint64_t> taken;  // by sensor
  // By sensor, when each sensor's new readings are in the order of their stamps.
  std::map<std::string_view, std::uint64_t> gaps;
  std::map<std::string_view, std::uint64_t> reboots;
};
[[nodiscard]] Fates fates_of(const std::vector<Reading>& readings, const Venue& venue);
// Why the venue refuses a reading whatever was said before, if it does.
[[nodiscard]] std::optional<Outcome> refusal(const Reading& reading, const Venue& venue);

}  // namespace crowdflow::testing
