#include "console/console_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "console/json_text.h"
#include "console/venue_json.h"

namespace crowdflow::console {
namespace {

std::string never_heard(const Venue& venue, const Zone& zone) {
  std::string json = "{";
  append_field("venue_id", venue.id, json);
  json += ',';
  append_field("zone_id", zone.id, json);
  json += R"(,"quality":"QUALITY_UNKNOWN","quality_reasons":["QUALITY_REASON_NEVER_HEARD"]})";
  return json;
}

void append_now(WallTime now, std::string& out) { append_field("now", to_rfc3339(now), out); }

}  // namespace

ConsoleState::ConsoleState(std::shared_ptr<const ZoneDirectory> directory, std::string version)
    : directory_(std::move(directory)),
      version_(std::move(version)),
      zones_(directory_->zones().size()),
      frontier_(directory_->venues().size()) {
  append_venues(directory_->venues(), venues_);
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    zones_[zone].json = never_heard(directory_->venue_of(zone), directory_->zone(zone));
  }
}

void ConsoleState::apply(FeedBatch batch) {
  for (const DensityPoint& point : batch.densities) {
    zones_[point.zone].history.add(point.at, point.density);
  }
  for (ZoneUpdate& update : batch.zones)
    apply(update);
  for (AlarmUpdate& update : batch.alarms)
    apply(update);
  if (!batch.alarms.empty()) forget_old_alarms();
}

void ConsoleState::apply(ZoneUpdate& update) {
  ZoneView& view = zones_[update.zone];
  if (update.window_end < view.window_end) return;
  view.window_end = update.window_end;
  view.json = std::move(update.json);
  if (!std::exchange(view.changed, true)) changed_zones_.push_back(update.zone);
  EventTime& frontier = frontier_[directory_->zones()[update.zone].venue];
  frontier = std::max(frontier, update.window_end);
}

void ConsoleState::apply(AlarmUpdate& update) {
  if (update.json.empty()) {
    alarms_.erase(update.alert_id);
    return;
  }
  AlarmView& view = alarms_[update.alert_id];
  view.condition_active = update.condition_active;
  view.said_at = update.said_at;
  view.json = std::move(update.json);
  changed_alarms_.insert(std::move(update.alert_id));
}

void ConsoleState::forget_old_alarms() {
  std::vector<Alarms::iterator> cleared;
  for (auto alarm = alarms_.begin(); alarm != alarms_.end(); ++alarm) {
    if (!alarm->second.condition_active) cleared.push_back(alarm);
  }
  if (cleared.size() <= kMostCleared) return;
  const auto kept = cleared.begin() + kMostCleared;
  std::ranges::nth_element(cleared, kept, std::greater{},
                           [](const auto& alarm) { return alarm->second.said_at; });
  std::for_each(kept, cleared.end(), [this](const auto& alarm) { alarms_.erase(alarm); });
}

bool ConsoleState::shown(const AlarmView& alarm, WallTime now) {
  return alarm.condition_active || now - alarm.said_at <= kClearedStay;
}

void ConsoleState::set_health(FeedHealth health) {
  health_changed_ = health_changed_ || health != health_;
  health_ = std::move(health);
}

bool ConsoleState::changed() const {
  return health_changed_ || !changed_zones_.empty() || !changed_alarms_.empty();
}

void ConsoleState::append_head(std::string_view type, WallTime now, std::string& out) const {
  out += '{';
  append_field("type", type, out);
  out += ",\"sequence\":";
  append_number(sequence_, out);
  out += ',';
  append_now(now, out);
  if (health_.reachable) {
    out += R"(,"feed":{"reachable":true})";
  } else {
    out += R"(,"feed":{"reachable":false,)";
    append_field("reason", health_.reason, out);
    out += '}';
  }
}

ConsoleState::Text ConsoleState::update(WallTime now) {
  ++sequence_;
  std::string out;
  append_head("update", now, out);
  out += ",\"zones\":";
  append_array(changed_zones_, out, [&](std::size_t zone) {
    out += zones_[zone].json;
    zones_[zone].changed = false;
  });
  out += ",\"alerts\":";
  // An alarm that was forgotten again since it changed is not told.
  std::erase_if(changed_alarms_, [&](const std::string& id) {
    const auto alarm = alarms_.find(id);
    return alarm == alarms_.end() || !shown(alarm->second, now);
  });
  append_array(changed_alarms_, out,
               [&](const std::string& id) { out += alarms_.find(id)->second.json; });
  out += '}';
  changed_zones_.clear();
  changed_alarms_.clear();
  health_changed_ = false;
  snapshot_ = nullptr;
  return std::make_shared<const std::string>(std::move(out));
}

ConsoleState::Text ConsoleState::snapshot(WallTime now) {
  if (snapshot_ != nullptr) return snapshot_;
  std::string out;
  append_head("snapshot", now, out);
  out += ',';
  append_field("version", version_, out);
  out += ",\"venues\":";
  out += venues_;
  out += ",\"zones\":";
  append_zones(out);
  out += ",\"alerts\":";
  append_alerts(now, out);
  out += ",\"history\":";
  append_history(out);
  out += '}';
  snapshot_ = std::make_shared<const std::string>(std::move(out));
  return snapshot_;
}

std::string ConsoleState::zones(WallTime now) const {
  std::string out = "{";
  append_now(now, out);
  out += ",\"zones\":";
  append_zones(out);
  return out += '}';
}

std::string ConsoleState::alerts(WallTime now) const {
  std::string out = "{";
  append_now(now, out);
  out += ",\"alerts\":";
  append_alerts(now, out);
  return out += '}';
}

void ConsoleState::append_zones(std::string& out) const {
  append_array(zones_, out, [&](const ZoneView& view) { out += view.json; });
}

void ConsoleState::append_alerts(WallTime now, std::string& out) const {
  std::vector<const AlarmView*> alarms;
  for (const auto& [id, alarm] : alarms_) {
    if (shown(alarm, now)) alarms.push_back(&alarm);
  }
  append_array(alarms, out, [&](const AlarmView* alarm) { out += alarm->json; });
}

void ConsoleState::append_history(std::string& out) const {
  struct Line {
    std::size_t zone;
    DensityHistory::Points points;
  };
  std::vector<Line> lines;
  for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
    auto points = zones_[zone].history.points(frontier_[directory_->zones()[zone].venue]);
    if (!points.density.empty()) lines.push_back({zone, std::move(points)});
  }
  append_array(lines, out, [&](const Line& line) {
    out += '{';
    append_field("venue_id", directory_->venue_of(line.zone).id, out);
    out += ',';
    append_field("zone_id", directory_->zone(line.zone).id, out);
    out += ',';
    append_field("end", to_rfc3339(line.points.end), out);
    out += ",\"step_s\":";
    append_number(DensityHistory::kStepSeconds, out);
    out += ",\"density\":";
    append_array(line.points.density, out, [&](float density) {
      if (std::isnan(density)) {
        out += "null";
      } else {
        append_number(std::round(density * 1000) / 1000, out);  // 1 person in 1000 m2 is enough
      }
    });
    out += '}';
  });
}

}  // namespace crowdflow::console
