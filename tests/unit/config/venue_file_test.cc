#include "config/venue_file.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

Venue read(std::string_view yaml) {
  auto venue = parse_venue(yaml, "venue.yaml");
  EXPECT_TRUE(venue) << format_errors(venue.error());
  return venue.value_or(Venue{});
}

std::string errors_in(std::string_view yaml) {
  const auto venue = parse_venue(yaml, "venue.yaml");
  return venue ? "" : format_errors(venue.error());
}

constexpr std::string_view kWhole = R"(
crowdflow: v1
venue: { id: gangneung-hall, name: Gangneung Hall, time_zone: Asia/Seoul }
profiles:
  narrow-corridor: { extends: fruin-walkway, limit: 2.2 }
  ours: { begins_at: { B: 0.5, C: 1, D: 1.5, E: 2, F: 3.5 }, unit: people/m2, source: "us, 2026" }
zones:
  - { id: plaza, name: Ticket plaza, kind: queue, area: 1800, capacity: 4000, profile: ours }
  - { id: corridor, name: North corridor, kind: walkway, profile: narrow-corridor,
      polygon: [[0,0],[1.8,0],[1.8,8],[0,8]] }
openings:
  - { id: gate-a, from: outside, to: plaza, width: 3.6 }
  - { id: door-1, name: Door 1, from: plaza, to: corridor, width: 1.8 }
  - { id: exit, from: corridor, to: outside }
sensors:
  - { id: ts-17, kind: turnstile, at: gate-a, counts: total, bits: 32, every: 10s,
      max_rate: 60/min, detection: { in: 0.99, out: 0.98, sd: 0.01 } }
  - { id: cam-3, kind: stereo-camera, at: door-1, counts: delta, every: 500ms, reversed: true }
  - { id: area-9, kind: lidar, in: corridor, counts: occupancy, every: 1s, capped_at: 60 }
windows: [ 1m, 10s/1s, 15m, 1m/1s ]
starts: unknown
lateness: 7s
revise_for: 2m
rules:
  - { id: corridor-dense, when: density, zones: [corridor], over: 2.2, on_delay: 1s,
      off_delay: 10s, deadband: 0.2, window: 10s/1s, priority: critical }
  - { id: corridor-own, when: density, zones: [corridor] }
  - { id: plaza-full, when: occupancy, zones: [plaza] }
  - { id: anywhere, when: occupancy, over: 5000 }
)";

TEST(VenueFile, ReadsAWholeVenue) {
  const Venue venue = read(kWhole);
  EXPECT_EQ(venue.id, "gangneung-hall");
  EXPECT_EQ(venue.name, "Gangneung Hall");
  EXPECT_EQ(venue.time_zone, "Asia/Seoul");
  EXPECT_EQ(venue.version, venue_version(kWhole));
  EXPECT_EQ(venue.starts, StartLevel::kUnknown);
  EXPECT_EQ(venue.lateness, seconds{7});
  EXPECT_EQ(venue.revise_for, minutes{2});
  EXPECT_THAT(venue.windows, ElementsAre(WindowSpec{10, 1}, WindowSpec{60, 1}, WindowSpec{60, 60},
                                         WindowSpec{900, 900}));
}

TEST(VenueFile, ReadsPlaces) {
  const Venue venue = read(kWhole);
  ASSERT_EQ(venue.zones.size(), 2U);
  EXPECT_EQ(venue.zones[0].name, "Ticket plaza");
  EXPECT_EQ(venue.zones[0].kind, ZoneKind::kQueue);
  EXPECT_EQ(venue.zones[0].area_m2, 1800);
  EXPECT_THAT(venue.zones[0].capacity, Optional(4000));
  EXPECT_THAT(venue.zones[0].polygon, IsEmpty());
  EXPECT_DOUBLE_EQ(venue.zones[1].area_m2, 14.4);
  EXPECT_EQ(venue.zones[1].polygon.size(), 4U);
  EXPECT_EQ(venue.zones[1].capacity, std::nullopt);

  ASSERT_EQ(venue.openings.size(), 3U);
  EXPECT_EQ(venue.openings[0].from, kOutside);
  EXPECT_EQ(venue.openings[0].to, 0U);
  EXPECT_EQ(venue.openings[0].name, "gate-a");
  EXPECT_THAT(venue.openings[0].width_m, Optional(3.6));
  EXPECT_EQ(venue.openings[1].name, "Door 1");
  EXPECT_EQ(venue.openings[2].from, 1U);
  EXPECT_EQ(venue.openings[2].to, kOutside);
  EXPECT_EQ(venue.openings[2].width_m, std::nullopt);
}

TEST(VenueFile, ReadsProfilesWithTheirSource) {
  const Venue venue = read(kWhole);
  const ThresholdProfile& ours = venue.profiles[venue.zones[0].profile];
  EXPECT_EQ(ours.name, "ours");
  EXPECT_EQ(ours.begins_at, (std::array<double, 5>{0.5, 1, 1.5, 2, 3.5}));
  EXPECT_EQ(ours.source, "us, 2026");
  EXPECT_EQ(ours.limit, std::nullopt);
  const ThresholdProfile& narrow = venue.profiles[venue.zones[1].profile];
  EXPECT_EQ(narrow.begins_at, built_in_profile("fruin-walkway")->begins_at);
  EXPECT_THAT(narrow.limit, Optional(2.2));
  EXPECT_THAT(narrow.source, HasSubstr("limit: the venue file; levels: Fruin"));
}

TEST(VenueFile, ReadsSensors) {
  const Venue venue = read(kWhole);
  ASSERT_EQ(venue.sensors.size(), 3U);
  const Sensor& turnstile = venue.sensors[0];
  EXPECT_EQ(venue.sensor_kinds[turnstile.kind], "turnstile");
  EXPECT_EQ(turnstile.counts, CountKind::kTotal);
  EXPECT_THAT(turnstile.at, Optional(0U));
  EXPECT_EQ(turnstile.in, std::nullopt);
  EXPECT_EQ(turnstile.every, seconds{10});
  EXPECT_THAT(turnstile.max_rate_per_minute, Optional(60.0));
  EXPECT_EQ(turnstile.entries, Direction::kForward);
  EXPECT_EQ(venue.sensors[1].every, milliseconds{500});
  EXPECT_EQ(venue.sensors[1].entries, Direction::kBackward);
  EXPECT_EQ(venue.sensors[1].exits, Direction::kForward);
  EXPECT_EQ(venue.sensors[2].counts, CountKind::kOccupancy);
  EXPECT_THAT(venue.sensors[2].in, Optional(1U));
  EXPECT_THAT(venue.sensors[2].capped_at, Optional(60));
}

// A hall with a door and these sensors.
std::string hall_with(std::string_view sensors) {
  return "crowdflow: v1\nvenue: { id: hall, time_zone: UTC }\nzones: [ { id: hall, area: 9 } ]\n"
         "openings: [ { id: door, to: hall } ]\nsensors:\n" +
         std::string{sensors};
}

TEST(VenueFile, ReadsWhatARegisterDoesWhenItIsFullAndAtMidnight) {
  const Venue venue =
      read(hall_with("  - { id: a, at: door, counts: total, bits: 24, resets: midnight }\n"
                     "  - { id: b, at: door, counts: total }\n"));
  EXPECT_THAT(venue.sensors[0].bits, Optional(24));
  EXPECT_TRUE(venue.sensors[0].resets_at_midnight);
  EXPECT_EQ(venue.sensors[1].bits, std::nullopt);
  EXPECT_FALSE(venue.sensors[1].resets_at_midnight);
}

TEST(VenueFile, ReadsWhichWayEachNumberCounts) {
  const Venue venue =
      read(hall_with("  - { id: a, at: door, directions: { entries: out, exits: ignored } }\n"
                     "  - { id: b, at: door, directions: { entries: in, exits: in } }\n"
                     "  - { id: c, at: door, counts: access, directions: { entries: out } }\n"
                     "  - { id: d, at: door, reversed: true }\n"));
  const auto ways = [&](std::size_t i) {
    return std::pair{venue.sensors[i].entries, venue.sensors[i].exits};
  };
  EXPECT_EQ(ways(0), std::pair(Direction::kBackward, Direction::kIgnored));
  EXPECT_EQ(ways(1), std::pair(Direction::kForward, Direction::kForward));
  EXPECT_EQ(ways(2), std::pair(Direction::kBackward, Direction::kIgnored));
  EXPECT_EQ(ways(3), std::pair(Direction::kBackward, Direction::kForward));
}

TEST(VenueFile, ReadsScaleRatesAndPercentile) {
  const Venue venue =
      read(hall_with("  - { id: wifi, in: hall, scale: 1.4 }\n"
                     "  - { id: cam, at: door, min_rate: 6/h, max_rate: 2/s }\n"
                     "percentile: 95\n"));
  EXPECT_EQ(venue.sensors[0].scale, 1.4);
  EXPECT_EQ(venue.sensors[1].scale, 1);
  EXPECT_THAT(venue.sensors[1].min_rate_per_minute, Optional(0.1));
  EXPECT_THAT(venue.sensors[1].max_rate_per_minute, Optional(120.0));
  EXPECT_THAT(venue.density_percentile, Optional(95));
  EXPECT_EQ(read(hall_with("  - { id: cam, at: door }\n")).density_percentile, std::nullopt);
}

TEST(VenueFile, LearnsFromTheMachineWhatItsTimeZoneMeans) {
  const UtcOffset seoul{.from = *event_time_from_rfc3339("2000-01-01T00:00:00Z"),
                        .seconds = std::chrono::hours{9}};
  EXPECT_THAT(read(kWhole).utc_offsets, ElementsAre(seoul));
}

TEST(VenueFile, KeepsTheOffsetsThatItWasReadWithBefore) {
  const std::vector<UtcOffset> offsets{
      {.from = *event_time_from_rfc3339("2000-01-01T00:00:00Z"), .seconds = seconds{30'600}},
      {.from = *event_time_from_rfc3339("2015-08-14T15:00:00Z"), .seconds = seconds{32'400}}};
  const auto venue = parse_venue_again(kWhole, "venue.yaml", offsets);
  ASSERT_TRUE(venue) << format_errors(venue.error());
  EXPECT_EQ(venue->time_zone, "Asia/Seoul");
  EXPECT_EQ(venue->utc_offsets, offsets);

  // A zone that this machine has never heard of.
  const auto elsewhere = parse_venue_again(
      "crowdflow: v1\nvenue: { id: base, time_zone: Moon/Tranquility }\n"
      "zones: [ { id: base, area: 9 } ]\n",
      "venue.yaml", offsets);
  ASSERT_TRUE(elsewhere) << format_errors(elsewhere.error());
  EXPECT_EQ(elsewhere->utc_offsets, offsets);
}

TEST(VenueFile, ReadsRulesAndTakesLimitsFromProfileAndCapacity) {
  const Venue venue = read(kWhole);
  ASSERT_EQ(venue.rules.size(), 4U);
  const Rule& dense = venue.rules[0];
  EXPECT_EQ(dense.when, RuleKind::kDensity);
  EXPECT_THAT(dense.zones, ElementsAre(1));
  EXPECT_EQ(dense.over, 2.2);
  EXPECT_EQ(dense.deadband, 0.2);
  EXPECT_EQ(dense.on_delay, seconds{1});
  EXPECT_EQ(dense.off_delay, seconds{10});
  EXPECT_THAT(dense.window, Optional(WindowSpec{10, 1}));
  EXPECT_EQ(dense.priority, Priority::kCritical);
  EXPECT_EQ(venue.rules[1].over, 2.2);
  EXPECT_EQ(venue.rules[1].window, std::nullopt);
  EXPECT_EQ(venue.rules[1].priority, Priority::kMedium);
  EXPECT_EQ(venue.rules[2].over, 4000);
  EXPECT_THAT(venue.rules[3].zones, ElementsAre(0, 1));
}

TEST(VenueFile, MayBeFourLinesShort) {
  const Venue venue = read(
      "crowdflow: v1\n"
      "venue: { id: hall, time_zone: Europe/London }\n"
      "zones: [ { id: hall, area: 220 } ]\n"
      "openings: [ { id: door, to: hall, sensor: door-counter } ]\n");
  EXPECT_EQ(venue.name, "hall");
  EXPECT_EQ(venue.zones[0].name, "hall");
  EXPECT_EQ(venue.openings[0].from, kOutside);
  ASSERT_EQ(venue.sensors.size(), 1U);
  EXPECT_EQ(venue.sensors[0].id, "door-counter");
  EXPECT_EQ(venue.sensor_kinds[venue.sensors[0].kind], "sensor");
  EXPECT_EQ(venue.sensors[0].counts, CountKind::kDelta);
  EXPECT_EQ(venue.sensors[0].every, seconds{1});
  EXPECT_THAT(venue.sensors[0].at, Optional(0U));
  EXPECT_EQ(venue.starts, StartLevel::kAssumedEmpty);
  EXPECT_EQ(venue.lateness, seconds{5});
  EXPECT_EQ(venue.revise_for, seconds{60});
  EXPECT_THAT(venue.rules, IsEmpty());
  EXPECT_THAT(venue.windows, ElementsAre(WindowSpec{10, 1}, WindowSpec{60, 60},
                                         WindowSpec{300, 300}, WindowSpec{900, 900}));
}

TEST(VenueFile, ChoosesTheProfileByTheKindOfZone) {
  const Venue venue = read(
      "crowdflow: v1\n"
      "venue: { id: hall, time_zone: UTC }\n"
      "zones:\n"
      "  - { id: a, area: 9, kind: walkway }\n"
      "  - { id: b, area: 9, kind: stairs }\n"
      "  - { id: c, area: 9, kind: queue }\n"
      "  - { id: d, area: 9, kind: standing }\n"
      "  - { id: e, area: 9, kind: seating }\n"
      "  - { id: f, area: 9 }\n");
  std::vector<std::string> names;
  names.reserve(venue.zones.size());
  for (const Zone& zone : venue.zones)
    names.push_back(venue.profiles[zone.profile].name);
  EXPECT_THAT(names, ElementsAre("fruin-walkway", "fruin-stairs", "fruin-queueing",
                                 "green-guide-standing", "fruin-queueing", "fruin-walkway"));
}

TEST(VenueFile, KeepsSensorsInTheOrderOfTheFile) {
  const Venue venue = read(
      "crowdflow: v1\n"
      "venue: { id: hall, time_zone: UTC }\n"
      "sensors:\n"
      "  - { id: first, in: hall }\n"
      "openings:\n"
      "  - { id: door, to: hall, sensor: { id: second, counts: access, reversed: true } }\n"
      "zones:\n"
      "  - { id: hall, area: 9, sensor: third }\n"
      "  - { id: stage, area: 9, sensor: { id: fourth, counts: motion, every: 1m } }\n");
  std::vector<std::string> ids;
  ids.reserve(venue.sensors.size());
  for (const Sensor& sensor : venue.sensors)
    ids.push_back(sensor.id);
  EXPECT_THAT(ids, ElementsAre("first", "second", "third", "fourth"));
  EXPECT_EQ(venue.sensors[1].counts, CountKind::kAccess);
  EXPECT_EQ(venue.sensors[2].counts, CountKind::kOccupancy);
  EXPECT_THAT(venue.sensors[2].in, Optional(0U));
  EXPECT_EQ(venue.sensors[3].counts, CountKind::kMotion);
}

TEST(VenueFile, TakesAClosedRingAsAPolygon) {
  const Venue venue = read(
      "crowdflow: v1\n"
      "venue: { id: hall, time_zone: UTC }\n"
      "zones: [ { id: hall, polygon: [[0, 0], [0, 3], [3, 3], [3, 0], [0, 0]] } ]\n");
  EXPECT_EQ(venue.zones[0].polygon.size(), 4U);
  EXPECT_DOUBLE_EQ(venue.zones[0].area_m2, 9);
}

TEST(VenueFile, ReadsTheSameWithByteOrderMarkAndCrLf) {
  std::string text{"\xEF\xBB\xBF"};
  for (const char c : kWhole) {
    if (c == '\n') text += '\r';
    text += c;
  }
  const Venue venue = read(text);
  EXPECT_EQ(venue.sensors.size(), 3U);
  EXPECT_EQ(venue.version, venue_version(text));
}

TEST(VenueFile, ReadsJson) {
  const Venue venue = read(R"({"crowdflow": "v1", "venue": {"id": "hall", "time_zone": "UTC"},
      "zones": [{"id": "hall", "area": 220.5, "sensor": {"id": "cam", "every": "10s"}}]})");
  EXPECT_EQ(venue.zones[0].area_m2, 220.5);
  EXPECT_EQ(venue.sensors[0].every, seconds{10});
}

TEST(VenueFile, GivesWarningsBesideErrors) {
  std::vector<ConfigError> warnings;
  EXPECT_FALSE(parse_venue(
      "crowdflow: v1\n"
      "venue: { id: hall, time_zone: UTC }\n"
      "zones: [ { id: hall, area: x } ]\n"
      "openings: [ { id: door, to: hall, sensor: { id: s, detection: { in: 1, out: 1 } } } ]\n",
      "venue.yaml", &warnings));
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(VenueFile, KeepsAThousandErrorsAndCountsTheRest) {
  std::string text = "crowdflow: v1\nvenue: { id: hall, time_zone: UTC }\nzones:\n";
  for (int i = 0; i < 1500; ++i)
    text += "  - { id: z" + std::to_string(i) + ", area: x }\n";
  const auto venue = parse_venue(text, "venue.yaml");
  ASSERT_FALSE(venue);
  EXPECT_EQ(venue.error().size(), 1001U);
  EXPECT_EQ(message(venue.error().back()), "found 500 more errors");
}

TEST(VenueFile, RefusesBytesThatAreNotText) {
  EXPECT_THAT(errors_in(std::string_view{"crowdflow: v1\nvenue: \0", 22}),
              HasSubstr("venue.yaml:2:8: found the byte 0x00, expected text in UTF-8"));
  EXPECT_THAT(errors_in("crowdflow: v1\nvenue: { name: Caf\xE9 }\n"),
              HasSubstr("venue.yaml:2:19: found the byte 0xe9"));
}

TEST(VenueFile, SaysWhyAFileCannotBeRead) {
  const test::TempDir folder;
  const auto missing = load_venue((folder.path() / "no.yaml").string());
  ASSERT_FALSE(missing);
  EXPECT_THAT(format_errors(missing.error()), HasSubstr("no.yaml: cannot be opened: No such file"));
  const auto directory = load_venue(folder.path().string());
  ASSERT_FALSE(directory);
  EXPECT_THAT(format_errors(directory.error()), HasSubstr("is a folder, not a file"));
  EXPECT_TRUE(load_venue(folder.write("hall.yaml", kWhole).string()));
}

TEST(VenueFile, RefusesMoreThan64MiB) {
  EXPECT_THAT(errors_in("# " + std::string(std::size_t{64} << 20U, 'x')),
              HasSubstr("found more than 64 MiB"));
}

TEST(VenueFile, ReadsACity) {
  constexpr int kZones = 5000;
  std::string text = "crowdflow: v1\nvenue: { id: city, time_zone: UTC }\nzones:\n";
  for (int i = 0; i < kZones; ++i)
    text += "  - { id: z" + std::to_string(i) + ", area: 100 }\n";
  text += "openings:\n";
  for (int i = 0; i < kZones; ++i) {
    text += "  - { id: o" + std::to_string(i) + ", to: z" + std::to_string(i) + ", sensor: s" +
            std::to_string(i) + " }\n";
  }
  text += "rules: [ { id: dense, when: density, over: 2 } ]\n";
  const Venue venue = read(text);
  EXPECT_EQ(venue.zones.size(), 5000U);
  EXPECT_EQ(venue.sensors.back().at, 4999U);
  EXPECT_EQ(venue.rules[0].zones.size(), 5000U);
}

}  // namespace
}  // namespace crowdflow::config
