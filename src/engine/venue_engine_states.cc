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

double VenueEngine::Measured::mean_people() const {
  return static_cast<double>(totals.level_sum) /
         static_cast<double>(std::max<std::int64_t>(totals.level_seconds, 1));
}

VenueEngine::SaidFinal& VenueEngine::ZoneWork::said_of(std::size_t spec, const WindowSpec& window,
                                                       std::int64_t end) {
  std::vector<SaidFinal>& finals = said[spec];
  return finals[static_cast<std::size_t>(end / window.hop_s) % finals.size()];
}

std::int64_t VenueEngine::begun() const {
  const auto passed = std::chrono::ceil<std::chrono::seconds>(venue_time_.time_since_epoch());
  return std::max(passed.count(), told_until_);
}

std::int64_t VenueEngine::closed(const ZoneWork& work) const {
  return head_ - lateness_s_ - work.longest_every_s;
}

std::int64_t VenueEngine::settled_until(const ZoneWork& work) const {
  std::int64_t until = head_;
  for (const SensorIndex index : work.sensors) {
    const SensorWork& sensor = sensors_[index];
    if (!sensor.heard.ever() || sensor.heard.silent_at(head_, sensor.waited_for_since)) continue;
    until = std::min(until, second_of(sensor.heard.last()));
  }
  return std::max({until, head_ - lateness_s_, work.news.settled});
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
    News& news = work.news;
    settle(zone, settled_until(work), out);
    judge_present(zone, out);

    QualityReasons reasons = 0;
    const std::int64_t level = work.slices.level_at_end_of(news.settled - 1);
    const Quality quality = quality_at(work, news.settled, level, reasons);
    if (quality != news.last_quality || reasons != news.last_reasons) {
      news.last_quality = quality;
      news.last_reasons = reasons;
      news.changed_in = head_;
    }
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      say_finals(zone, spec, closed(work), out);
      // What changed stays news for as long as the window slides over it.
      const bool live = news.changed_in + venue_->windows[0].size_s >= news.said_until ||
                        head_ % kEverythingEvery == 0;
      if (spec == 0 && live && news.settled > work.slices.first()) {
        say_live(zone, news.settled, out);
        news.said_until = news.settled;
      }
    }
    news.closed = std::max(news.closed, closed(work));
    news.revise_from = kNothing;
  }
  close_second(out);
}

void VenueEngine::settle(ZoneIndex zone, std::int64_t until, Outputs& out) {
  News& news = zones_[zone].news;
  for (std::int64_t second = news.settled + 1; second <= until; ++second) {
    for (const WindowSpec& window : alarms_.windows_of(zone)) {
      if (second % window.hop_s != 0) continue;
      const Measured measured = measure(zone, window, second, second);
      alarms_.judge_window(zone, window,
                           {.at = start_of_second(second),
                            .density = measured.mean_people() / venue_->zones[zone].area_m2,
                            .occupancy = measured.mean_people(),
                            .quality = measured.quality},
                           now_, out);
    }
  }
  news.settled = until;
}

void VenueEngine::judge_present(ZoneIndex zone, Outputs& out) {
  if (!alarms_.watches_present(zone)) return;
  ZoneWork& work = zones_[zone];
  News& news = work.news;
  if (news.correcting_since != kNothing) {
    if (head_ - news.corrected_at <= kCorrectionQuiet &&
        head_ - news.correcting_since < kCorrectionLongest) {
      return;
    }
    news.correcting_since = kNothing;
  }
  const std::int64_t level = work.slices.present_level();
  QualityReasons reasons = 0;
  const Quality quality = quality_at(work, head_ + 1, level, reasons);
  const auto people = static_cast<double>(std::max<std::int64_t>(level, 0));
  alarms_.judge_present(zone,
                        {.at = venue_time_,
                         .density = people / venue_->zones[zone].area_m2,
                         .occupancy = people,
                         .quality = quality},
                        now_, out);
}

// Says the windows that end in (what was closed, closed], and again those that closed earlier and
// have changed since.
void VenueEngine::say_finals(ZoneIndex zone, std::size_t spec, std::int64_t closed, Outputs& out) {
  ZoneWork& work = zones_[zone];
  const WindowSpec& window = venue_->windows[spec];
  const std::int64_t revisable = this->closed(work) - revise_s_;
  const std::int64_t from =
      std::min(work.news.closed, std::max(work.news.revise_from, revisable - 1));
  for (std::int64_t end = floor_to(from, window.hop_s) + window.hop_s; end <= closed;
       end += window.hop_s) {
    if (std::min(end, begun()) <= work.slices.first()) continue;
    SaidFinal& said = work.said_of(spec, window, end);
    if (said.end != end) said = {.end = end, .times = 0};
    ZoneState state = state_of(zone, window, end, end, out);
    state.final = true;
    state.revision = said.times++;
    out.states.push_back(state);
  }
}

void VenueEngine::say_live(ZoneIndex zone, std::int64_t known_until, Outputs& out) const {
  const WindowSpec& window = venue_->windows.front();
  const std::int64_t end = ceil_to(known_until, window.hop_s);
  out.states.push_back(state_of(zone, window, end, known_until, out));
}

VenueEngine::Measured VenueEngine::measure(ZoneIndex zone, const WindowSpec& window,
                                           std::int64_t end, std::int64_t known_until) const {
  const ZoneWork& work = zones_[zone];
  const std::int64_t tumbling = window.size_s == window.hop_s ? window.size_s : 0;
  Measured measured;
  measured.until = std::min({end, known_until, begun()});
  measured.totals = work.slices.totals(end - window.size_s, measured.until, tumbling);
  measured.level = work.slices.level_at_end_of(measured.until - 1);
  measured.quality = quality_at(work, measured.until, measured.level, measured.reasons);
  return measured;
}

ZoneState VenueEngine::state_of(ZoneIndex zone, const WindowSpec& window, std::int64_t end,
                                std::int64_t known_until, Outputs& out) const {
  const ZoneWork& work = zones_[zone];
  const Zone& place = venue_->zones[zone];
  const Measured measured = measure(zone, window, end, known_until);
  const WindowTotals& totals = measured.totals;
  const std::int64_t start = end - window.size_s;
  const double minutes = static_cast<double>(std::max<std::int64_t>(totals.seconds, 1)) / 60.0;

  ZoneState state;
  state.zone = zone;
  state.window_start = start_of_second(start);
  state.window_end = start_of_second(end);
  state.quality = measured.quality;
  state.quality_reasons = measured.reasons;
  state.inflow = static_cast<double>(totals.entered) / minutes;
  state.outflow = static_cast<double>(totals.left) / minutes;
  if (state.quality != Quality::kUnknown) {
    state.occupancy = std::max<std::int64_t>(measured.level, 0);
    state.density_at_end = static_cast<double>(state.occupancy) / place.area_m2;
    state.density_mean = measured.mean_people() / place.area_m2;
    state.density_maximum = static_cast<double>(totals.level_maximum) / place.area_m2;
    state.level_of_service =
        level_of_service(venue_->profiles[place.profile], state.density_at_end);
  }
  state.first_flow = static_cast<std::uint32_t>(out.flows.size());
  state.flow_count = static_cast<std::uint32_t>(work.openings.size());
  for (const OpeningIndex index : work.openings) {
    const WindowTotals through = openings_[index].totals(
        start, measured.until, window.size_s == window.hop_s ? window.size_s : 0);
    const auto people = static_cast<double>(through.entered + through.left);
    out.flows.push_back(
        {.opening = index,
         .people_per_metre_per_minute = people / minutes / *venue_->openings[index].width_m});
  }
  return state;
}

Quality VenueEngine::quality_at(const ZoneWork& work, std::int64_t end, std::int64_t level,
                                QualityReasons& reasons) const {
  bool heard = false;
  bool any_silent = false;
  bool skewed = false;
  for (const SensorIndex index : work.sensors) {
    const SensorWork& sensor = sensors_[index];
    heard = heard || sensor.heard.heard_by(end);
    any_silent = any_silent || sensor.heard.silent_at(end, sensor.waited_for_since);
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
    News& news = zones_[zone].news;
    settle(zone, std::max(news.settled, head_), out);
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      const WindowSpec& window = venue_->windows[spec];
      say_finals(zone, spec, floor_to(begun() - 1, window.hop_s) + window.size_s, out);
    }
    news.closed = begun();
    news.revise_from = kNothing;
  }
  close_second(out);
}

void VenueEngine::present(Outputs& out) const {
  if (!started_) return;
  open_second(out);
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone)
    say_live(zone, settled_until(zones_[zone]), out);
  close_second(out);
}

}  // namespace crowdflow
