#include "console/topic_decoder.h"

#include <utility>

#include "wire/json.h"

namespace crowdflow::console {

TopicDecoder::TopicDecoder(std::shared_ptr<const ZoneDirectory> directory, log::TopicNames topics)
    : directory_(std::move(directory)), topics_(std::move(topics)) {}

void TopicDecoder::add(const log::Record& record) {
  if (record.topic == topics_.zone_states) add_states(record);
  if (record.topic == topics_.alerts_current) add_alarm(record);
}

void TopicDecoder::add_states(const log::Record& record) {
  if (!wire::parse(record.value, states_)) {
    ++undecodable_;
    return;
  }
  const auto venue = directory_->find_venue(states_.venue_id());
  if (!venue) return;  // another console's
  const std::chrono::seconds shortest{directory_->venues()[*venue]->windows.front().size_s};

  for (v1::ZoneState& state : *states_.mutable_states()) {
    const EventTime end = wire::event_time(state.window_end());
    const Span size = end - wire::event_time(state.window_start());
    if (state.final() || size > shortest || end < kEarliestEvent) continue;
    const auto zone = directory_->find_zone(*venue, state.zone_id());
    if (!zone) continue;  // of another version of the venue file

    const bool known =
        state.quality() == v1::QUALITY_GOOD || state.quality() == v1::QUALITY_DEGRADED;
    batch_.densities.push_back({.zone = *zone, .at = end, .density = {}});
    if (known) batch_.densities.back().density = state.density().at_end();

    const auto [place, added] = newest_.try_emplace(*zone);
    if (added || end >= wire::event_time(place->second.window_end())) place->second.Swap(&state);
  }
}

void TopicDecoder::add_alarm(const log::Record& record) {
  AlarmUpdate update;
  if (record.has_value) {
    v1::Alert alert;
    if (!wire::parse(record.value, alert) || alert.alert_id().empty()) {
      ++undecodable_;
      return;
    }
    update = {.alert_id = alert.alert_id(),
              .condition_active = alert.condition_active(),
              .said_at = wire::wall_time(alert.raised_at()),
              .json = wire::to_json(alert)};
  } else {
    update.alert_id = record.key;
  }
  const auto [place, added] = alarm_places_.try_emplace(update.alert_id, batch_.alarms.size());
  if (added) {
    batch_.alarms.push_back(std::move(update));
  } else {
    batch_.alarms[place->second] = std::move(update);
  }
}

FeedBatch TopicDecoder::take() {
  for (const auto& [zone, state] : newest_) {
    batch_.zones.push_back({.zone = zone,
                            .window_end = wire::event_time(state.window_end()),
                            .json = wire::to_json(state)});
  }
  newest_.clear();
  alarm_places_.clear();
  return std::exchange(batch_, {});
}

}  // namespace crowdflow::console
