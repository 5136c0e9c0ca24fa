// VenueEngine: what is said each second of venue time, and with which quality.

#include <algorithm>

#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

// All zones are said this often, changed or not, so that a reader that starts knows them all.
constexpr std::int64_t kEverythingEvery = 10;
// Limits wait this long for a burst of late corrections to end, and no longer than that.
constexpr std::int64_t kCorrectionQuiet = 1;
constexpr std::int64_t kCorrectionLongest = 10;

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}
std::int64_t ceil_to(std::int64_t value, std::int64_t step) { return -floor_to(-value, step); }

}  // namespace

bool VenueEngine::silent(const SensorWork& sensor, std::int64_t second) const {
  const std::int64_t heard = sensor.heard ? second_of(sensor.last_heard) : first_;
  return second - heard > sensor.silent_after_s;
}

std::int64_t VenueEngine::begun() const {
  return std::chrono::ceil<std::chrono::seconds>(venue_time_.time_since_epoch()).count();
}

std::int64_t VenueEngine::settled_until(ZoneIndex zone) const {
  const ZoneWork& work = zones_[zone];
  std::int64_t until = head_;
  for (const SensorIndex index : work.sensors) {
    const SensorWork& sensor = sensors_[index];
    if (!sensor.heard || silent(sensor, head_)) continue;
    until = std::min(until, second_of(sensor.last_heard));
  }
  return std::max({until, head_ - lateness_s_, work.settled});
}

void VenueEngine::open_second(Outputs& out) const {
  out.seconds.push_back({.venue = venue_.get(),
                         .venue_time = venue_time_,
                         .now = now_,
                         .first = static_cast<std::uint32_t>(out.states.size())});
}

void VenueEngine::close_second(Outputs& out) const {
  Outputs::Second& second = out.seconds.back();
  second.count = static_cast<std::uint32_t>(out.states.size()) - second.first;
  if (second.count == 0) out.seconds.pop_back();
}

void VenueEngine::speak(Outputs& out) {
  open_second(out);
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
    ZoneWork& work = zones_[zone];
    settle(zone, settled_until(zone), out);
    judge_present(zone, start_of_second(head_), out);

    QualityReasons reasons = 0;
    const std::int64_t level = work.slices.level_at_end_of(work.settled - 1);
    const Quality quality = quality_at(zone, work.settled, level, reasons);
    if (quality != work.last_quality || reasons != work.last_reasons) {
      work.last_quality = quality;
      work.last_reasons = reasons;
      work.changed_in = head_;
    }
    const std::int64_t closed = head_ - lateness_s_ - work.longest_every_s;
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      say_finals(zone, closed - 1, closed, spec, out);
      // What changed stays news for as long as the window slides over it.
      const bool live = work.changed_in + venue_->windows[0].size_s >= work.said_until ||
                        head_ % kEverythingEvery == 0;
      if (spec == 0 && live && work.settled > work.slices.first()) {
        say_live(zone, out);
        work.said_until = work.settled;
      }
    }
    work.revise_from = kNothing;
  }
  close_second(out);
}

void VenueEngine::settle(ZoneIndex zone, std::int64_t until, Outputs& out) {
  ZoneWork& work = zones_[zone];
  for (std::int64_t second = work.settled + 1; second <= until; ++second) {
    for (const WindowSpec& window : alarms_.windows_of(zone)) {
      if (second % window.hop_s != 0) continue;
      const ZoneState state = [&] {
        Outputs unsaid;
        return state_of(zone, window, second, second, unsaid);
      }();
      const double area = venue_->zones[zone].area_m2;
      alarms_.judge_window(zone, window,
                           {.at = start_of_second(second),
                            .density = state.density_mean,
                            .occupancy = state.density_mean * area,
                            .quality = state.quality},
                           now_, out);
    }
  }
  work.settled = until;
}

void VenueEngine::judge_present(ZoneIndex zone, EventTime at, Outputs& out) {
  if (!alarms_.watches_present(zone)) return;
  ZoneWork& work = zones_[zone];
  if (work.correcting_since != kNothing) {
    if (head_ - work.corrected_at <= kCorrectionQuiet &&
        head_ - work.correcting_since < kCorrectionLongest) {
      return;
    }
    work.correcting_since = kNothing;
  }
  const std::int64_t level = work.slices.present_level();
  QualityReasons reasons = 0;
  const Quality quality = quality_at(zone, head_, level, reasons);
  const auto people = static_cast<double>(std::max<std::int64_t>(level, 0));
  alarms_.judge_present(zone,
                        {.at = at,
                         .density = people / venue_->zones[zone].area_m2,
                         .occupancy = people,
                         .quality = quality},
                        now_, out);
}

// Says the windows that closed in (closed_before, closed_now], and again those that closed earlier
// and were touched since.
void VenueEngine::say_finals(ZoneIndex zone, std::int64_t closed_before, std::int64_t closed_now,
                             std::size_t spec, Outputs& out) {
  ZoneWork& work = zones_[zone];
  const WindowSpec& window = venue_->windows[spec];
  auto& said = work.said[spec];
  const std::int64_t revisable =
      head_ - lateness_s_ - work.longest_every_s -
      std::chrono::ceil<std::chrono::seconds>(venue_->revise_for).count();
  const std::int64_t from = std::min(closed_before, std::max(work.revise_from, revisable - 1));
  for (std::int64_t end = floor_to(from, window.hop_s) + window.hop_s; end <= closed_now;
       end += window.hop_s) {
    if (end <= work.slices.first()) continue;
    SaidFinal& slot = said[static_cast<std::size_t>(end / window.hop_s) % said.size()];
    if (slot.end != end) slot = {.end = end, .times = 0};
    ZoneState state = state_of(zone, window, end, end, out);
    state.final = true;
    state.revision = slot.times++;
    out.states.push_back(state);
  }
}

void VenueEngine::say_live(ZoneIndex zone, Outputs& out) const {
  const WindowSpec& window = venue_->windows.front();
  const std::int64_t settled = zones_[zone].settled;
  out.states.push_back(state_of(zone, window, ceil_to(settled, window.hop_s), settled, out));
}

ZoneState VenueEngine::state_of(ZoneIndex zone, const WindowSpec& spec, std::int64_t end,
                                std::int64_t known_until, Outputs& out) const {
  const ZoneWork& work = zones_[zone];
  const Zone& place = venue_->zones[zone];
  const std::int64_t tumbling = spec.size_s == spec.hop_s ? spec.size_s : 0;
  const std::int64_t start = end - spec.size_s;
  const std::int64_t until = std::min({end, known_until, begun()});
  const WindowTotals totals = work.slices.totals(start, until, tumbling);
  const std::int64_t level = work.slices.level_at_end_of(until - 1);

  ZoneState state;
  state.zone = zone;
  state.window_start = start_of_second(start);
  state.window_end = start_of_second(end);
  state.quality = quality_at(zone, until, level, state.quality_reasons);
  const double minutes = static_cast<double>(std::max<std::int64_t>(totals.seconds, 1)) / 60.0;
  state.inflow = static_cast<double>(totals.entered) / minutes;
  state.outflow = static_cast<double>(totals.left) / minutes;
  if (state.quality != Quality::kUnknown) {
    state.occupancy = std::max<std::int64_t>(level, 0);
    const auto seconds = static_cast<double>(std::max<std::int64_t>(totals.level_seconds, 1));
    state.density_at_end = static_cast<double>(state.occupancy) / place.area_m2;
    state.density_mean = static_cast<double>(totals.level_sum) / seconds / place.area_m2;
    state.density_maximum = static_cast<double>(totals.level_maximum) / place.area_m2;
    state.level_of_service =
        level_of_service(venue_->profiles[place.profile], state.density_at_end);
  }
  state.first_flow = static_cast<std::uint32_t>(out.flows.size());
  state.flow_count = static_cast<std::uint32_t>(work.openings.size());
  for (const OpeningIndex index : work.openings) {
    const WindowTotals through = openings_[index].totals(start, until, tumbling);
    const auto people = static_cast<double>(through.entered + through.left);
    out.flows.push_back(
        {.opening = index,
         .people_per_metre_per_minute = people / minutes / *venue_->openings[index].width_m});
  }
  return state;
}

Quality VenueEngine::quality_at(ZoneIndex zone, std::int64_t end, std::int64_t level,
                                QualityReasons& reasons) const {
  const ZoneWork& work = zones_[zone];
  bool heard = false;
  bool any_silent = false;
  bool skewed = false;
  for (const SensorIndex index : work.sensors) {
    const SensorWork& sensor = sensors_[index];
    heard = heard || sensor.heard;
    any_silent = any_silent || silent(sensor, end);
    skewed = skewed || sensor.clock_skewed;
  }
  const Gauge* gauge = work.slices.gauge_before_end_of(end - 1);

  Quality quality = Quality::kGood;
  const auto because = [&](bool holds, QualityReason reason, Quality at_best) {
    if (!holds) return;
    reasons |= bit(reason);
    quality = std::max(quality, at_best);
  };
  because(work.sensors.empty() && gauge == nullptr, QualityReason::kNoSensor, Quality::kUnknown);
  because(!work.sensors.empty() && !heard && gauge == nullptr, QualityReason::kNeverHeard,
          Quality::kUnknown);
  because(level == ZoneSlices::kUnknown && !levels_forgotten_, QualityReason::kStartUnknown,
          Quality::kUnknown);
  because(level == ZoneSlices::kUnknown && levels_forgotten_, QualityReason::kHistoryMissing,
          Quality::kUnknown);
  because(any_silent, QualityReason::kSensorSilent, Quality::kStale);
  because(venue_->starts == StartLevel::kAssumedEmpty && gauge == nullptr,
          QualityReason::kUnanchored, Quality::kDegraded);
  because(work.has_unmeasured_opening && !work.has_gauge_sensor, QualityReason::kUnmeasuredOpening,
          Quality::kDegraded);
  because(gauge != nullptr && gauge->capped, QualityReason::kCapped, Quality::kDegraded);
  because(skewed, QualityReason::kClockSkewed, Quality::kDegraded);
  return quality;
}

void VenueEngine::finish(Outputs& out) {
  if (!started_) return;
  open_second(out);
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
    ZoneWork& work = zones_[zone];
    settle(zone, std::max(work.settled, head_), out);
    const std::int64_t closed = head_ - lateness_s_ - work.longest_every_s;
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      say_finals(zone, closed, ceil_to(begun(), venue_->windows[spec].hop_s), spec, out);
    }
    work.revise_from = kNothing;
  }
  close_second(out);
}

void VenueEngine::present(Outputs& out) const {
  if (!started_) return;
  open_second(out);
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone)
    say_live(zone, out);
  close_second(out);
}

}  // namespace crowdflow
