#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/level_of_service.h>
#include <crowdflow/time.h>

namespace crowdflow {

// A venue as its file describes it, checked: every index below is in range, every id is unique
// within its list. Plain data; indices are positions in the lists of the same Venue.

using ZoneIndex = std::uint32_t;
using OpeningIndex = std::uint32_t;
using SensorIndex = std::uint32_t;
using ProfileIndex = std::uint32_t;

// The other side of an opening that leads out of the venue.
inline constexpr ZoneIndex kOutside = std::numeric_limits<ZoneIndex>::max();

// What people do in a zone. For people and for the choice of a profile; changes no arithmetic.
enum class ZoneKind { kWalkway, kStairs, kQueue, kStanding, kSeating, kOther };

struct Zone {
  std::string id;
  std::string name;
  ZoneKind kind = ZoneKind::kOther;
  // Square metres that people can stand on. Above 0.
  double area_m2 = 0;
  // People that the zone is meant to hold at most.
  std::optional<std::int64_t> capacity;
  ProfileIndex profile = 0;
  // Corners in metres, local x and y, not closed; empty when only the area was given.
  struct Corner {
    double x = 0;
    double y = 0;
  };
  std::vector<Corner> polygon;
};

// Where people pass between two zones, or between a zone and outside.
struct Opening {
  std::string id;
  std::string name;
  // Entries go from -> to. Different; at most one of them is kOutside.
  ZoneIndex from = kOutside;
  ZoneIndex to = kOutside;
  // Clear width in metres, above 0; absent when not given.
  std::optional<double> width_m;
};

// What a sensor's numbers mean.
enum class CountKind { kDelta, kTotal, kOccupancy, kMotion, kAccess };

struct Sensor {
  std::string id;
  // "turnstile", "stereo-camera", ...: for people.
  std::string kind;
  CountKind counts = CountKind::kDelta;
  // Where it stands. Exactly one is set: `at` for sensors that count crossings, `in` for the
  // others.
  std::optional<OpeningIndex> at;
  std::optional<ZoneIndex> in;
  // How often it speaks. 100 ms to 24 h.
  Span every{std::chrono::seconds{1}};
  // Mounted the wrong way round: its entries are the opening's exits.
  bool reversed = false;
  // People beyond which an occupancy sensor cannot count.
  std::optional<std::int64_t> capped_at;
  // People per minute and direction beyond which a reading is impossible.
  std::optional<double> max_rate_per_minute;
};

// A window: its length and how often one starts. Whole seconds; hop == size is tumbling, hop < size
// sliding. Starts are multiples of hop since 1970 (UTC).
struct WindowSpec {
  std::int64_t size_s = 0;
  std::int64_t hop_s = 0;
  friend bool operator==(const WindowSpec&, const WindowSpec&) = default;
};

enum class RuleKind { kDensity, kOccupancy };
enum class Priority { kLow, kMedium, kHigh, kCritical };

// When to raise an alarm, one alarm per rule and zone.
struct Rule {
  std::string id;
  RuleKind when = RuleKind::kDensity;
  // The zones that it watches. Not empty.
  std::vector<ZoneIndex> zones;
  // The limit: people per square metre (density) or people (occupancy). The condition begins when
  // the value is above it.
  double over = 0;
  // The condition ends when the value is not above over - deadband. Same unit as over, 0 or more.
  double deadband = 0;
  // For how long, in venue time, the condition must hold before the alarm is raised, and must have
  // ended before it is cleared.
  Span on_delay{0};
  Span off_delay{0};
  // Judge the mean over this window, each second of venue time. Absent: judge the present level,
  // with each reading.
  std::optional<WindowSpec> window;
  Priority priority = Priority::kMedium;
};

// What is known about the people inside when the venue is first seen.
enum class StartLevel {
  kAssumedEmpty,  // the file says nothing: taken as empty, shown as degraded until anchored
  kEmpty,         // the file says: empty
  kUnknown,       // the file says: unknown until told
};

struct Venue {
  std::string id;
  std::string name;
  // IANA name, e.g. "Asia/Seoul". For schedules and for people; event time is UTC.
  std::string time_zone;
  // 16 hex digits, the FNV-1a hash of the file's bytes: names this version of the venue.
  std::string version;

  std::vector<ThresholdProfile> profiles;
  std::vector<Zone> zones;
  std::vector<Opening> openings;
  std::vector<Sensor> sensors;
  // Shortest first. Not empty.
  std::vector<WindowSpec> windows;
  StartLevel starts = StartLevel::kAssumedEmpty;
  // How long a window waits for late readings before it is final.
  Span lateness{std::chrono::seconds{5}};
  // For how long after that it can still be revised.
  Span revise_for{std::chrono::seconds{60}};
  std::vector<Rule> rules;
};

// The name that Venue::version gives to a file with these bytes.
[[nodiscard]] std::string venue_version(std::string_view file_bytes);

}  // namespace crowdflow
