#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/venue.h>

#include "console/zone_directory.h"
#include "wire/messages.h"

// A venue of two zones, and what an engine says about it.
namespace crowdflow::test {

inline constexpr EventTime kNoon{std::chrono::seconds{1'518'177'600}};  // 2018-02-09T12:00:00Z
inline constexpr WallTime kNoonByTheWall{kNoon.time_since_epoch()};

inline std::shared_ptr<const Venue> hall(std::string id = "hall") {
  auto venue = std::make_shared<Venue>();
  venue->id = std::move(id);
  venue->name = "Gangneung \"Hall\"";
  venue->time_zone = "Asia/Seoul";
  venue->version = "0123456789abcdef";
  venue->profiles = {{.name = "fruin-walkway",
                      .begins_at = {0.31, 0.43, 0.72, 1.08, 2.17},
                      .limit = 2.2,
                      .source = "Fruin 1971"},
                     {.name = "plain", .begins_at = {1, 2, 3, 4, 5}, .limit = {}, .source = "us"}};
  venue->zones = {{.id = "plaza",
                   .name = "Ticket plaza",
                   .kind = ZoneKind::kQueue,
                   .area_m2 = 1800,
                   .capacity = 4000,
                   .profile = 1,
                   .polygon = {}},
                  {.id = "corridor",
                   .name = "North corridor",
                   .kind = ZoneKind::kWalkway,
                   .area_m2 = 14.4,
                   .capacity = {},
                   .profile = 0,
                   .polygon = {{0, 0}, {1.8, 0}, {1.8, 8}, {0, 8}}}};
  venue->openings = {{.id = "gate", .name = "Gate", .from = kOutside, .to = 0, .width_m = 3.6},
                     {.id = "door", .name = "Door", .from = 0, .to = 1, .width_m = {}}};
  venue->windows = {{10, 1}, {60, 60}};
  return venue;
}

inline std::shared_ptr<const console::ZoneDirectory> directory_of(
    std::vector<std::shared_ptr<const Venue>> venues) {
  return std::make_shared<const console::ZoneDirectory>(std::move(venues));
}

// A live state of the shortest window that ends at `end`.
inline v1::ZoneState state(const std::string& zone, EventTime end, double density,
                           v1::Quality quality = v1::QUALITY_GOOD) {
  v1::ZoneState state;
  state.set_venue_id("hall");
  state.set_zone_id(zone);
  wire::set_time(end - std::chrono::seconds{10}, *state.mutable_window_start());
  wire::set_time(end, *state.mutable_window_end());
  state.set_quality(quality);
  if (quality != v1::QUALITY_UNKNOWN) state.mutable_density()->set_at_end(density);
  return state;
}

inline std::string states(const std::vector<v1::ZoneState>& of_one_second,
                          const std::string& venue = "hall") {
  v1::ZoneStateBatch batch;
  batch.set_venue_id(venue);
  for (const v1::ZoneState& one : of_one_second)
    *batch.add_states() = one;
  return wire::to_bytes(batch);
}

inline v1::Alert alert(const std::string& id, bool active, WallTime said_at = kNoonByTheWall,
                       std::uint64_t occurrence = 1) {
  v1::Alert alert;
  alert.set_alert_id(id);
  alert.set_venue_id("hall");
  alert.set_occurrence(occurrence);
  alert.set_condition_active(active);
  wire::set_time(said_at, *alert.mutable_raised_at());
  return alert;
}

}  // namespace crowdflow::test
