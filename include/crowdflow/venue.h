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

// Which way the people went whom a sensor counts in one of its two numbers.
enum class Direction : std::uint8_t {
  kForward,   // from -> to of its opening
  kBackward,  // to -> from
  kIgnored,   // the number says nothing
};

struct Sensor {
  std::string id;
  CountKind counts = CountKind::kDelta;
  // Where it stands. Exactly one is set: `at` for sensors that count crossings, `in` for the
  // others.
  std::optional<OpeningIndex> at;
  std::optional<ZoneIndex> in;
  // How often it speaks. 100 ms to 24 h.
  Span every{std::chrono::seconds{1}};
  // What its entries and its exits are at the opening; the other way round when mounted so.
  Direction entries = Direction::kForward;
  Direction exits = Direction::kBackward;
  // Its place in Venue::sensor_kinds.
  std::uint16_t kind = 0;
  // A register's width: it starts again from 0 after 2^bits - 1. 16, 24 or 32; absent: it is never
  // full.
  std::optional<int> bits;
  // A register that starts again from 0 at each local midnight (Venue::utc_offsets).
  bool resets_at_midnight = false;
  // People per unit that an occupancy sensor counts, such as devices. Above 0.
  double scale = 1;
  // Units (before `scale`) beyond which an occupancy sensor cannot count.
  std::optional<std::int64_t> capped_at;
  // People per minute and direction beyond which a reading is impossible, and a register's step is
  // no flow.
  std::optional<double> max_rate_per_minute;
  // People per minute, both directions together, below which a reading is an oddity.
  std::optional<double> min_rate_per_minute;

  // Of `entries_said` and `exits_said` those who went `way` through its opening.
  [[nodiscard]] std::int64_t people(Direction way, std::int64_t entries_said,
                                    std::int64_t exits_said) const {
    return (entries == way ? entries_said : 0) + (exits == way ? exits_said : 0);
  }
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

// Local time is UTC + seconds from then on.
struct UtcOffset {
  EventTime from{};
  std::chrono::seconds seconds{0};
  friend bool operator==(const UtcOffset&, const UtcOffset&) = default;
};

struct Venue {
  std::string id;
  std::string name;
  // IANA name, e.g. "Asia/Seoul". For schedules and for people; event time is UTC.
  std::string time_zone;
  // What the time zone's name meant when the file was read, in the order of time; the first also
  // holds before it. Empty: UTC.
  std::vector<UtcOffset> utc_offsets;
  // 16 hex digits, the FNV-1a hash of the file's bytes: names this version of the venue.
  std::string version;

  std::vector<ThresholdProfile> profiles;
  std::vector<Zone> zones;
  std::vector<Opening> openings;
  std::vector<Sensor> sensors;
  // "sensor", "turnstile", "stereo-camera", ...: for people. Each once.
  std::vector<std::string> sensor_kinds{"sensor"};
  // Shortest first. Not empty.
  std::vector<WindowSpec> windows;
  // Say for each window also the density that was not passed during this share of its seconds, in
  // percent: 1 to 99. Absent: do not.
  std::optional<int> density_percentile;
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
