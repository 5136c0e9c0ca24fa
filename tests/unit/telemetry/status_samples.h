#pragma once

#include <memory>

#include "telemetry/engine_status.h"

// A running engine with one venue of two zones: the plaza is GOOD, the corridor as told.
namespace crowdflow::test {

inline constexpr WallTime kNow{std::chrono::seconds{1'518'177'600}};
inline constexpr EventTime kLastWindow{kNow.time_since_epoch() - std::chrono::seconds{2}};

inline telemetry::EngineStatus running(Quality corridor = Quality::kGood,
                                       QualityReasons reasons = 0) {
  auto venue = std::make_shared<Venue>();
  venue->id = "hall";
  venue->profiles = {{.name = "walk", .begins_at = {1, 2, 3, 4, 5}, .limit = 2.2, .source = "us"},
                     {.name = "free", .begins_at = {1, 2, 3, 4, 5}, .limit = {}, .source = "us"}};
  venue->zones = {{.id = "plaza",
                   .name = "The \"big\" plaza",
                   .kind = ZoneKind::kQueue,
                   .area_m2 = 100,
                   .capacity = 300,
                   .profile = 0},
                  {.id = "corridor", .name = "Corridor", .area_m2 = 14.4, .profile = 1}};
  venue->sensors = {{.id = "cam-1"}, {.id = "ts-17"}};
  venue->windows = {{10, 1}};

  telemetry::EngineStatus status;
  status.stage = telemetry::EngineStage::kRunning;
  status.now = kNow;
  const ZoneState plaza{.zone = 0,
                        .window_end = kLastWindow,
                        .quality = Quality::kGood,
                        .occupancy = 150,
                        .density_at_end = 1.5,
                        .level_of_service = LevelOfService::kB,
                        .inflow = 60,
                        .outflow = 30};
  ZoneState other = plaza;
  other.zone = 1;
  other.quality = corridor;
  other.quality_reasons = reasons;
  status.venues.push_back({.venue = venue, .progress = {}, .zones = {plaza, other}});
  VenueProgress& progress = status.venues[0].progress;
  progress.venue = venue.get();
  progress.started = true;
  progress.venue_time = kLastWindow;
  progress.watermark = kLastWindow - std::chrono::seconds{5};
  progress.active_alarms = {0, 0, 2, 1};
  return status;
}

}  // namespace crowdflow::test
