// What `crowdflow venue new` writes, as `crowdflow demo --venue FILE` shows it.

#include <gmock/gmock.h>
#include <memory>
#include <string>

#include "config/venue_file.h"
#include "config/venue_parts.h"
#include "config/venue_sketch.h"
#include "unit/sim/watched.h"

namespace crowdflow::sim {
namespace {

// A hall behind a foyer, whose counters all speak so often.
Venue hall_with_counters(const std::string& every) {
  config::VenueSketch sketch{.name = "Hall", .id = "hall", .time_zone = "UTC"};
  EXPECT_TRUE(config::add_zone(sketch, "foyer,9x5,,walkway"));
  EXPECT_TRUE(config::add_zone(sketch, "hall,220m2,400,standing"));
  EXPECT_TRUE(config::add_door(sketch, "front,1.8m,foyer"));
  EXPECT_TRUE(config::add_door(sketch, "inner,1.8m,hall,foyer"));
  EXPECT_TRUE(config::add_door(sketch, "garden,1.8m,hall"));
  for (const char* door : {"front", "inner", "garden"}) {
    EXPECT_TRUE(
        config::add_counter(sketch, std::string(door) + "-counter," + door + ",delta," + every));
  }
  auto venue = config::parse_venue(config::venue_file_text(sketch, {}), "hall.yaml");
  EXPECT_TRUE(venue);
  return venue ? *std::move(venue) : Venue{};
}

TEST(SketchedVenue, RaisesTheAlarmOfItsSurgeHoweverSeldomItsCountersSpeak) {
  for (const char* every : {"1s", "10s", "1m"}) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Watched watched = watch(hall_with_counters(every), 4, seed);
      SCOPED_TRACE(std::string(every) + ", seed " + std::to_string(seed));
      EXPECT_EQ(watched.refused, 0);
      expect_one_alarm_per_cycle(watched, 4, "foyer");
    }
  }
}

TEST(SketchedVenue, RaisesNoAlarmWhenOneDoorSpeaksBeforeTheNext) {
  const auto venue = std::make_shared<const Venue>(hall_with_counters("1m"));
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  EventTime now = start_of_second(1'700'000'040);  // a full minute
  std::uint64_t sequence = 0;
  const auto say = [&](const char* sensor, const CountDelta& counted) {
    ++sequence;
    EXPECT_EQ(shard.apply({.venue_id = "hall",
                           .sensor_id = sensor,
                           .sequence = sequence,
                           .event_time = now,
                           .interval = std::chrono::minutes{1},
                           .statement = counted},
                          out),
              Outcome::kApplied);
  };
  for (int second = 0; second < 300; ++second) {
    shard.tick({.now = WallTime{now.time_since_epoch()}, .proven = true}, out);
    if (second % 60 == 0) {
      // Three hundred have gone through the foyer, whose limit is at 94, and the hall.
      say("front-counter", {.entries = 300, .exits = 0});
      say("inner-counter", {.entries = 300, .exits = 0});
      say("garden-counter", {.entries = 0, .exits = 300});
    }
    now += std::chrono::seconds{1};
  }
  EXPECT_EQ(out.alerts.size(), 0U);
}

}  // namespace
}  // namespace crowdflow::sim
