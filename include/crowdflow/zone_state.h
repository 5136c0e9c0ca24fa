#pragma once

#include <cstdint>
#include <optional>

#include <crowdflow/level_of_service.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow {

// How far the numbers can be relied on; a greater one is worse.
enum class Quality : std::uint8_t { kGood, kDegraded, kStale, kUnknown };

// Why a zone's quality is not good, as bits. Values and meanings are those of
// proto/crowdflow/v1/zone_state.proto: bit n is QualityReason n.
enum class QualityReason : std::uint8_t {
  kSensorSilent = 1,
  kUnanchored = 2,
  kStartUnknown = 3,
  kHistoryMissing = 4,
  kNoSensor = 5,
  kNeverHeard = 6,
  kCapped = 7,
  kClockSkewed = 8,
  kUnmeasuredOpening = 9,
  kApportioned = 10,
};
using QualityReasons = std::uint16_t;

[[nodiscard]] constexpr QualityReasons bit(QualityReason reason) {
  return static_cast<QualityReasons>(1U << static_cast<unsigned>(reason));
}

// One zone over one window (the contract is in zone_state.proto).
struct ZoneState {
  ZoneIndex zone = 0;
  EventTime window_start{};
  EventTime window_end{};
  std::uint32_t revision = 0;
  bool final = false;

  Quality quality = Quality::kUnknown;
  QualityReasons quality_reasons = 0;
  // The rest says nothing when quality is kUnknown, flows excepted.

  // People present at window_end, 0 or more.
  std::int64_t occupancy = 0;
  // People per square metre at window_end; the mean over the window; the highest at the end of any
  // second of it.
  double density_at_end = 0;
  double density_mean = 0;
  double density_maximum = 0;
  // By Venue::density_percentile; absent when the venue asks for none.
  std::optional<double> density_percentile;
  LevelOfService level_of_service = LevelOfService::kA;
  // People per minute who came in and who left, averaged over the part of the window that has
  // passed.
  double inflow = 0;
  double outflow = 0;
  // The latest that a motion sensor of the zone said by window_end: mean walking speed, m/s, and
  // variance of the velocity, m2/s2. Absent when none said anything lately.
  struct Motion {
    double mean_speed = 0;
    double velocity_variance = 0;
  };
  std::optional<Motion> motion;
  // Flow through the zone's measured openings: [first_flow, first_flow + flow_count) of the flows
  // that travel with the state.
  std::uint32_t first_flow = 0;
  std::uint32_t flow_count = 0;
};

// Flow through one opening, both directions together, averaged like inflow.
struct OpeningFlow {
  OpeningIndex opening = 0;
  double people_per_metre_per_minute = 0;
};

}  // namespace crowdflow
