#pragma once

#include <cstdint>

#include <crowdflow/shard.h>
#include <crowdflow/venue.h>

namespace crowdflow::test {

// A plaza and a corridor with a door between them, and one rule of each kind.
inline Venue sample_venue() {
  Venue venue;
  venue.id = "gangneung-hall";
  venue.name = "Gangneung Hall";
  venue.time_zone = "Asia/Seoul";
  venue.version = "89abcdef01234567";
  venue.profiles = {*built_in_profile("fruin-queueing"), *built_in_profile("fruin-walkway")};
  venue.zones = {Zone{.id = "plaza", .name = "Ticket plaza", .area_m2 = 1800, .profile = 0},
                 Zone{.id = "corridor", .name = "North corridor", .area_m2 = 14.4, .profile = 1}};
  venue.openings = {Opening{.id = "door-1", .from = 0, .to = 1, .width_m = 1.8},
                    Opening{.id = "door-2", .from = 1, .to = kOutside, .width_m = 0.9}};
  venue.windows = {{10, 1}, {60, 60}};
  venue.rules = {Rule{.id = "corridor-dense",
                      .when = RuleKind::kDensity,
                      .zones = {1},
                      .over = 2.2,
                      .deadband = 0.2,
                      .on_delay = std::chrono::seconds{10},
                      .off_delay = std::chrono::seconds{90},
                      .priority = Priority::kCritical},
                 Rule{.id = "plaza-full",
                      .when = RuleKind::kOccupancy,
                      .zones = {0, 1},
                      .over = 4000,
                      .window = WindowSpec{60, 60},
                      .priority = Priority::kLow}};
  return venue;
}

inline EventTime at(std::int64_t second, std::int64_t microseconds = 0) {
  return start_of_second(1'518'174'000 + second) + Span{microseconds};  // 2018-02-09T11:00:00Z
}
inline WallTime wall(std::int64_t second, std::int64_t microseconds = 0) {
  return WallTime{at(second, microseconds).time_since_epoch()};
}

// One second of the sample venue: a known zone with flows, and an unknown one.
inline Outputs sample_outputs(const Venue& venue) {
  Outputs out;
  out.seconds = {{&venue, at(10), wall(10, 250'000), 0, 2}};
  out.flows = {{0, 12.5}, {1, 0}};
  out.states = {
      ZoneState{.zone = 1,
                .window_start = at(0),
                .window_end = at(10),
                .revision = 2,
                .final = true,
                .quality = Quality::kDegraded,
                .quality_reasons = static_cast<QualityReasons>(bit(QualityReason::kUnanchored) |
                                                               bit(QualityReason::kCapped)),
                .occupancy = 36,
                .density_at_end = 2.5,
                .density_mean = 2.1,
                .density_maximum = 2.7,
                .density_percentile = 2.625,
                .level_of_service = LevelOfService::kF,
                .inflow = 66,
                .outflow = 1.0 / 3.0,
                .motion = ZoneState::Motion{.mean_speed = 0.375, .velocity_variance = 0.0625},
                .first_flow = 0,
                .flow_count = 2},
      ZoneState{.zone = 0,
                .window_start = at(0),
                .window_end = at(10),
                .quality = Quality::kUnknown,
                .quality_reasons = bit(QualityReason::kHistoryMissing),
                .occupancy = 7,
                .inflow = 6}};
  return out;
}

inline Alert sample_alert() {
  return {.rule = 0,
          .zone = 1,
          .occurrence = 3,
          .sequence = 1,
          .state = AlarmState::kUnacknowledged,
          .condition_active = true,
          .value = 2.4,
          .event_time = at(10),
          .raised_at = wall(10, 250'000),
          .quality = Quality::kGood};
}

}  // namespace crowdflow::test
