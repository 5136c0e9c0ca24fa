// VenueEngine: what is said each second of venue time, and with which quality.

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/seconds_up.h"
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

std::int64_t tumbling_size(const WindowSpec& window) {
  return window.size_s == window.hop_s ? window.size_s : 0;
}

}  // namespace

double VenueEngine::Measured::mean_people() const {
  return static_cast<double>(totals.level_sum) /
         static_cast<double>(std::max<std::int64_t>(totals.level_seconds, 1));
}

std::uint16_t& VenueEngine::times_said(ZoneIndex zone, std::size_t spec, std::int64_t end) {
  ZoneGroup& group = zone_groups_[places_[zone].group];
  const ZoneGroup::Finals& finals = group.finals[spec];
  const auto place = static_cast<std::uint64_t>(end / venue_->windows[spec].hop_s) % finals.count;
  return group.times_said[std::size_t{column(zone)} * group.finals_of_zone + finals.first + place];
}

std::int64_t VenueEngine::begun() const {
  return std::max(seconds_up(venue_time_.time_since_epoch()), told_until_);
}

std::int64_t VenueEngine::closed(ZoneIndex zone) const {
  return head_ - plan_.lateness_s - plan_.zones[zone].longest_every_s;
}

VenueEngine::Heard VenueEngine::heard_in(ZoneIndex zone) const {
  Heard heard{.from = EventTime::min(), .until = EventTime::max(), .first_to_end = head_start_};
  bool any_pause = false;
  for (const SensorIndex index : plan_.sensors_of_zone.of(zone)) {
    const SensorWork& sensor = sensors_[index];
    const Silences& said = sensor.anything;
    heard.skewed = heard.skewed || sensor.clock_ahead;
    any_pause = any_pause || !said.without_pause();
    heard.from = std::max(heard.from, said.first());
    heard.until = std::min(heard.until, said.last() + std::chrono::seconds{sensor.allowed_s});
    heard.first_to_end = std::min(heard.first_to_end, said.last());
  }
  if (any_pause) heard.from = EventTime::max();
  return heard;
}

std::int64_t VenueEngine::settled_until(ZoneIndex zone, const Heard& heard) const {
  const std::int64_t least = std::max(head_ - plan_.lateness_s, news_[zone].settled);
  EventTime until = head_start_;
  if (heard.all_at(head_start_)) {
    until = heard.first_to_end;
  } else {
    for (const SensorIndex index : plan_.sensors_of_zone.of(zone)) {
      const Silences& said = sensors_[index].anything;
      if (!said.ever() || said.last() >= until) continue;
      if (!silent_at(index, head_)) until = said.last();
    }
  }
  return std::max(least, until == head_start_ ? head_ : second_of(until));
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
  if (apportion_from_ != kNothing) apportion_again();
  open_second(out);
  sum_up_openings();
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    News& news = news_[zone];
    const Heard heard = heard_in(zone);
    settle(zone, heard, settled_until(zone, heard), out);
    judge_present(zone, heard, out);

    QualityReasons reasons = 0;
    const std::int64_t level = slices(zone).level_at_end_of(column(zone), news.settled - 1);
    const Quality quality = quality_at(zone, heard, news.settled, level, reasons);
    if (quality != news.last_quality || reasons != news.last_reasons) {
      news.last_quality = quality;
      news.last_reasons = reasons;
      news.changed_in = head_;
    }
    // What changed stays news for as long as the window slides over it.
    const bool live = news.changed_in + venue_->windows[0].size_s >= news.said_until ||
                      head_ % kEverythingEvery == 0;
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      say_finals(zone, heard, spec, closed(zone), out);
      if (spec == 0 && live && news.settled > slices(zone).first(column(zone))) {
        say_live(zone, heard, news.settled, out);
        news.said_until = news.settled;
      }
    }
    news.closed = std::max(news.closed, closed(zone));
    news.revise_from = kNothing;
  }
  for (OpeningSlices& group : opening_groups_)
    group.forget_sums();
  close_second(out);
}

// Most zones are about to speak of the same two windows: the live one, and the one that closes.
void VenueEngine::sum_up_openings() {
  const WindowSpec& window = venue_->windows.front();
  if (places_.empty() || tumbling_size(window) != 0) return;
  const std::int64_t settled = settled_until(0, heard_in(0));
  const std::int64_t live_end = ceil_to(settled, window.hop_s);
  const std::int64_t final_end = floor_to(closed(0), window.hop_s);
  for (OpeningSlices& group : opening_groups_) {
    group.sum_up(0, live_end - window.size_s, std::min({live_end, settled, begun()}));
    group.sum_up(1, final_end - window.size_s, std::min(final_end, begun()));
  }
}

void VenueEngine::settle(ZoneIndex zone, const Heard& heard, std::int64_t until, Outputs& out) {
  News& news = news_[zone];
  for (std::int64_t second = news.settled + 1; second <= until; ++second) {
    for (const WindowSpec& window : alarms_.windows_of(zone)) {
      if (second % window.hop_s != 0) continue;
      const Measured measured = measure(zone, heard, window, second, second);
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

void VenueEngine::judge_present(ZoneIndex zone, const Heard& heard, Outputs& out) {
  if (!alarms_.watches_present(zone)) return;
  News& news = news_[zone];
  if (news.correcting_since != kNothing) {
    if (head_ - news.corrected_at <= kCorrectionQuiet &&
        head_ - news.correcting_since < kCorrectionLongest) {
      return;
    }
    news.correcting_since = kNothing;
  }
  const std::int64_t level = slices(zone).present_level(column(zone));
  QualityReasons reasons = 0;
  const Quality quality = quality_at(zone, heard, head_ + 1, level, reasons);
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
void VenueEngine::say_finals(ZoneIndex zone, const Heard& heard, std::size_t spec,
                             std::int64_t closed, Outputs& out) {
  const News& news = news_[zone];
  const WindowSpec& window = venue_->windows[spec];
  const std::int64_t revisable = this->closed(zone) - plan_.revise_s;
  const std::int64_t from = std::min(news.closed, std::max(news.revise_from, revisable - 1));
  for (std::int64_t end = floor_to(from, window.hop_s) + window.hop_s; end <= closed;
       end += window.hop_s) {
    std::uint16_t& times = times_said(zone, spec, end);
    if (end > news.closed) times = 0;
    if (std::min(end, begun()) <= slices(zone).first(column(zone))) continue;
    ZoneState state = state_of(zone, heard, window, end, end, out);
    state.final = true;
    state.revision = times;
    if (times < std::numeric_limits<std::uint16_t>::max()) ++times;
    out.states.push_back(state);
  }
}

void VenueEngine::say_live(ZoneIndex zone, const Heard& heard, std::int64_t known_until,
                           Outputs& out) const {
  const WindowSpec& window = venue_->windows.front();
  const std::int64_t end = ceil_to(known_until, window.hop_s);
  out.states.push_back(state_of(zone, heard, window, end, known_until, out));
}

VenueEngine::Measured VenueEngine::measure(ZoneIndex zone, const Heard& heard,
                                           const WindowSpec& window, std::int64_t end,
                                           std::int64_t known_until) const {
  Measured measured;
  measured.until = std::min({end, known_until, begun()});
  measured.totals =
      slices(zone).totals(column(zone), end - window.size_s, measured.until, tumbling_size(window));
  measured.level = slices(zone).level_at_end_of(column(zone), measured.until - 1);
  measured.quality = quality_at(zone, heard, measured.until, measured.level, measured.reasons);
  return measured;
}

ZoneState VenueEngine::state_of(ZoneIndex zone, const Heard& heard, const WindowSpec& window,
                                std::int64_t end, std::int64_t known_until, Outputs& out) const {
  const Zone& place = venue_->zones[zone];
  const Measured measured = measure(zone, heard, window, end, known_until);
  const WindowTotals& totals = measured.totals;
  const std::int64_t start = end - window.size_s;
  const double per_minute = 60.0 / static_cast<double>(std::max<std::int64_t>(totals.seconds, 1));

  ZoneState state;
  state.zone = zone;
  state.window_start = start_of_second(start);
  state.window_end = start_of_second(end);
  state.quality = measured.quality;
  state.quality_reasons = measured.reasons;
  state.inflow = static_cast<double>(totals.entered) * per_minute;
  state.outflow = static_cast<double>(totals.left) * per_minute;
  state.motion = motion_at(zone, measured.until);
  if (state.quality != Quality::kUnknown) {
    state.occupancy = std::max<std::int64_t>(measured.level, 0);
    state.density_at_end = static_cast<double>(state.occupancy) / place.area_m2;
    state.density_mean = measured.mean_people() / place.area_m2;
    state.density_maximum = static_cast<double>(totals.level_maximum) / place.area_m2;
    if (venue_->density_percentile) {
      state.density_percentile = percentile_of(zone, start, measured.until) / place.area_m2;
    }
    state.level_of_service =
        level_of_service(venue_->profiles[place.profile], state.density_at_end);
  }
  const std::span<const OpeningIndex> openings = plan_.openings_of_zone.of(zone);
  state.first_flow = static_cast<std::uint32_t>(out.flows.size());
  state.flow_count = static_cast<std::uint32_t>(openings.size());
  const std::int64_t tumbling = tumbling_size(window);
  for (const OpeningIndex index : openings) {
    const VenuePlan::OpeningPlan& opening = plan_.openings[index];
    const auto people = static_cast<double>(
        opening_groups_[opening.group].people(opening.column, start, measured.until, tumbling));
    out.flows.push_back(
        {.opening = index, .people_per_metre_per_minute = people * per_minute / opening.width_m});
  }
  return state;
}

// The fewest people that were not passed during the venue's share of the seconds [start, end).
double VenueEngine::percentile_of(ZoneIndex zone, std::int64_t start, std::int64_t end) const {
  levels_.clear();
  slices(zone).levels(column(zone), start, end, levels_);
  if (levels_.empty()) return 0;
  const auto share = static_cast<double>(*venue_->density_percentile) / 100;
  const auto rank = static_cast<std::ptrdiff_t>(
      std::ceil(share * static_cast<double>(levels_.size()) - 1e-9) - 1);
  const auto at = levels_.begin() + std::max<std::ptrdiff_t>(rank, 0);
  std::ranges::nth_element(levels_, at);
  return *at;
}

// The latest that a motion sensor of the zone said by the start of `end`, unless it is too old. At
// the same instant the first in the venue file holds, of one sensor the last word.
std::optional<ZoneState::Motion> VenueEngine::motion_at(ZoneIndex zone, std::int64_t end) const {
  std::optional<Taken> latest;
  const EventTime until = start_of_second(end);
  for (const SensorIndex index : plan_.motion_of_zone.of(zone)) {
    const EventTime from = start_of_second(end - sensors_[index].allowed_s);
    const std::optional<Taken> before = latest;
    sensors_[index].memory.for_each([&](const Taken& taken) {
      if (taken.kind != StatementKind::kMotion || taken.time > until || taken.time <= from) return;
      if (before && taken.time <= before->time) return;
      if (latest &&
          std::tuple(taken.time, taken.stamp, taken.boot_id, taken.sequence) <
              std::tuple(latest->time, latest->stamp, latest->boot_id, latest->sequence)) {
        return;
      }
      latest = taken;
    });
  }
  if (!latest) return std::nullopt;
  return ZoneState::Motion{.mean_speed = static_cast<double>(latest->first) / 1000,
                           .velocity_variance = static_cast<double>(latest->second) / 1e6};
}

Quality VenueEngine::quality_at(ZoneIndex zone, const Heard& heard_lately, std::int64_t end,
                                std::int64_t level, QualityReasons& reasons) const {
  const std::span<const SensorIndex> sensors = plan_.sensors_of_zone.of(zone);
  const bool all_spoke = heard_lately.all_at(start_of_second(end));
  bool heard = all_spoke;
  bool any_silent = false;
  for (const SensorIndex index : all_spoke ? std::span<const SensorIndex>{} : sensors) {
    heard = heard || sensors_[index].anything.heard_by(end);
    any_silent = any_silent || silent_at(index, end);
  }
  const auto gauge = slices(zone).gauge_before_end_of(column(zone), end - 1);

  Quality quality = Quality::kGood;
  const auto because = [&](bool holds, QualityReason reason, Quality at_best) {
    if (!holds) return;
    reasons |= bit(reason);
    quality = std::max(quality, at_best);
  };
  because(sensors.empty() && !gauge, QualityReason::kNoSensor, Quality::kUnknown);
  because(!sensors.empty() && !heard && !gauge, QualityReason::kNeverHeard, Quality::kUnknown);
  because(level == ZoneSlices::kUnknown && !levels_forgotten_, QualityReason::kStartUnknown,
          Quality::kUnknown);
  because(level == ZoneSlices::kUnknown && levels_forgotten_, QualityReason::kHistoryMissing,
          Quality::kUnknown);
  because(any_silent, QualityReason::kSensorSilent, Quality::kStale);
  because(venue_->starts == StartLevel::kAssumedEmpty && !gauge, QualityReason::kUnanchored,
          Quality::kDegraded);
  because(plan_.zones[zone].has_unmeasured_opening && !plan_.zones[zone].has_gauge_sensor,
          QualityReason::kUnmeasuredOpening, Quality::kDegraded);
  because(gauge && gauge->capped, QualityReason::kCapped, Quality::kDegraded);
  because(gauge && gauge->apportioned, QualityReason::kApportioned, Quality::kDegraded);
  because(heard_lately.skewed, QualityReason::kClockSkewed, Quality::kDegraded);
  return quality;
}

void VenueEngine::finish(Outputs& out) {
  if (!started_) return;
  if (apportion_from_ != kNothing) apportion_again();
  open_second(out);
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    News& news = news_[zone];
    const Heard heard = heard_in(zone);
    settle(zone, heard, std::max(news.settled, head_), out);
    for (std::size_t spec = 0; spec < venue_->windows.size(); ++spec) {
      const WindowSpec& window = venue_->windows[spec];
      say_finals(zone, heard, spec, floor_to(begun() - 1, window.hop_s) + window.size_s, out);
    }
    news.closed = begun();
    news.revise_from = kNothing;
  }
  close_second(out);
}

void VenueEngine::present(Outputs& out) const {
  if (!started_) return;
  open_second(out);
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    const Heard heard = heard_in(zone);
    say_live(zone, heard, settled_until(zone, heard), out);
  }
  close_second(out);
}

}  // namespace crowdflow
