// VenueEngine: which gauge holds for a second, and what a count of the whole venue means for zones.

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "engine/venue_engine.h"

namespace crowdflow {

void VenueEngine::put_gauge(ZoneIndex zone, EventTime at) {
  const std::int64_t second = second_of_gauge(at);
  if (second < slices(zone).tail()) return;
  std::int64_t share = 0;
  if (second <= latest_venue_count_) {
    if (const auto counted = venue_count_of(second)) {
      share = shares(second, counted->first)[zone].people;
    }
  }
  put_gauge_of_second(zone, second, share);
}

// Which gauge holds for a second is decided anew from all that is remembered, so that it does not
// depend on the order in which gauges came, were revised or were taken back. `share`: the zone's
// part of a count of the whole venue in this second.
void VenueEngine::put_gauge_of_second(ZoneIndex zone, std::int64_t second, std::int64_t share) {
  struct Best {
    Taken taken;
    SensorIndex sensor = 0;

    // The latest holds; at the same instant the first in the venue file; of one source a person's
    // count before a machine's, that of the zone before that of the venue, the last word.
    [[nodiscard]] auto rank() const {
      return std::tuple(taken.time, -static_cast<std::int64_t>(sensor),
                        taken.kind == StatementKind::kAnchor, taken.zone != kOutside, taken.stamp,
                        taken.boot_id, taken.sequence);
    }
  };
  std::optional<Best> best;
  const auto consider = [&](SensorIndex sensor, const Taken& taken) {
    const bool here =
        taken.kind == StatementKind::kOccupancy ||
        (taken.kind == StatementKind::kAnchor && (taken.zone == zone || taken.zone == kOutside));
    if (!here || second_of_gauge(taken.time) != second) return;
    const Best other{.taken = taken, .sensor = sensor};
    if (!best || best->rank() <= other.rank()) best = other;
  };
  for (const SensorIndex sensor : plan_.sensors_of_zone.of(zone)) {
    sensors_[sensor].memory.for_each([&](const Taken& taken) { consider(sensor, taken); });
  }
  if (second <= latest_hand_count_) {
    sensors_.back().memory.for_each([&](const Taken& taken) { consider(anybody(), taken); });
  }

  ZoneSlices& table = slices(zone);
  const auto held = table.gauge_of(column(zone), second);
  if (!best) {
    if (!held) return;
    table.clear_gauge(column(zone), second);
  } else {
    const bool apportioned =
        best->taken.zone == kOutside && best->sensor == anybody() && best->taken.first > 0;
    Gauge gauge{.at = best->taken.time,
                .people = best->taken.first,
                .capped = best->taken.capped,
                .apportioned = apportioned};
    if (apportioned) gauge.people = share;
    if (best->taken.kind == StatementKind::kOccupancy) {
      const double scale = venue_->sensors[best->sensor].scale;
      gauge.people = std::llround(static_cast<double>(gauge.people) * scale);
    }
    const std::int64_t flow = flow_between(zone, gauge.at, start_of_second(second + 1));
    if (!table.has_gauges(column(zone))) {
      for (const SensorIndex sensor : plan_.sensors_of_zone.of(zone))
        sensors_[sensor].feeds_gauged = true;
    }
    if (held == gauge && table.flow_after_gauge(column(zone), second) == flow) return;
    table.set_gauge(column(zone), gauge, flow);
  }
  levels_changed(zone, second);
}

std::optional<Taken> VenueEngine::venue_count_of(std::int64_t second) const {
  std::optional<Taken> best;
  const auto rank = [](const Taken& taken) {
    return std::tuple(taken.time, taken.stamp, taken.boot_id, taken.sequence);
  };
  sensors_.back().memory.for_each([&](const Taken& taken) {
    const bool counted = taken.kind == StatementKind::kAnchor && taken.zone == kOutside;
    if (!counted || second_of_gauge(taken.time) != second) return;
    if (!best || rank(*best) <= rank(taken)) best = taken;
  });
  return best;
}

// A count of the whole venue says nothing about who is where: that is taken to be as it was known
// to be just before.
void VenueEngine::apportion(std::int64_t second) {
  const auto counted = venue_count_of(second);
  if (counted) latest_venue_count_ = std::max(latest_venue_count_, second);
  const std::vector<Share>& share = shares(second, counted ? counted->first : 0);
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    if (second >= slices(zone).tail()) put_gauge_of_second(zone, second, share[zone].people);
  }
}

// Of `people` in the whole venue those in each zone: in proportion to the levels just before the
// second; where these are not known, or nobody is there, to the areas. In whole people, the largest
// remainders rounded up, of equal ones the first in the venue file.
const std::vector<VenueEngine::Share>& VenueEngine::shares(std::int64_t second,
                                                           std::int64_t people) {
  const auto zones = static_cast<ZoneIndex>(places_.size());
  std::int64_t sum = 0;
  bool known = true;
  shares_.clear();
  for (ZoneIndex zone = 0; zone < zones; ++zone) {
    const std::int64_t level = slices(zone).level_at_end_of(column(zone), second - 1);
    known = known && level != ZoneSlices::kUnknown;
    shares_.push_back({.weight = std::max<std::int64_t>(level, 0)});
    sum += shares_.back().weight;
  }
  if (!known || sum == 0) {
    sum = 0;
    for (ZoneIndex zone = 0; zone < zones; ++zone) {
      constexpr double kParts = 100;  // of a square metre
      shares_[zone].weight = std::max(std::llround(venue_->zones[zone].area_m2 * kParts), 1LL);
      sum += shares_[zone].weight;
    }
  }
  std::int64_t rest = people;
  order_.clear();
  for (ZoneIndex zone = 0; zone < zones; ++zone) {
    __extension__ using Wide = __int128;
    const Wide due = static_cast<Wide>(people) * shares_[zone].weight;
    shares_[zone].people = static_cast<std::int64_t>(due / sum);
    shares_[zone].remainder = static_cast<std::int64_t>(due % sum);
    rest -= shares_[zone].people;
    order_.push_back(zone);
  }
  std::ranges::sort(order_, {},
                    [&](ZoneIndex zone) { return std::pair(-shares_[zone].remainder, zone); });
  for (std::size_t i = 0; rest > 0; ++i, --rest)
    ++shares_[order_[i]].people;
  return shares_;
}

// Levels before counts of the whole venue have changed, and so have the shares. Which gauges hold
// has not: what they were decided by may be forgotten where readings can be revised for less long.
void VenueEngine::apportion_again() {
  const std::int64_t from = std::exchange(apportion_from_, kNothing);
  seconds_.clear();
  sensors_.back().memory.for_each([&](const Taken& taken) {
    const std::int64_t second = second_of_gauge(taken.time);
    if (taken.kind == StatementKind::kAnchor && taken.zone == kOutside && second >= from) {
      seconds_.push_back(second);
    }
  });
  std::ranges::sort(seconds_);
  for (const std::int64_t second : seconds_) {
    const std::vector<Share>& share = shares(second, venue_count_of(second)->first);
    for (ZoneIndex zone = 0; zone < places_.size(); ++zone)
      set_share(zone, second, share[zone].people);
  }
  apportion_from_ = kNothing;
}

void VenueEngine::set_share(ZoneIndex zone, std::int64_t second, std::int64_t people) {
  ZoneSlices& table = slices(zone);
  if (second < table.tail()) return;
  auto gauge = table.gauge_of(column(zone), second);
  if (!gauge || !gauge->apportioned || gauge->people == people) return;
  gauge->people = people;
  table.set_gauge(column(zone), *gauge, table.flow_after_gauge(column(zone), second));
  levels_changed(zone, second);
}

}  // namespace crowdflow
