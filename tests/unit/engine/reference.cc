#include "reference.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "reference_day.h"

namespace crowdflow::testing {
namespace {

using reference::Day;
using reference::Flow;
using reference::Gauge;
using reference::Place;
using reference::Rank;
using reference::Seen;

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
  because(told && gauge->apportioned, QualityReason::kApportioned, Quality::kDegraded);
  because(zone.has_unseen_opening && !zone.counts_people, QualityReason::kUnmeasuredOpening,
          Quality::kDegraded);
  return quality;
}

std::optional<ZoneState::Motion> motion_at(std::int64_t second, const Place& zone) {
  std::optional<ZoneState::Motion> last;
  for (const auto& [rank, moved] : zone.motions) {
    const EventTime at = std::get<EventTime>(rank);
    if (at <= start_of_second(second) && at > start_of_second(second - moved.allowed_s)) {
      last = moved.motion;
    }
  }
  return last;
}

// Of the sorted levels the first that so many percent of them do not pass.
double percentile(int percent, std::vector<std::int64_t> levels) {
  std::ranges::sort(levels);
  std::size_t not_above = 0;
  for (const std::int64_t level : levels) {
    ++not_above;
    if (100 * not_above >= static_cast<std::size_t>(percent) * levels.size()) {
      return static_cast<double>(level);
    }
  }
  return 0;
}

Expected window_of(ZoneIndex z, std::int64_t start, std::int64_t end, const Venue& venue,
                   const Day& day) {
  const Place& zone = day.zones[z];
  const std::int64_t from = std::max(start, std::min(zone.first, day.first));
  const std::int64_t until = std::min(end, day.begun);
  const auto a = static_cast<std::size_t>(from - day.start);
  const auto b = static_cast<std::size_t>(until - day.start);
  const double minutes = static_cast<double>(until - from) / 60;
  Expected expected;
  ZoneState& state = expected.state;
  state.quality = quality_at(until, zone, day.first, venue, state.quality_reasons);
  state.inflow = static_cast<double>(zone.before[b].came - zone.before[a].came) / minutes;
  state.outflow = static_cast<double>(zone.before[b].left - zone.before[a].left) / minutes;
  state.motion = motion_at(until, zone);
  for (OpeningIndex i = 0; i < day.openings.size(); ++i) {
    const Opening& opening = venue.openings[i];
    if ((opening.from != z && opening.to != z) || !opening.width_m) continue;
    const Flow &early = day.openings[i].before[a], &late = day.openings[i].before[b];
    const auto people = static_cast<double>(late.came + late.left - early.came - early.left);
    if (day.openings[i].is_measured) expected.flows.push_back(people / minutes / *opening.width_m);
  }
  if (state.quality == Quality::kUnknown) return expected;
  std::vector<std::int64_t> levels;
  std::int64_t sum = 0;
  for (std::size_t second = a + 1; second <= b; ++second) {
    if (!zone.levels[second]) continue;
    levels.push_back(std::max<std::int64_t>(*zone.levels[second], 0));
    sum += levels.back();
  }
  const double area = venue.zones[z].area_m2;
  state.occupancy = levels.back();
  state.density_at_end = static_cast<double>(state.occupancy) / area;
  state.density_mean = static_cast<double>(sum) / static_cast<double>(levels.size()) / area;
  state.density_maximum = static_cast<double>(std::ranges::max(levels)) / area;
  state.level_of_service =
      level_of_service(venue.profiles[venue.zones[z].profile], state.density_at_end);
  if (venue.density_percentile) {
    state.density_percentile = percentile(*venue.density_percentile, levels) / area;
  }
  return expected;
}

// What is odd about one fact alone.
void note_oddities(const Reading& fact, const Sensor& sensor, OddityCounts& counts) {
  const auto note = [&](Oddity oddity) { ++counts[static_cast<std::size_t>(oddity)]; };
  const auto* occupancy = std::get_if<Occupancy>(&fact.statement);
  if (occupancy != nullptr && reference::is_capped(*occupancy, sensor)) note(Oddity::kCapped);
  const auto crossed = reference::crossed_by(fact);
  if (!crossed || !sensor.min_rate_per_minute) return;
  const double minutes = static_cast<double>(fact.interval.count()) / 60e6;
  const auto people = static_cast<double>(crossed->entries + crossed->exits);
  if (people < std::floor(*sensor.min_rate_per_minute * minutes)) note(Oddity::kBelowMinimumRate);
}

}  // namespace

void Reference::take(const Reading& reading) {
  facts_[identity_of(reading)] = reading;
  words_.push_back(reading);
}

std::map<Reference::Window, Expected> Reference::finals() const {
  const Day day = reference::day_of(*venue_, words_, facts_);
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

std::vector<SensorTotals> Reference::totals() const {
  std::vector<SensorTotals> totals(venue_->sensors.size());
  for (SensorIndex i = 0; i < totals.size(); ++i) {
    const Sensor& sensor = venue_->sensors[i];
    SensorTotals& total = totals[i];
    const auto add = [&](std::int64_t entries, std::int64_t exits) {
      if (!counts_flow(sensor, *venue_)) return;
      total.entries += sensor.people(Direction::kForward, entries, exits);
      total.exits += sensor.people(Direction::kBackward, entries, exits);
    };
    for (const auto& [identity, fact] : facts_) {
      if (fact.sensor_id != sensor.id) continue;
      note_oddities(fact, sensor, total.oddities);
      if (const auto crossed = reference::crossed_by(fact)) add(crossed->entries, crossed->exits);
    }
    const std::vector<RegisterValue> values = reference::values_of(sensor, facts_);
    if (!values.empty()) ++total.oddities[static_cast<std::size_t>(Oddity::kFirstValue)];
    for (std::size_t k = 1; k < values.size(); ++k) {
      const RegisterStep step = step_between(values[k - 1], values[k], sensor, venue_->utc_offsets);
      add(step.entries, step.exits);
      for (const auto& oddity : {step.entries_oddity, step.exits_oddity}) {
        if (oddity) ++total.oddities[static_cast<std::size_t>(*oddity)];
      }
    }
  }
  return totals;
}

}  // namespace crowdflow::testing
