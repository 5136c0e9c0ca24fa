// What memory_need() says is what put_venue() takes, for venues of many shapes.

#include <functional>
#include <gmock/gmock.h>

#include <crowdflow/memory_need.h>
#include <crowdflow/shard.h>

#include "counted_heap.h"
#include "unit/engine/stage.h"

namespace crowdflow::testing {
namespace {

struct Shape {
  std::string name;
  int zones = 0;
  std::function<void(VenueBuilder&, const std::string& zone)> furnish;
  std::function<void(VenueBuilder&)> finish = [](VenueBuilder&) {};
};

std::shared_ptr<const Venue> venue_of(const Shape& shape) {
  VenueBuilder builder;
  builder.windows({kTenSeconds, kMinute, kFiveMinutes, kQuarter});
  for (int i = 0; i < shape.zones; ++i) {
    const std::string zone = "zone-" + std::to_string(i);
    builder.zone(zone);
    shape.furnish(builder, zone);
  }
  shape.finish(builder);
  return builder.build();
}

void doors(VenueBuilder& builder, const std::string& zone, int doors, Span every) {
  for (int i = 0; i < doors; ++i) {
    const std::string id = zone + "-" + std::to_string(i);
    builder.opening(id, "", zone, 2.0).counter(id, id, every);
  }
}

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all{
      {"FiveDoorsEach", 400, [](VenueBuilder& b, const std::string& z) { doors(b, z, 5, 1s); }},
      {"OneSlowDoorEach", 100,
       [](VenueBuilder& b, const std::string& z) { doors(b, z, 1, 15min); }},
      {"CamerasOfWhoIsThere", 300,
       [](VenueBuilder& b, const std::string& z) {
         b.gauge(z + "-lidar", z).motion(z + "-tracker", z);
       }},
      {"NoSensorsAtAll", 500, [](VenueBuilder&, const std::string&) {}},
      {"FastSensors", 100, [](VenueBuilder& b, const std::string& z) { doors(b, z, 2, 100ms); }},
      {"LongRevisionsAndPercentiles", 100,
       [](VenueBuilder& b, const std::string& z) { doors(b, z, 2, 1s); },
       [](VenueBuilder& b) { b.percentile(90).revise_for(10min); }},
      {"TwoRulesEach", 300, [](VenueBuilder& b, const std::string& z) { doors(b, z, 1, 1s); },
       [](VenueBuilder& b) {
         std::vector<ZoneIndex> zones(300);
         for (ZoneIndex zone = 0; zone < zones.size(); ++zone)
           zones[zone] = zone;
         b.rule({.id = "dense", .zones = zones, .over = 2});
         b.rule({.id = "full", .zones = zones, .over = 3, .window = kMinute});
       }},
  };
  return all;
}

class MemoryNeedOf : public ::testing::TestWithParam<std::size_t> {};

TEST_P(MemoryNeedOf, IsWhatTheShardTakes) {
  const Shape& shape = shapes()[GetParam()];
  SCOPED_TRACE(shape.name);
  const std::shared_ptr<const Venue> built = venue_of(shape);
  const auto venue = [&] {
    // A venue as a file makes it has no room to spare in its lists.
    const std::int64_t before = heap().live_bytes;
    auto copy = std::make_shared<const Venue>(*built);
    return std::pair(copy, heap().live_bytes - before);
  }();
  Shard shard;
  Outputs out;
  const std::int64_t before = heap().live_bytes;
  shard.put_venue(venue.first, out);
  const auto taken = static_cast<double>(heap().live_bytes - before + venue.second);
  const MemoryNeed need = memory_need(*venue.first);
  EXPECT_NEAR(taken / static_cast<double>(need.total()), 1.0, 0.03)
      << "description " << need.description << " (" << venue.second << "), sensors " << need.sensors
      << ", zones " << need.zones << ", openings " << need.openings;
}

TEST_P(MemoryNeedOf, SaysWhatTheFirstCountsByHandAdd) {
  const Shape& shape = shapes()[GetParam()];
  SCOPED_TRACE(shape.name);
  const std::shared_ptr<const Venue> venue = venue_of(shape);
  Shard shard;
  Outputs out;
  out.seconds.reserve(10);
  out.states.reserve(10 * venue->zones.size());
  out.flows.reserve(10 * venue->openings.size());
  shard.put_venue(venue, out);
  shard.tick({.now = wall(100)}, out);
  const std::int64_t before = heap().live_bytes;
  Reading counted{.venue_id = venue->id, .event_time = at(2), .statement = {}};
  for (const Zone& zone : venue->zones) {
    counted.event_time += 1ms;
    counted.statement = Anchor{.zone_id = zone.id, .people = 1};
    ASSERT_EQ(shard.apply(counted, out), Outcome::kApplied);
  }
  const auto taken = static_cast<double>(heap().live_bytes - before);
  const auto need = static_cast<double>(memory_need(*venue).first_anchor);
  EXPECT_NEAR(taken, need, 0.03 * need);
}

TEST(MemoryNeedOfAFlood, IsWhatTheFirstTakesAndNoOther) {
  const std::shared_ptr<const Venue> venue = venue_of(shapes().front());
  Shard shard;
  Outputs out;
  out.seconds.reserve(10);
  out.states.reserve(10 * venue->zones.size());
  out.flows.reserve(10 * venue->openings.size());
  shard.put_venue(venue, out);
  shard.tick({.now = wall(100)}, out);
  const std::int64_t before = heap().live_bytes;
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(shard.apply({.venue_id = venue->id,
                           .sensor_id = venue->sensors[i].id,
                           .event_time = at(2),
                           .interval = 1s,
                           .statement = CountDelta{.entries = 100'000}},
                          out),
              Outcome::kApplied);
  }
  const auto taken = static_cast<double>(heap().live_bytes - before);
  const auto need = static_cast<double>(memory_need(*venue).first_flood);
  EXPECT_NEAR(taken, need, 0.03 * need);
}

INSTANTIATE_TEST_SUITE_P(Shapes, MemoryNeedOf, ::testing::Range(std::size_t{0}, shapes().size()),
                         [](const auto& shape) { return shapes()[shape.param].name; });

}  // namespace
}  // namespace crowdflow::testing
