#include "busy_venue.h"

#include "unit/engine/stage.h"

namespace crowdflow::testing {
namespace {

constexpr std::size_t kMostReadings = 64;  // in a second
constexpr std::size_t kMostSaid = 4096;

std::shared_ptr<const Venue> venue_of_every_kind() {
  VenueBuilder builder;
  builder.zone("plaza", 400)
      .zone("hall", 100)
      .zone("square", 900)
      .opening("gate", "", "plaza", 3.0)
      .opening("door", "plaza", "hall", 1.5)
      .opening("arch", "hall", "square", 2.0)
      .register_of("turnstile", "gate")
      .counter("camera", "door")
      .access("scanner", "arch")
      .counter("exit", "arch", 10s)
      .gauge("lidar", "hall")
      .motion("tracker", "hall");
  builder.windows({kTenSeconds, kMinute, kFiveMinutes, kQuarter}).percentile(90);
  builder.rule({.id = "dense", .zones = {1}, .over = 1, .deadband = 0.2});
  builder.rule({.id = "full",
                .when = RuleKind::kOccupancy,
                .zones = {0, 1},
                .over = 90,
                .window = kTenSeconds});
  Venue venue = *builder.build();
  venue.sensors[0].bits = 16;
  return std::make_shared<const Venue>(std::move(venue));
}

}  // namespace

BusyVenue::BusyVenue() : venue_(venue_of_every_kind()) {
  readings_.reserve(kMostReadings);
  outcomes_.resize(kMostReadings);
  out_.seconds.reserve(kMostSaid);
  out_.states.reserve(kMostSaid);
  out_.flows.reserve(kMostSaid);
  out_.alerts.reserve(kMostSaid);
}

void BusyVenue::add(std::string_view sensor, std::int64_t second, const Statement& statement,
                    Span interval, std::uint64_t sequence) {
  readings_.push_back({.venue_id = venue_->id,
                       .sensor_id = sensor,
                       .sequence = sequence,
                       .event_time = at(0) + std::chrono::seconds{second},
                       .interval = interval,
                       .statement = statement});
}

void BusyVenue::fill(std::int64_t second) {
  readings_.clear();
  const auto t = static_cast<std::uint64_t>(second);
  const auto counted = [&](std::int64_t when) {
    add("camera", when, CountDelta{.entries = 3, .exits = 3}, 1s,
        static_cast<std::uint64_t>(when + 1));
  };
  add("turnstile", second, CountTotal{.entries = 7 * t % 65'536, .exits = 7 * t % 65'536});
  // Some come late, some twice, some with other numbers.
  if (second % 20 != 7) counted(second);
  if (second % 20 == 12) counted(second - 5);
  if (second % 6 == 0) counted(second);
  if (second % 15 == 9) {
    add("camera", second - 4, CountDelta{.entries = 4, .exits = 4}, 1s, t - 4 + 1);
  }
  add("scanner", second, Access{.admitted = 2, .refused = 1}, 1s);
  if (second % 10 == 0) add("exit", second, CountDelta{.entries = 1, .exits = 1}, 10s);
  if (second % 30 != 29) add("lidar", second, Occupancy{.people = second % 60 < 30 ? 20U : 150U});
  if (second % 30 == 4) add("lidar", second - 3, Occupancy{.people = 25});
  add("tracker", second, Motion{.mean_speed = 1, .velocity_variance = 0.1});
  add("exit", second, Heartbeat{});
  if (second % 60 == 13) add("", second, Anchor{.zone_id = "square", .people = 40});
  if (second % 300 == 59) add("", second, Anchor{.people = 500});
  if (second % 300 == 62) add("", second - 3, Anchor{.people = 510});
  if (second % 30 == 3) {
    add("nobody", second, Heartbeat{});
    add("lidar", second, CountDelta{.entries = 1});
    add("camera", second + 10'000, CountDelta{.entries = 1});
    add("lidar", second - 3'000, Occupancy{.people = 1});
  }
}

void BusyVenue::pass(std::int64_t from, std::int64_t until, Shard& shard) {
  for (std::int64_t second = from; second < until; ++second) {
    const WallTime now{(at(0) + std::chrono::seconds{second} + 500ms).time_since_epoch()};
    shard.tick({.now = now, .proven = true}, out_);
    fill(second);
    shard.apply(readings_, std::span(outcomes_).first(readings_.size()), out_);
    accounting_.consumed += readings_.size();
    for (std::size_t i = 0; i < readings_.size(); ++i)
      accounting_.count(outcomes_[i]);
    alerts_ += out_.alerts.size();
    for (const ZoneState& state : out_.states)
      finals_ += state.final ? 1 : 0;
    out_.clear();
  }
}

}  // namespace crowdflow::testing
