#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/check.h>
#include <crowdflow/venue.h>

namespace crowdflow::testing {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;

inline constexpr WindowSpec kTenSeconds{.size_s = 10, .hop_s = 1};
inline constexpr WindowSpec kMinute{.size_s = 60, .hop_s = 60};
inline constexpr WindowSpec kFiveMinutes{.size_s = 300, .hop_s = 300};
inline constexpr WindowSpec kQuarter{.size_s = 900, .hop_s = 900};

// A venue in a few words. Starts empty, so that what is said about it is GOOD when its sensors
// speak; windows of 10 s by 1 s, lateness 5 s, revise_for 60 s, unless told otherwise.
class VenueBuilder {
 public:
  VenueBuilder() {
    venue_.id = "hall";
    venue_.profiles.push_back(*built_in_profile("fruin-walkway"));
    venue_.windows = {kTenSeconds};
    venue_.starts = StartLevel::kEmpty;
  }

  VenueBuilder& id(std::string id) {
    venue_.id = std::move(id);
    return *this;
  }
  VenueBuilder& zone(std::string id, double area_m2 = 100) {
    venue_.zones.push_back({.id = std::move(id), .area_m2 = area_m2});
    return *this;
  }
  // "" is outside.
  VenueBuilder& opening(std::string id, std::string_view from, std::string_view to,
                        std::optional<double> width_m = {}) {
    venue_.openings.push_back(
        {.id = std::move(id), .from = place(from), .to = place(to), .width_m = width_m});
    return *this;
  }
  // Counts who crosses.
  VenueBuilder& counter(std::string id, std::string_view opening, Span every = 1s) {
    venue_.sensors.push_back({.id = std::move(id),
                              .counts = CountKind::kDelta,
                              .at = index_of(venue_.openings, opening),
                              .every = every});
    return *this;
  }
  // Counts who is there.
  VenueBuilder& gauge(std::string id, std::string_view zone, Span every = 1s) {
    venue_.sensors.push_back({.id = std::move(id),
                              .counts = CountKind::kOccupancy,
                              .in = index_of(venue_.zones, zone),
                              .every = every});
    return *this;
  }
  // A cumulative register of who crossed.
  VenueBuilder& register_of(std::string id, std::string_view opening, Span every = 1s) {
    counter(std::move(id), opening, every);
    sensor().counts = CountKind::kTotal;
    return *this;
  }
  VenueBuilder& access(std::string id, std::string_view opening, Span every = 1s) {
    counter(std::move(id), opening, every);
    sensor().counts = CountKind::kAccess;
    return *this;
  }
  // How people move.
  VenueBuilder& motion(std::string id, std::string_view zone, Span every = 1s) {
    gauge(std::move(id), zone, every);
    sensor().counts = CountKind::kMotion;
    return *this;
  }
  // The sensor named last.
  Sensor& sensor() { return venue_.sensors.back(); }
  VenueBuilder& reversed() {
    std::swap(sensor().entries, sensor().exits);
    return *this;
  }
  VenueBuilder& rule(Rule rule) {
    venue_.rules.push_back(std::move(rule));
    return *this;
  }
  VenueBuilder& windows(std::vector<WindowSpec> windows) {
    venue_.windows = std::move(windows);
    return *this;
  }
  VenueBuilder& starts(StartLevel level) {
    venue_.starts = level;
    return *this;
  }
  VenueBuilder& percentile(int percent) {
    venue_.density_percentile = percent;
    return *this;
  }
  VenueBuilder& utc_offsets(std::vector<UtcOffset> offsets) {
    venue_.utc_offsets = std::move(offsets);
    return *this;
  }
  VenueBuilder& lateness(Span span) {
    venue_.lateness = span;
    return *this;
  }
  VenueBuilder& revise_for(Span span) {
    venue_.revise_for = span;
    return *this;
  }

  [[nodiscard]] std::shared_ptr<const Venue> build() const {
    return std::make_shared<const Venue>(venue_);
  }

 private:
  template <typename T>
  static std::uint32_t index_of(const std::vector<T>& list, std::string_view id) {
    for (std::uint32_t i = 0; i < list.size(); ++i) {
      if (list[i].id == id) return i;
    }
    CROWDFLOW_CHECK(false, "the test names what it has not built");
    return 0;
  }
  [[nodiscard]] ZoneIndex place(std::string_view id) const {
    return id.empty() ? kOutside : index_of(venue_.zones, id);
  }

  Venue venue_;
};

// A hall with one door, whose counter speaks each second.
inline VenueBuilder one_hall() {
  return VenueBuilder().zone("hall").opening("door", "", "hall").counter("counter", "door");
}

// outside -[gate]-> plaza -[door]-> corridor, both counted each second.
inline VenueBuilder two_rooms() {
  return VenueBuilder()
      .zone("plaza", 200)
      .zone("corridor", 50)
      .opening("gate", "", "plaza", 3.0)
      .opening("door", "plaza", "corridor", 1.5)
      .counter("gate-counter", "gate")
      .counter("door-counter", "door");
}

}  // namespace crowdflow::testing
