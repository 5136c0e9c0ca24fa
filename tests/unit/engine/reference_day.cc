#include "reference_day.h"

#include <algorithm>
#include <cmath>

namespace crowdflow::testing::reference {
namespace {

Rank rank_of(const Reading& word, const Venue& venue) {
  const auto sensor = std::ranges::find(venue.sensors, word.sensor_id, &Sensor::id);
  const auto* anchor = std::get_if<Anchor>(&word.statement);
  return {word.event_time,   venue.sensors.begin() - sensor,
          anchor != nullptr, anchor != nullptr && !anchor->zone_id.empty(),
          word.boot_id,      word.sequence};
}

Flow people_before(EventTime t, const Place& place) {
  Flow sum;
  for (const Flow& flow : place.flows) {
    if (flow.end < t || (flow.end == t && flow.start < flow.end)) {
      sum.came += flow.came;
      sum.left += flow.left;
    } else if (flow.start < t) {
      const std::int64_t passed = (t - flow.start).count();
      const std::int64_t length = (flow.end - flow.start).count();
      sum.came += flow.came * passed / length;
      sum.left += flow.left * passed / length;
    }
  }
  return sum;
}
std::optional<std::int64_t> level_at(EventTime t, const Place& zone, const Venue& venue) {
  const Gauge* gauge = gauge_at(t, zone);
  if (gauge == nullptr && venue.starts == StartLevel::kUnknown) return std::nullopt;
  const Flow all = people_before(t, zone);
  if (gauge == nullptr) return all.came - all.left;
  const Flow earlier = people_before(gauge->at, zone);
  return gauge->people + (all.came - earlier.came) - (all.left - earlier.left);
}

// Whether the sensor tells the zone's level.
bool feeds(const Sensor& sensor, ZoneIndex zone, const Venue& venue) {
  if (sensor.in) return sensor.counts == CountKind::kOccupancy && *sensor.in == zone;
  const Opening& opening = venue.openings[*sensor.at];
  return counts_flow(sensor, venue) && (opening.from == zone || opening.to == zone);
}

Day empty_day(const Venue& venue) {
  Day day{.zones = std::vector<Place>(venue.zones.size()),
          .openings = std::vector<Place>(venue.openings.size())};
  for (const Sensor& sensor : venue.sensors) {
    Seen& seen = day.sensors[sensor.id];
    seen.allowed_s = 3 * std::chrono::ceil<std::chrono::seconds>(sensor.every).count() +
                     std::chrono::ceil<std::chrono::seconds>(venue.lateness).count();
    if (counts_flow(sensor, venue)) day.openings[*sensor.at].is_measured = true;
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
      if (!feeds(sensor, zone, venue)) continue;
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
  const auto sensor = std::ranges::find(venue.sensors, word.sensor_id, &Sensor::id);
  const bool known = sensor != venue.sensors.end();
  const auto* anchor = std::get_if<Anchor>(&word.statement);
  const EventTime start = word.event_time - word.interval;
  const EventTime from = std::min(start, word.event_time - Span{1});
  const bool crossing =
      std::holds_alternative<CountDelta>(word.statement) ||
      (std::holds_alternative<Access>(word.statement) && counts_flow(*sensor, venue));
  const bool instant = crossing && word.interval == Span{0};
  day.first = std::min(day.first, second_of(word.event_time));
  day.begun = std::max(day.begun, second_of(word.event_time - Span{instant ? 0 : 1}) + 1);
  if (known) {
    day.sensors[word.sensor_id].spans.emplace_back(second_of(from), second_of(word.event_time));
  }
  for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
    std::int64_t& first = day.zones[zone].first;
    const bool counted =
        anchor != nullptr
            ? anchor->zone_id.empty() || anchor->zone_id == venue.zones[zone].id
            : std::holds_alternative<Occupancy>(word.statement) && feeds(*sensor, zone, venue);
    if (counted) first = std::min(first, second_of(from));
    if (crossing && feeds(*sensor, zone, venue)) first = std::min(first, second_of(start));
  }
}

void note_crossed(const Crossed& crossed, const Sensor& sensor, const Venue& venue, Day& day) {
  Flow flow{crossed.start, crossed.end,
            sensor.people(Direction::kForward, crossed.entries, crossed.exits),
            sensor.people(Direction::kBackward, crossed.entries, crossed.exits)};
  day.openings[*sensor.at].flows.push_back(flow);
  const Opening& opening = venue.openings[*sensor.at];
  if (opening.to != kOutside) day.zones[opening.to].flows.push_back(flow);
  std::swap(flow.came, flow.left);
  if (opening.from != kOutside) day.zones[opening.from].flows.push_back(flow);
}

void note_fact(const Reading& fact, const Venue& venue, Day& day) {
  const auto sensor = std::ranges::find(venue.sensors, fact.sensor_id, &Sensor::id);
  const Rank rank = rank_of(fact, venue);
  if (const auto crossed = crossed_by(fact)) {
    if (counts_flow(*sensor, venue)) note_crossed(*crossed, *sensor, venue, day);
  } else if (const auto* anchor = std::get_if<Anchor>(&fact.statement)) {
    const auto people = static_cast<std::int64_t>(anchor->people);
    if (anchor->zone_id.empty()) day.counts.emplace_back(rank, people);
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
      if (anchor->zone_id != venue.zones[zone].id) continue;
      day.zones[zone].gauges[rank] = {.at = fact.event_time, .people = people};
    }
  } else if (const auto* occupancy = std::get_if<Occupancy>(&fact.statement)) {
    const double people = static_cast<double>(occupancy->people) * sensor->scale;
    day.zones[*sensor->in].gauges[rank] = {.at = fact.event_time,
                                           .people = std::llround(people),
                                           .capped = is_capped(*occupancy, *sensor)};
  } else if (const auto* motion = std::get_if<Motion>(&fact.statement)) {
    day.zones[*sensor->in].motions[rank] = {
        .motion = {.mean_speed = motion->mean_speed,
                   .velocity_variance = motion->velocity_variance},
        .allowed_s = day.sensors[fact.sensor_id].allowed_s};
  }
}

// Of the people of the whole venue each zone has its part of those who were there, or of the area.
void spread_counts(const Venue& venue, Day& day) {
  std::ranges::sort(day.counts);
  for (const auto& [rank, people] : day.counts) {
    const EventTime at = std::get<EventTime>(rank);
    std::vector<std::int64_t> weights, areas;
    bool known = true;
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone) {
      const EventTime second = start_of_second(second_of(at - Span{1}));
      const auto level = level_at(second, day.zones[zone], venue);
      known = known && level.has_value();
      weights.push_back(std::max<std::int64_t>(level.value_or(0), 0));
      areas.push_back(std::llround(venue.zones[zone].area_m2 * 100));
    }
    const auto sum_of = [](const std::vector<std::int64_t>& numbers) {
      std::int64_t sum = 0;
      for (const std::int64_t number : numbers)
        sum += number;
      return sum;
    };
    if (!known || sum_of(weights) == 0) weights = areas;
    // One after the other, to whoever lacks most of what is due.
    std::vector<std::int64_t> parts, lacks;
    for (const std::int64_t weight : weights) {
      parts.push_back(people * weight / sum_of(weights));
      lacks.push_back(people * weight % sum_of(weights));
    }
    for (std::int64_t rest = people - sum_of(parts); rest > 0; --rest) {
      const auto neediest = std::ranges::max_element(lacks);
      ++parts[static_cast<std::size_t>(neediest - lacks.begin())];
      *neediest = -1;
    }
    for (ZoneIndex zone = 0; zone < day.zones.size(); ++zone)
      day.zones[zone].gauges[rank] = {.at = at, .people = parts[zone], .apportioned = people > 0};
  }
}

void tell_seconds(const Venue& venue, Day& day) {
  day.start = day.first;
  for (const Place& zone : day.zones)
    day.start = std::min(day.start, zone.first);
  for (std::vector<Place>* places : {&day.zones, &day.openings}) {
    for (Place& place : *places) {
      for (std::int64_t second = day.start; second <= day.begun; ++second)
        place.before.push_back(people_before(start_of_second(second), place));
    }
  }
  for (Place& zone : day.zones) {
    for (std::int64_t second = day.start; second <= day.begun; ++second)
      zone.levels.push_back(level_at(start_of_second(second), zone, venue));
  }
}

// Who crossed between the values of a register.
void note_registers(const std::map<Identity, Reading>& facts, const Venue& venue, Day& day) {
  for (const Sensor& sensor : venue.sensors) {
    const std::vector<RegisterValue> values = values_of(sensor, facts);
    for (std::size_t i = 1; i < values.size(); ++i) {
      const RegisterStep step = step_between(values[i - 1], values[i], sensor, venue.utc_offsets);
      note_crossed({step.start, values[i].time, step.entries, step.exits}, sensor, venue, day);
    }
  }
}

}  // namespace

const Gauge* gauge_at(EventTime t, const Place& zone) {
  const Gauge* last = nullptr;
  for (const auto& [rank, gauge] : zone.gauges) {
    if (gauge.at > t) break;
    last = &gauge;
  }
  return last;
}

std::optional<Crossed> crossed_by(const Reading& fact) {
  Crossed crossed{.start = fact.event_time - fact.interval, .end = fact.event_time};
  if (const auto* delta = std::get_if<CountDelta>(&fact.statement)) {
    crossed.entries = static_cast<std::int64_t>(delta->entries);
    crossed.exits = static_cast<std::int64_t>(delta->exits);
  } else if (const auto* access = std::get_if<Access>(&fact.statement)) {
    crossed.entries = static_cast<std::int64_t>(access->admitted);
  } else {
    return std::nullopt;
  }
  return crossed;
}

bool is_capped(const Occupancy& occupancy, const Sensor& sensor) {
  const auto people = static_cast<std::int64_t>(occupancy.people);
  return (sensor.capped_at && people >= *sensor.capped_at) ||
         (occupancy.capped_at != 0 && occupancy.people >= occupancy.capped_at);
}

std::vector<RegisterValue> values_of(const Sensor& sensor,
                                     const std::map<Identity, Reading>& facts) {
  std::map<std::tuple<EventTime, std::uint64_t, std::uint64_t>, RegisterValue> values;
  for (const auto& [identity, fact] : facts) {
    const auto* total = std::get_if<CountTotal>(&fact.statement);
    if (total == nullptr || fact.sensor_id != sensor.id) continue;
    values[{fact.event_time, fact.boot_id, fact.sequence}] = {
        .time = fact.event_time,
        .boot_id = fact.boot_id,
        .entries = static_cast<std::int64_t>(total->entries),
        .exits = static_cast<std::int64_t>(total->exits)};
  }
  std::vector<RegisterValue> in_order;
  for (const auto& [order, value] : values)
    in_order.push_back(value);
  return in_order;
}

Day day_of(const Venue& venue, const std::vector<Reading>& words,
           const std::map<Identity, Reading>& facts) {
  Day day = empty_day(venue);
  for (const Reading& word : words)
    note_time(word, venue, day);
  for (const auto& [identity, fact] : facts)
    note_fact(fact, venue, day);
  note_registers(facts, venue, day);
  spread_counts(venue, day);
  tell_seconds(venue, day);
  return day;
}

}  // namespace crowdflow::testing::reference
