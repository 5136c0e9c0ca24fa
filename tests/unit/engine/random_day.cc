#include "random_day.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "stage.h"

namespace crowdflow::testing {
namespace {

// Times fall on quarters of a second, so that things coincide.
constexpr Span kGrain = 250ms;
constexpr std::int64_t kLength = 200;  // seconds

std::vector<Reading> sorted(std::vector<std::pair<EventTime, Reading>> arrivals) {
  std::ranges::stable_sort(arrivals, {}, &std::pair<EventTime, Reading>::first);
  std::vector<Reading> readings;
  for (const auto& [arrival, reading] : arrivals)
    readings.push_back(reading);
  return readings;
}

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

void RandomDay::make_venue() {
  VenueBuilder builder;
  const auto zone_id = [](std::int64_t i) { return i < 0 ? "" : "zone-" + std::to_string(i); };
  const std::int64_t zones = uniform(1, 4);
  for (std::int64_t i = 0; i < zones; ++i)
    builder.zone(zone_id(i), one_of({10.0, 55.5, 100.0}));
  const std::int64_t openings = uniform(1, zones + 1);
  for (std::int64_t i = 0; i < openings; ++i) {
    const std::int64_t to = uniform(0, zones - 1);
    std::int64_t from = uniform(-1, zones - 1);
    if (from == to) from = -1;
    const std::string id = "opening-" + std::to_string(i);
    builder.opening(id, zone_id(from), zone_id(to),
                    one_in(3) ? std::optional<double>{} : one_of({0.9, 2.0}));
    for (std::int64_t n = one_of({0, 1, 1, 1, 1, 2}); n > 0; --n) {
      builder.counter(id + "-counter-" + std::to_string(n), id,
                      one_of<Span>({500ms, 1s, 1s, 2s, 7s, 30s}));
      if (one_in(4)) builder.reversed();
    }
  }
  for (std::int64_t i = 0; i < zones; ++i) {
    for (std::int64_t n = one_of({0, 0, 1, 1, 2}); n > 0; --n) {
      builder.gauge(zone_id(i) + "-gauge-" + std::to_string(n), zone_id(i),
                    one_of<Span>({1s, 5s, 20s}));
      if (one_in(3)) builder.sensor().capped_at = 40;
    }
  }
  builder.windows(
      one_of<std::vector<WindowSpec>>({{kTenSeconds},
                                       {kTenSeconds, kMinute, kFiveMinutes},
                                       {{.size_s = 1, .hop_s = 1}, kMinute},
                                       {{.size_s = 7, .hop_s = 7}, {.size_s = 30, .hop_s = 6}},
                                       {kMinute, kQuarter}}));
  builder.starts(one_of({StartLevel::kEmpty, StartLevel::kUnknown, StartLevel::kAssumedEmpty}));
  builder.lateness(one_of<Span>({0s, 1s, 5s, 5s, 1500ms})).revise_for(one_of<Span>({7s, 30s, 60s}));
  venue_ = builder.build();
}

Statement RandomDay::statement_of(const Sensor& sensor) {
  if (one_in(20)) return Heartbeat{};
  if (sensor.counts == CountKind::kDelta) {
    return CountDelta{.entries = static_cast<std::uint64_t>(one_in(50) ? 1000 : uniform(0, 9)),
                      .exits = static_cast<std::uint64_t>(uniform(0, 6))};
  }
  const auto people = static_cast<std::uint64_t>(uniform(0, 60));
  if (one_in(20)) return Anchor{.zone_id = venue_->zones[*sensor.in].id, .people = people};
  return Occupancy{.people = people};
}

void RandomDay::make_day(const Sensor& sensor) {
  const bool numbered = one_in(2);
  const std::int64_t every = std::max<std::int64_t>(sensor.every / kGrain, 1);
  std::uint64_t boot_id = one_in(2) ? 0 : 7;
  std::uint64_t sequence = 0;
  for (std::int64_t t = uniform(0, 80); t < kLength * 4;) {
    const std::int64_t step = uniform((3 * every + 3) / 4, every);
    if (one_in(60)) t += uniform(3 * every, 4 * every + 100);
    t += step;
    if (boot_id != 0 && one_in(50)) {
      ++boot_id;
      sequence = 0;
    }
    Reading reading{.venue_id = venue_->id,
                    .sensor_id = sensor.id,
                    .event_time = at(0) + t * kGrain,
                    .statement = statement_of(sensor)};
    if (numbered) {
      reading.sequence = ++sequence;
      reading.boot_id = boot_id;
    }
    if (std::holds_alternative<CountDelta>(reading.statement) && !one_in(5)) {
      reading.interval = (one_in(5) ? uniform(1, every) : step) * kGrain;
    }
    say(reading);
  }
}

void RandomDay::make_anchors() {
  const auto zones = static_cast<std::int64_t>(venue_->zones.size());
  // At most four, at different times: two of one instant without a number would be one.
  for (std::int64_t n = uniform(0, 4); n > 0; --n) {
    const bool whole_venue = zones > 1 && one_in(3);
    const Zone& zone = venue_->zones[static_cast<std::size_t>(uniform(0, zones - 1))];
    Reading reading{.venue_id = venue_->id,
                    .event_time = at(0) + (4 * uniform(0, kLength) + n % 4) * kGrain,
                    .statement = Anchor{.zone_id = whole_venue ? std::string_view{} : zone.id}};
    if (!whole_venue) {
      std::get<Anchor>(reading.statement).people = static_cast<std::uint64_t>(uniform(0, 60));
    }
    if (one_in(2)) {
      reading.sequence = static_cast<std::uint64_t>(n);
      reading.boot_id = static_cast<std::uint64_t>(n);
    }
    say(reading);
  }
}

void RandomDay::say(const Reading& reading) {
  std::vector<Reading> words{reading};
  const bool revised = one_in(12);
  if (revised) {
    Reading other = reading;
    if (auto* delta = std::get_if<CountDelta>(&other.statement)) {
      delta->entries = static_cast<std::uint64_t>(uniform(0, 9));
      if (one_in(3)) other.interval /= 2;
    } else if (auto* occupancy = std::get_if<Occupancy>(&other.statement)) {
      occupancy->people = static_cast<std::uint64_t>(uniform(0, 60));
    } else if (auto* anchor = std::get_if<Anchor>(&other.statement)) {
      if (!anchor->zone_id.empty()) anchor->people = static_cast<std::uint64_t>(uniform(0, 60));
    }
    // Only a number tells that another time is meant; a later one could be a restart's.
    if (other.sequence != 0 && one_in(3)) other.event_time -= uniform(1, 8) * kGrain;
    words.push_back(other);
  }
  if (one_in(8)) words.insert(words.begin(), reading);
  if (revised && one_in(4)) words.push_back(words.back());
  words_.push_back(std::move(words));
}

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
  std::vector<std::pair<EventTime, Reading>> arrivals;
  for (const std::vector<Reading>& words : words_) {
    const EventTime latest = std::ranges::min(words, {}, &Reading::event_time).event_time + most;
    EventTime arrival = words.front().event_time;
    for (const Reading& reading : words) {
      if (arrival < latest) arrival += uniform(0, (latest - arrival) / kGrain) * kGrain;
      arrivals.emplace_back(arrival, reading);
    }
  }
  return sorted(std::move(arrivals));
}

Accounting RandomDay::expected(const std::vector<Reading>& readings) {
  using Identity = std::tuple<std::string_view, std::uint64_t, std::uint64_t, std::size_t,
                              std::string_view, EventTime>;
  std::map<Identity, Reading> known;
  Accounting accounting;
  for (const Reading& reading : readings) {
    Identity identity{reading.sensor_id, reading.boot_id, reading.sequence, 0, "", EventTime{}};
    if (reading.sequence == 0) {
      const auto* anchor = std::get_if<Anchor>(&reading.statement);
      std::get<3>(identity) = reading.statement.index();
      if (anchor != nullptr) std::get<4>(identity) = anchor->zone_id;
      std::get<5>(identity) = reading.event_time;
    }
    ++accounting.consumed;
    const auto [said, is_new] = known.try_emplace(identity, reading);
    const bool same = said->second.event_time == reading.event_time &&
                      said->second.interval == reading.interval &&
                      said->second.statement == reading.statement;
    accounting.count(is_new ? Outcome::kApplied : same ? Outcome::kDuplicate : Outcome::kRevised);
    said->second = reading;
  }
  return accounting;
}

}  // namespace crowdflow::testing
