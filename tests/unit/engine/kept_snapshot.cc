#include "kept_snapshot.h"

#include "stage.h"

namespace crowdflow::testing {
namespace {

VenueBuilder hall() {
  VenueBuilder builder;
  builder.id("hall")
      .zone("plaza", 40)
      .zone("stalls", 10)
      .opening("gate", "", "plaza", 3.0)
      .opening("door", "plaza", "stalls", 1.5)
      .opening("lane", "", "stalls")
      .register_of("turnstile", "gate")
      .counter("camera", "door")
      .access("scanner", "lane", 10s)
      .gauge("lidar", "stalls")
      .motion("tracker", "plaza", 5s)
      .starts(StartLevel::kUnknown)
      .revise_for(10s)
      .windows({{.size_s = 5, .hop_s = 1}, kMinute})
      .percentile(90)
      .rule({.id = "dense", .zones = {0, 1}, .over = 0.5, .deadband = 0.1, .on_delay = 2s});
  return builder;
}

std::shared_ptr<const Venue> of_version(const VenueBuilder& builder, std::string version) {
  Venue venue = *builder.build();
  venue.version = std::move(version);
  for (Sensor& sensor : venue.sensors) {
    if (sensor.id == "turnstile") sensor.bits = 16;
    if (sensor.id == "camera") sensor.min_rate_per_minute = 120;
  }
  return std::make_shared<const Venue>(std::move(venue));
}

std::uint64_t number(int t) { return static_cast<std::uint64_t>(t); }

}  // namespace

KeptSnapshot::KeptSnapshot()
    : former_(of_version(hall().rule({.id = "gone",
                                      .when = RuleKind::kOccupancy,
                                      .zones = {0},
                                      .over = 10,
                                      .window = WindowSpec{.size_s = 5, .hop_s = 1}}),
                         "0000000000000001")) {
  venues_.push_back(of_version(hall(), "0000000000000002"));
  venues_.push_back(of_version(one_hall().id("yard"), "0000000000000003"));
}

void KeptSnapshot::begin(Shard& shard, Outputs& out) const {
  shard.put_venue(former_, out);
  shard.put_venue(venues_[1], out);
  shard.forget_levels();
  for (int t = 0; t < kCut; ++t) {
    if (t == 45) shard.put_venue(venues_[0], out);
    second(shard, t, out);
  }
}

void KeptSnapshot::go_on(Shard& shard, int seconds, Outputs& out) const {
  for (int t = kCut; t < kCut + seconds; ++t)
    second(shard, t, out);
}

void KeptSnapshot::second(Shard& shard, int t, Outputs& out) const {
  const auto say = [&](std::string_view sensor, double time, Statement statement,
                       Span interval = Span{0}, std::uint64_t sequence = 0) {
    static_cast<void>(shard.apply({.venue_id = "hall",
                                   .sensor_id = sensor,
                                   .sequence = sequence,
                                   .boot_id = sequence == 0 ? 0U : 7U,
                                   .event_time = at(time),
                                   .interval = interval,
                                   .statement = statement},
                                  out));
  };
  shard.tick({.now = wall(t + 0.5), .proven = t % 4 != 0}, out);
  // Full after a few seconds; now and then the last word is another one.
  say("turnstile", t, CountTotal{.entries = (65'500 + 3 * number(t)) % 65'536, .exits = number(t)});
  if (t % 20 == 7) {
    say("turnstile", t,
        CountTotal{.entries = (65'501 + 3 * number(t)) % 65'536, .exits = number(t)});
  }
  // Some never come, some come three seconds late, and one is stamped ahead of the clock.
  const CountDelta crossed{.entries = number(t * 7 % 5), .exits = number(t * 3 % 4)};
  if (t % 17 != 5 && t % 11 != 8) {
    say("camera", t == 70 ? t + 9.5 : t, crossed, 1s, number(t + 1));
  }
  if (t % 11 == 0 && t > 11) say("camera", t - 3, crossed, 1s, number(t - 2));
  if (t % 10 == 4) say("scanner", t, Access{.admitted = 3, .refused = 1}, 10s);
  if (t < 40 || t > 61) {
    say("lidar", t - 0.25, Occupancy{.people = number(4 + t % 3), .stddev = 0.5, .capped_at = 6});
  }
  if (t % 5 == 2) say("tracker", t, Motion{.mean_speed = 1.2, .velocity_variance = 0.04});
  if (t % 9 == 1) say("tracker", t, Heartbeat{});
  if (t == 30) say("", t, Anchor{.people = 50}, Span{0}, 1);
  if (t == 68) say("", t, Anchor{.zone_id = "plaza", .people = 12}, Span{0}, 2);
  if (t == 72) say("", t, Anchor{.people = 36});
}

}  // namespace crowdflow::testing
