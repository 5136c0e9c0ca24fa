#include "reference.h"

#include <algorithm>
#include <optional>

namespace crowdflow::testing {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Flow {
  EventTime start{}, end{};
  std::int64_t came = 0, left = 0;
};
struct Gauge {
  EventTime at{};
  std::int64_t people = 0;
  bool capped = false;
};
struct Seen {  // by one sensor
  std::int64_t allowed_s = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> spans;  // seconds: (from, until]
};
struct Place {  // a zone or an opening
  std::vector<Flow> flows;
  std::map<std::tuple<EventTime, std::int64_t, bool, bool>, Gauge> gauges;  // the last one holds
  std::vector<const Seen*> sensors;
  bool counts_people = false, is_measured = false, has_unseen_opening = false;
  std::int64_t first = kNever;
  // What was asked for already.
  mutable std::map<EventTime, Flow> before;
  mutable std::map<EventTime, std::optional<std::int64_t>> levels;
};
struct Day {
  std::vector<Place> zones, openings;
  std::map<std::string, Seen, std::less<>> sensors;
  std::int64_t first = kNever, begun = 0;
};

// All who came and left before t.
Flow before(EventTime t, const Place& place) {
  const auto [known, is_new] = place.before.try_emplace(t);
  for (const Flow& flow : place.flows) {
    if (!is_new) break;
    const Span length = flow.end - flow.start;
    const Span passed = std::clamp(t - flow.start, Span{0}, length);
    const auto part = [&](std::int64_t people) {
      if (length == Span{0}) return flow.end < t ? people : 0;
      return people * passed.count() / length.count();
    };
    known->second.came += part(flow.came);
    known->second.left += part(flow.left);
  }
  return known->second;
}
Flow between(EventTime from, EventTime until, const Place& place) {
  const Flow all = before(until, place), earlier = before(from, place);
  return {from, until, all.came - earlier.came, all.left - earlier.left};
}
const Gauge* gauge_at(EventTime t, const Place& zone) {
  const Gauge* last = nullptr;
  for (const auto& [rank, gauge] : zone.gauges) {
    if (gauge.at <= t) last = &gauge;
  }
  return last;
}
std::optional<std::int64_t> level_at(EventTime t, const Place& zone, const Venue& venue) {
  const auto [level, is_new] = zone.levels.try_emplace(t);
  const Gauge* gauge = is_new ? gauge_at(t, zone) : nullptr;
  if (is_new && (gauge != nullptr || venue.starts != StartLevel::kUnknown)) {
    const Flow flow = gauge != nullptr ? between(gauge->at, t, zone) : before(t, zone);
    level->second = (gauge != nullptr ? gauge->people : 0) + flow.came - flow.left;
  }
  return level->second;
}

Quality quality_at(std::int64_t second, const Place& zone, std::int64_t venue_first,
                   const Venue& venue, QualityReasons& reasons) {
  bool heard = false, silent = false;
  for (const Seen* sensor : zone.sensors) {
    bool lately = second - venue_first <= sensor->allowed_s;
    for (const auto& [from, until] : sensor->spans) {
      heard = heard || from < second;
      lately = lately || (from < second && until >= second - sensor->allowed_s);
    }
    silent = silent || !lately;
  }
  const Gauge* gauge = gauge_at(start_of_second(second), zone);
  Quality quality = Quality::kGood;
  const auto because = [&](bool holds, QualityReason reason, Quality at_best) {
    if (holds) reasons |= bit(reason), quality = std::max(quality, at_best);
  };
  const bool told = gauge != nullptr, sensed = !zone.sensors.empty();
  because(!told && !sensed, QualityReason::kNoSensor, Quality::kUnknown);
  because(!told && sensed && !heard, QualityReason::kNeverHeard, Quality::kUnknown);
  because(!told && venue.starts == StartLevel::kUnknown, QualityReason::kStartUnknown,
          Quality::kUnknown);
  because(silent, QualityReason::kSensorSilent, Quality::kStale);
  because(!told && venue.starts == StartLevel::kAssumedEmpty, QualityReason::kUnanchored,
          Quality::kDegraded);
  because(told && gauge->capped, QualityReason::kCapped, Quality::kDegraded);
  because(zone.has_unseen_opening && !zone.counts_people, QualityReason::kUnmeasuredOpening,
          Quality::kDegraded);
  return quality;
}

bool speaks_of(const Reading& reading, ZoneIndex zone, const Venue& venue) {
  if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
    return anchor->zone_id.empty() || anchor->zone_id == venue.zones[zone].id;
  }
  const auto sensor = std::ranges::find(venue.sensors, reading.sensor_id, &Sensor::id);
  if (sensor->in) return *sensor->in == zone;
  return venue.openings[*sensor->at].from == zone || venue.openings[*sensor->at].to == zone;
}

Day day_of(const Venue& venue) {
  Day day{.zones = std::vector<Place>(venue.zones.size()),
          .openings = std::vector<Place>(venue.openings.size())};
  for (const Sensor& sensor : venue.sensors) {
    Seen& seen = day.sensors[sensor.id];
    seen.allowed_s = 3 * std::chrono::ceil<std::chrono::seconds>(sensor.every).count() +
                     std::chrono::ceil<std::chrono::seconds>(venue.lateness).count();
    if (sensor.at) day.openings[*sensor.at].is_measured = true;
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
      if (!speaks_of({.sensor_id = sensor.id}, zone, venue)) continue;
      day.zones[zone].sensors.push_back(&seen);
      if (sensor.counts == CountKind::kOccupancy) day.zones[zone].counts_people = true;
    }
  }
  for (OpeningIndex i = 0; i < day.openings.size(); ++i) {
    for (const ZoneIndex zone : {venue.openings[i].from, venue.openings[i].to})
      if (zone != kOutside && !day.openings[i].is_measured) {
        day.zones[zone].has_unseen_opening = true;
      }
  }
  return day;
}

// That something was said about some time, whatever it was.
void note_time(const Reading& word, const Venue& venue, Day& day) {
  const EventTime start = word.event_time - word.interval;
  const EventTime from = std::min(start, word.event_time - Span{1});
  const bool crossing = std::holds_alternative<CountDelta>(word.statement);
  const bool instant = crossing && word.interval == Span{0};
  day.first = std::min(day.first, second_of(word.event_time));
  day.begun = std::max(day.begun, second_of(word.event_time - Span{instant ? 0 : 1}) + 1);
  day.sensors[std::string(word.sensor_id)].spans.emplace_back(second_of(from),
                                                              second_of(word.event_time));
  if (std::holds_alternative<Heartbeat>(word.statement)) return;
  for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
    std::int64_t& first = day.zones[zone].first;
    if (speaks_of(word, zone, venue)) first = std::min(first, second_of(crossing ? start : from));
  }
}

void note_people(const Reading& fact, const Venue& venue, Day& day) {
  const auto sensor = std::ranges::find(venue.sensors, fact.sensor_id, &Sensor::id);
  const auto rank = -(sensor - venue.sensors.begin());
  if (const auto* delta = std::get_if<CountDelta>(&fact.statement)) {
    Flow flow{fact.event_time - fact.interval, fact.event_time,
              static_cast<std::int64_t>(delta->entries), static_cast<std::int64_t>(delta->exits)};
    if (sensor->entries == Direction::kBackward) std::swap(flow.came, flow.left);
    day.openings[*sensor->at].flows.push_back(flow);
    const Opening& opening = venue.openings[*sensor->at];
    if (opening.to != kOutside) day.zones[opening.to].flows.push_back(flow);
    std::swap(flow.came, flow.left);
    if (opening.from != kOutside) day.zones[opening.from].flows.push_back(flow);
  } else if (!std::holds_alternative<Heartbeat>(fact.statement)) {
    const auto* anchor = std::get_if<Anchor>(&fact.statement);
    const auto people = static_cast<std::int64_t>(
        anchor != nullptr ? anchor->people : std::get<Occupancy>(fact.statement).people);
    const bool capped = anchor == nullptr && sensor->capped_at && people >= *sensor->capped_at;
    const bool one_zone = anchor != nullptr && !anchor->zone_id.empty();
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
      if (!speaks_of(fact, zone, venue)) continue;
      day.zones[zone].gauges[{fact.event_time, rank, anchor != nullptr, one_zone}] = {
          fact.event_time, people, capped};
    }
  }
}

Expected window_of(ZoneIndex z, std::int64_t start, std::int64_t end, const Venue& venue,
                   const Day& day) {
  const Place& zone = day.zones[z];
  const std::int64_t from = std::max(start, std::min(zone.first, day.first));
  const std::int64_t until = std::min(end, day.begun);
  const auto a = start_of_second(from), b = start_of_second(until);
  const double minutes = static_cast<double>(until - from) / 60;
  Expected expected;
  ZoneState& state = expected.state;
  state.quality = quality_at(until, zone, day.first, venue, state.quality_reasons);
  state.inflow = static_cast<double>(between(a, b, zone).came) / minutes;
  state.outflow = static_cast<double>(between(a, b, zone).left) / minutes;
  for (OpeningIndex i = 0; i < day.openings.size(); ++i) {
    const Opening& opening = venue.openings[i];
    if ((opening.from != z && opening.to != z) || !opening.width_m) continue;
    const Flow flow = between(a, b, day.openings[i]);
    const auto people = static_cast<double>(flow.came + flow.left);
    if (day.openings[i].is_measured) expected.flows.push_back(people / minutes / *opening.width_m);
  }
  if (state.quality == Quality::kUnknown) return expected;
  std::int64_t sum = 0, known = 0, highest = 0;
  for (std::int64_t second = from; second < until; ++second) {
    const auto level = level_at(start_of_second(second + 1), zone, venue);
    if (!level) continue;
    state.occupancy = std::max<std::int64_t>(*level, 0);
    highest = std::max(highest, state.occupancy);
    sum += state.occupancy;
    ++known;
  }
  const double area = venue.zones[z].area_m2;
  state.density_at_end = static_cast<double>(state.occupancy) / area;
  state.density_mean = static_cast<double>(sum) / static_cast<double>(known) / area;
  state.density_maximum = static_cast<double>(highest) / area;
  return expected;
}

}  // namespace

void Reference::take(const Reading& reading) {
  const auto* anchor = std::get_if<Anchor>(&reading.statement);
  Identity identity{reading.sensor_id, reading.boot_id, reading.sequence, 0, "", EventTime{}};
  if (reading.sequence == 0) {
    std::get<3>(identity) = reading.statement.index();
    std::get<4>(identity) = anchor != nullptr ? anchor->zone_id : "";
    std::get<5>(identity) = reading.event_time;
  }
  facts_[identity] = reading;
  words_.push_back(reading);
}

std::map<Reference::Window, Expected> Reference::finals() const {
  Day day = day_of(*venue_);
  for (const Reading& word : words_)
    note_time(word, *venue_, day);
  for (const auto& [identity, fact] : facts_)
    note_people(fact, *venue_, day);
  std::map<Window, Expected> finals;
  for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
    const std::int64_t first = std::min(day.zones[zone].first, day.first);
    if (first >= day.begun) continue;
    for (const auto& [size, hop] : venue_->windows) {
      for (std::int64_t end = first / hop * hop + hop; end - size < day.begun; end += hop)
        finals[{zone, size, end}] = window_of(zone, end - size, end, *venue_, day);
    }
  }
  return finals;
}

}  // namespace crowdflow::testing
