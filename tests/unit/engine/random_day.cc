#include "random_day.h"

#include <algorithm>
#include <utility>

#include "reference.h"
#include "stage.h"

namespace crowdflow::testing {
namespace {

// Times fall on quarters of a second, so that things coincide.
constexpr Span kGrain = 250ms;
constexpr std::int64_t kLength = 200;  // seconds
constexpr std::int64_t kShift = 2;     // grains that a register's value may be told to be earlier

std::vector<Reading> sorted(std::vector<std::pair<EventTime, Reading>> arrivals) {
  std::ranges::stable_sort(arrivals, {}, &std::pair<EventTime, Reading>::first);
  std::vector<Reading> readings;
  for (const auto& [arrival, reading] : arrivals)
    readings.push_back(reading);
  return readings;
}

std::string zone_id(std::int64_t i) { return i < 0 ? "" : "zone-" + std::to_string(i); }

}  // namespace

RandomDay::RandomDay(std::uint64_t seed) : random_(seed) {
  make_venue();
  for (const Sensor& sensor : venue_->sensors)
    make_day(sensor);
  make_anchors();
}

std::int64_t RandomDay::uniform(std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

// ---- the venue ----------------------------------------------------------------------------------

void RandomDay::make_venue() {
  VenueBuilder builder;
  // A count of the whole venue ties all zones together. What one of them learns later than the
  // others can revise, these never hear of: it is told where all wait equally long.
  is_even_ = one_in(3);
  const std::int64_t zones = uniform(1, 4);
  for (std::int64_t i = 0; i < zones; ++i)
    builder.zone(zone_id(i), one_of({10.0, 55.5, 100.0}));
  make_openings(builder, zones);
  for (std::int64_t i = 0; i < zones; ++i)
    make_sensors_of(builder, zone_id(i));
  make_local_time(builder);
  builder.windows(
      one_of<std::vector<WindowSpec>>({{kTenSeconds},
                                       {kTenSeconds, kMinute, kFiveMinutes},
                                       {{.size_s = 1, .hop_s = 1}, kMinute},
                                       {{.size_s = 7, .hop_s = 7}, {.size_s = 30, .hop_s = 6}},
                                       {kMinute, kQuarter}}));
  if (one_in(3)) builder.percentile(one_of({1, 50, 90, 99}));
  builder.starts(one_of({StartLevel::kEmpty, StartLevel::kUnknown, StartLevel::kAssumedEmpty}));
  builder.lateness(one_of<Span>({0s, 1s, 5s, 5s, 1500ms})).revise_for(one_of<Span>({7s, 30s, 60s}));
  if (one_in(2)) {
    builder.rule({.id = "dense", .zones = {0}, .over = 0.5, .deadband = 0.1, .on_delay = 2s});
    builder.rule({.id = "full",
                  .when = RuleKind::kOccupancy,
                  .zones = {static_cast<ZoneIndex>(zones - 1)},
                  .over = 30,
                  .window = kTenSeconds});
  }
  venue_ = builder.build();
}

void RandomDay::make_openings(VenueBuilder& builder, std::int64_t zones) {
  const std::int64_t openings = uniform(1, zones + 1);
  for (std::int64_t i = 0; i < openings; ++i) {
    const std::int64_t to = uniform(0, zones - 1);
    std::int64_t from = uniform(-1, zones - 1);
    if (from == to) from = -1;
    const std::string id = "opening-" + std::to_string(i);
    builder.opening(id, zone_id(from), zone_id(to),
                    one_in(3) ? std::optional<double>{} : one_of({0.9, 2.0}));
    for (std::int64_t n = one_of({0, 1, 1, 1, 1, 2}); n > 0; --n)
      make_counter(builder, id + "-counter-" + std::to_string(n), id);
  }
}

void RandomDay::make_counter(VenueBuilder& builder, const std::string& id,
                             const std::string& opening) {
  builder.counter(id, opening, pause_of({500ms, 1s, 1s, 2s, 7s, 30s}));
  Sensor& sensor = builder.sensor();
  sensor.counts = one_of({CountKind::kDelta, CountKind::kDelta, CountKind::kTotal,
                          CountKind::kTotal, CountKind::kAccess});
  if (one_in(4)) builder.reversed();
  if (one_in(6)) {
    const auto way = {Direction::kForward, Direction::kBackward, Direction::kIgnored};
    sensor.entries = one_of(way);
    sensor.exits = one_of(way);
  }
  if (one_in(4)) sensor.max_rate_per_minute = one_of({240.0, 600.0});
  if (one_in(4)) sensor.min_rate_per_minute = one_of({30.0, 150.0});
  if (sensor.counts != CountKind::kTotal) return;
  if (one_in(2)) sensor.bits = one_of({16, 24});
  sensor.resets_at_midnight = one_in(2);
}

void RandomDay::make_sensors_of(VenueBuilder& builder, const std::string& zone) {
  for (std::int64_t n = one_of({0, 0, 1, 1, 2}); n > 0; --n) {
    builder.gauge(zone + "-gauge-" + std::to_string(n), zone, pause_of({1s, 5s, 20s}));
    if (one_in(3)) builder.sensor().capped_at = 40;
    if (one_in(4)) builder.sensor().scale = one_of({1.55, 0.5, 3.0});
  }
  for (std::int64_t n = one_of({0, 0, 0, 1, 2}); n > 0; --n)
    builder.motion(zone + "-motion-" + std::to_string(n), zone, pause_of({1s, 1s, 5s, 20s}));
}

// Local midnight is in the day, and now and then the clocks are changed about then.
void RandomDay::make_local_time(VenueBuilder& builder) {
  if (one_in(4)) return;
  const std::int64_t midnight = kZero + uniform(20, kLength - 20);
  const std::chrono::seconds offset{-(midnight % 86'400)};
  std::vector<UtcOffset> offsets{{.from = EventTime{}, .seconds = offset}};
  if (one_in(2)) {
    const std::chrono::seconds change{one_of({3600, -3600, -30, 30})};
    offsets.push_back({.from = start_of_second(midnight + one_of({-40, 0, 0, 10, 60})),
                       .seconds = offset + change});
  }
  builder.utc_offsets(offsets);
}

std::int64_t RandomDay::local_day_of(EventTime t) const {
  std::chrono::seconds offset{0};
  for (const UtcOffset& piece : venue_->utc_offsets) {
    if (t >= piece.from) offset = piece.seconds;
  }
  return second_of(t + offset) / 86'400;
}

// ---- what is said -------------------------------------------------------------------------------

// Something else than what the sensor is there to count.
std::optional<Statement> RandomDay::aside_of(const Sensor& sensor) {
  if (one_in(20)) return Heartbeat{};
  // Of its zone, or of one that is not its own: that is refused.
  if (one_in(30)) {
    const ZoneIndex own = sensor.in ? *sensor.in : venue_->openings[*sensor.at].to;
    const Zone& zone = venue_->zones[one_in(5) ? 0 : own];
    return Anchor{.zone_id = one_in(5) ? "nowhere" : std::string_view(zone.id),
                  .people = count(0, 60)};
  }
  if (one_in(80)) return one_in(2) ? Statement{Motion{}} : Statement{Occupancy{}};
  return std::nullopt;
}

Statement RandomDay::statement_of(const Sensor& sensor, Register& shown, EventTime at,
                                  bool started) {
  switch (sensor.counts) {
    case CountKind::kDelta:
      return CountDelta{.entries = one_in(50) ? 1000 : count(0, 9), .exits = count(0, 6)};
    case CountKind::kAccess:
      return Access{.admitted = count(0, 9), .refused = count(0, 3)};
    case CountKind::kOccupancy:
      return Occupancy{.people = count(0, 60), .stddev = one_of({0.0, 1.5}), .capped_at = 55};
    case CountKind::kMotion:
      return Motion{.mean_speed = static_cast<double>(uniform(0, 2500)) / 1000,
                    .velocity_variance = static_cast<double>(uniform(0, 400'000)) / 1e6};
    case CountKind::kTotal:
      break;
  }
  return turn(sensor, shown, at, started);
}

CountTotal RandomDay::turn(const Sensor& sensor, Register& shown, EventTime at, bool started) {
  const std::uint64_t end = std::uint64_t{1} << sensor.bits.value_or(53);
  const std::int64_t today = local_day_of(at);
  const bool midnight = sensor.resets_at_midnight && today > shown.local_day && !one_in(8);
  shown.local_day = today;
  if (midnight || (started && !one_in(4)) || one_in(60)) {
    shown.entries = 0;
    if (!one_in(6)) shown.exits = 0;
  }
  if (one_in(50)) {
    shown.entries -= std::min(shown.entries, count(1, 4));
  } else if (one_in(60)) {
    shown.exits += count(1, 3'000'000);
  } else {
    shown.entries += count(0, 9);
    shown.exits += count(0, 6);
  }
  shown.entries %= end;
  shown.exits %= end;
  return {.entries = shown.entries, .exits = shown.exits};
}

void RandomDay::make_day(const Sensor& sensor) {
  const bool numbered = one_in(2);
  const bool is_register = sensor.counts == CountKind::kTotal;
  const std::int64_t every = std::max<std::int64_t>(sensor.every / kGrain, 1);
  std::uint64_t boot_id = one_in(2) ? 0 : 7;
  std::uint64_t sequence = 0;
  Register shown = first_of(sensor);
  const auto tell = [&](std::int64_t t, const Statement& statement, std::int64_t step) {
    Reading reading{.venue_id = venue_->id,
                    .sensor_id = sensor.id,
                    .event_time = at(0) + t * kGrain,
                    .statement = statement};
    if (numbered) {
      sequence += one_in(40) ? count(2, 5) : 1;
      reading.sequence = sequence;
      reading.boot_id = boot_id;
    }
    const bool counted =
        std::holds_alternative<CountDelta>(statement) || std::holds_alternative<Access>(statement);
    if (counted && !one_in(5)) {
      reading.interval = (one_in(5) ? uniform(1, every) : step) * kGrain;
    }
    if (!is_register && one_in(200)) reading.sensor_id = "nobody";
    if (!is_register && one_in(300)) reading.venue_id = "elsewhere";
    say(reading);
  };
  std::int64_t beat = uniform(0, 80);
  std::int64_t last = beat;
  while (last < kLength * 4) {
    // Never more often than declared. A register speaks of all the time since it spoke last: it
    // keeps its pause, so that it speaks of nothing that is final for good.
    beat += is_register && every > 8 ? every - kShift : every;
    if (!is_register && one_in(60)) beat += uniform(3 * every, 4 * every + 100);
    const std::int64_t t = beat + (is_register ? 0 : uniform(0, every / 4));
    const std::int64_t step = std::min(t - std::exchange(last, t), every);
    const bool started = boot_id != 0 && one_in(50);
    if (started) {
      ++boot_id;
      sequence = 0;
    }
    const std::optional<Statement> aside = aside_of(sensor);
    if (aside && is_register && step > 1) tell(t - 1, *aside, step);
    if (aside && !is_register) {
      tell(t, *aside, step);
    } else {
      tell(t, statement_of(sensor, shown, at(0) + t * kGrain, numbered && started), step);
    }
  }
}

RandomDay::Register RandomDay::first_of(const Sensor& sensor) {
  const std::uint64_t end = std::uint64_t{1} << sensor.bits.value_or(53);
  const std::uint64_t entries =
      sensor.bits ? end - 1 - count(0, 40) * (one_in(3) ? 1000 : 1) : count(0, 200'000);
  return {.entries = entries, .exits = count(0, 3000), .local_day = local_day_of(at(0))};
}

void RandomDay::make_anchors() {
  const auto zones = static_cast<std::int64_t>(venue_->zones.size());
  // At most four, at different times: two of one instant without a number would be one.
  for (std::int64_t n = uniform(0, 4); n > 0; --n) {
    const bool whole_venue = zones > 1 && one_in(2);
    const Zone& zone = venue_->zones[static_cast<std::size_t>(uniform(0, zones - 1))];
    Reading reading{.venue_id = venue_->id,
                    .event_time = at(0) + (4 * uniform(0, kLength) + n % 4) * kGrain,
                    .statement = Anchor{.zone_id = whole_venue ? std::string_view{} : zone.id,
                                        .people = whole_venue && !is_even_ ? 0 : count(0, 150)}};
    if (one_in(2)) {
      reading.sequence = static_cast<std::uint64_t>(n);
      reading.boot_id = static_cast<std::uint64_t>(n);
    }
    say(reading);
  }
}

void RandomDay::revise(Reading& reading) {
  if (auto* delta = std::get_if<CountDelta>(&reading.statement)) {
    delta->entries = count(0, 9);
  } else if (auto* access = std::get_if<Access>(&reading.statement)) {
    access->admitted = count(0, 9);
  } else if (auto* total = std::get_if<CountTotal>(&reading.statement)) {
    total->entries -= std::min(total->entries, count(0, 3));
    total->exits = one_in(10) ? 0 : total->exits;
  } else if (auto* occupancy = std::get_if<Occupancy>(&reading.statement)) {
    occupancy->people = count(0, 60);
  } else if (auto* anchor = std::get_if<Anchor>(&reading.statement)) {
    if (is_even_ || !anchor->zone_id.empty()) anchor->people = count(0, 60);
  } else if (auto* motion = std::get_if<Motion>(&reading.statement)) {
    motion->mean_speed = static_cast<double>(uniform(0, 2500)) / 1000;
  }
  if (one_in(4)) reading.interval /= 2;
  // Only a number tells that another time is meant; a later one could be a restart's.
  const bool is_register = std::holds_alternative<CountTotal>(reading.statement);
  const auto sensor = std::ranges::find(venue_->sensors, reading.sensor_id, &Sensor::id);
  if (is_register && sensor->every < 7s) return;
  if (reading.sequence != 0 && one_in(3)) {
    reading.event_time -= uniform(1, is_register ? kShift : 8) * kGrain;
  }
}

void RandomDay::say(const Reading& reading) {
  std::vector<Reading> words{reading};
  const bool revised = one_in(12) && !refusal(reading, *venue_);
  if (revised) {
    words.push_back(reading);
    revise(words.back());
  }
  if (one_in(8)) words.insert(words.begin(), reading);
  if (revised && one_in(4)) words.push_back(words.back());
  words_.push_back(std::move(words));
}

// ---- in which order -----------------------------------------------------------------------------

std::vector<Reading> RandomDay::in_order() const {
  std::vector<std::pair<EventTime, Reading>> arrivals;
  for (const std::vector<Reading>& words : words_) {
    for (const Reading& reading : words)
      arrivals.emplace_back(words.front().event_time, reading);
  }
  return sorted(std::move(arrivals));
}

std::vector<Reading> RandomDay::shuffled() {
  const Span most = venue_->revise_for * uniform(0, 4) / 4;
  // A sensor's memory has room for its rate in its own order, and for some disorder, which takes
  // more bytes: of a long time not everything may be late.
  const std::int64_t late_one_in = one_of({1, 2, 5}) + (most > 20s ? 3 : 0);
  std::vector<std::pair<EventTime, Reading>> arrivals;
  for (const std::vector<Reading>& words : words_) {
    const EventTime latest = std::ranges::min(words, {}, &Reading::event_time).event_time + most;
    EventTime arrival = words.front().event_time;
    for (const Reading& reading : words) {
      if (arrival < latest && one_in(late_one_in))
        arrival += uniform(0, (latest - arrival) / kGrain) * kGrain;
      arrivals.emplace_back(arrival, reading);
    }
  }
  return sorted(std::move(arrivals));
}

}  // namespace crowdflow::testing
