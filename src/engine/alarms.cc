#include "engine/alarms.h"

#include <algorithm>

#include "engine/id_index.h"

namespace crowdflow {

Alarms::Alarms(const Venue& venue) : venue_(&venue), zones_(venue.zones.size()) {
  for (std::uint32_t index = 0; index < venue.rules.size(); ++index) {
    const Rule& rule = venue.rules[index];
    for (const ZoneIndex zone : rule.zones) {
      ZoneAlarms& alarms = zones_[zone];
      alarms.alarms.push_back(Alarm{.rule = index});
      if (!rule.window) {
        alarms.watches_present = true;
      } else if (std::ranges::find(alarms.windows, *rule.window) == alarms.windows.end()) {
        alarms.windows.push_back(*rule.window);
      }
    }
  }
}

void Alarms::judge_present(ZoneIndex zone, const Sample& sample, WallTime now, Outputs& out) {
  for (Alarm& alarm : zones_[zone].alarms) {
    if (!venue_->rules[alarm.rule].window) judge(zone, alarm, sample, now, out);
  }
}

void Alarms::judge_window(ZoneIndex zone, const WindowSpec& window, const Sample& sample,
                          WallTime now, Outputs& out) {
  for (Alarm& alarm : zones_[zone].alarms) {
    if (venue_->rules[alarm.rule].window == window) judge(zone, alarm, sample, now, out);
  }
}

void Alarms::judge(ZoneIndex zone, Alarm& alarm, const Sample& sample, WallTime now, Outputs& out) {
  const Rule& rule = venue_->rules[alarm.rule];
  const double value = rule.when == RuleKind::kDensity ? sample.density : sample.occupancy;
  // What nobody knows raises nothing; what is stale, or unknown, clears nothing.
  const bool known = sample.quality != Quality::kUnknown;
  const bool fresh = known && sample.quality != Quality::kStale;
  const bool turns =
      alarm.active ? fresh && value <= rule.over - rule.deadband : known && value > rule.over;
  if (!turns) {
    alarm.turning = false;
    return;
  }
  if (!alarm.turning) {
    alarm.turning = true;
    alarm.turning_since = sample.at;
  }
  const Span delay = alarm.active ? rule.off_delay : rule.on_delay;
  if (sample.at - alarm.turning_since < delay) return;

  alarm.turning = false;
  alarm.active = !alarm.active;
  if (alarm.active) {
    ++alarm.occurrence;
    alarm.sequence = 0;
  }
  ++alarm.sequence;
  out.alerts.push_back({venue_, Alert{.rule = alarm.rule,
                                      .zone = zone,
                                      .occurrence = alarm.occurrence,
                                      .sequence = alarm.sequence,
                                      .state = alarm.active ? AlarmState::kUnacknowledged
                                                            : AlarmState::kReturnedUnacknowledged,
                                      .condition_active = alarm.active,
                                      .value = value,
                                      .event_time = sample.at,
                                      .raised_at = now,
                                      .quality = sample.quality}});
}

std::array<std::uint64_t, 4> Alarms::active() const {
  std::array<std::uint64_t, 4> count{};
  for (const ZoneAlarms& zone : zones_) {
    for (const Alarm& alarm : zone.alarms) {
      if (alarm.active) ++count[static_cast<std::size_t>(venue_->rules[alarm.rule].priority)];
    }
  }
  return count;
}

void Alarms::adopt(const Alarms& old, EventTime at, WallTime now, Outputs& out) {
  raised_before_ = old.raised_before_;
  const IdIndex zones(venue_->zones);
  const auto successor = [&](ZoneIndex old_zone, const Alarm& known) -> Alarm* {
    const auto zone = zones.find(old.venue_->zones[old_zone].id);
    if (!zone) return nullptr;
    for (Alarm& alarm : zones_[*zone].alarms) {
      if (venue_->rules[alarm.rule].id == old.venue_->rules[known.rule].id) return &alarm;
    }
    return nullptr;
  };
  for (ZoneIndex old_zone = 0; old_zone < old.zones_.size(); ++old_zone) {
    for (const Alarm& known : old.zones_[old_zone].alarms) {
      if (Alarm* alarm = successor(old_zone, known)) {
        const std::uint32_t rule = alarm->rule;
        *alarm = known;
        alarm->rule = rule;
        continue;
      }
      if (known.occurrence > 0) {
        raised_before_[{old.venue_->rules[known.rule].id, old.venue_->zones[old_zone].id}] =
            known.occurrence;
      }
      if (!known.active) continue;
      out.alerts.push_back({old.venue_, Alert{.rule = known.rule,
                                              .zone = old_zone,
                                              .occurrence = known.occurrence,
                                              .sequence = known.sequence + 1,
                                              .state = AlarmState::kNormal,
                                              .event_time = at,
                                              .raised_at = now}});
    }
  }
  if (raised_before_.empty()) return;
  for (ZoneIndex zone = 0; zone < zones_.size(); ++zone) {
    for (Alarm& alarm : zones_[zone].alarms) {
      const auto before =
          raised_before_.find({venue_->rules[alarm.rule].id, venue_->zones[zone].id});
      if (before != raised_before_.end()) {
        alarm.occurrence = std::max(alarm.occurrence, before->second);
      }
    }
  }
}

}  // namespace crowdflow
