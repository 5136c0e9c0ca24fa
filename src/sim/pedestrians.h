#pragma once

#include <cstdint>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::sim {

// How people move: numbers from the literature, in integers, so that a simulation gives the same
// result on every platform (a compiler may join a multiplication and an addition of doubles).

// A millionth of a person, to count what passes in a part of a second.
inline constexpr std::int64_t kMicroPerson = 1'000'000;

// People per minute and metre of clear width: Guide to Safety at Sports Grounds (Green Guide), on
// level ground and on stepped surfaces. Within what others give (SFPE 1.3, Weidmann 1.22 people per
// second and metre).
inline constexpr double kLevelFlowPerMinute = 82;
inline constexpr double kStepsFlowPerMinute = 66;

// People per square metre at which nobody moves any more: Weidmann, Transporttechnik der
// Fussgaenger, 1993.
inline constexpr double kJamDensity = 5.4;

// What an opening is taken for whose file gives no width, in metres: a double door.
inline constexpr double kAssumedWidth = 1.8;

// When people who were held up may go on, they set off within this time.
inline constexpr Span kSettingOff = std::chrono::seconds{8};

// Micro-people per second who can pass each opening, both directions together: its width times the
// specific flow, and not more than its sensors hold possible.
[[nodiscard]] std::vector<std::int64_t> opening_rates(const Venue& venue);

// Millimetres per second at which people walk among so many people on so much ground: Weidmann's
// fundamental diagram.
[[nodiscard]] std::int64_t walking_speed_mm(std::int64_t people, const Zone& zone);

// Standard deviation of people's speeds, in percent of their mean: Weidmann's 0.26 of 1.34 m/s.
inline constexpr std::int64_t kSpeedSpreadPercent = 19;

// The way across a zone in millimetres: the side of a square as large.
[[nodiscard]] std::int64_t way_across_mm(const Zone& zone);

}  // namespace crowdflow::sim
