#include "wire/outputs.h"

#include <crowdflow/check.h>

#include "wire/json.h"

namespace crowdflow::wire {
namespace {

v1::Quality to_proto(Quality quality) {
  switch (quality) {
    case Quality::kGood:
      return v1::QUALITY_GOOD;
    case Quality::kDegraded:
      return v1::QUALITY_DEGRADED;
    case Quality::kStale:
      return v1::QUALITY_STALE;
    case Quality::kUnknown:
      break;
  }
  return v1::QUALITY_UNKNOWN;
}

v1::Priority to_proto(Priority priority) {
  switch (priority) {
    case Priority::kLow:
      return v1::PRIORITY_LOW;
    case Priority::kMedium:
      return v1::PRIORITY_MEDIUM;
    case Priority::kHigh:
      return v1::PRIORITY_HIGH;
    case Priority::kCritical:
      break;
  }
  return v1::PRIORITY_CRITICAL;
}

v1::AlarmState to_proto(AlarmState state) {
  switch (state) {
    case AlarmState::kNormal:
      return v1::ALARM_STATE_NORMAL;
    case AlarmState::kUnacknowledged:
      return v1::ALARM_STATE_UNACKNOWLEDGED;
    case AlarmState::kReturnedUnacknowledged:
      break;
  }
  return v1::ALARM_STATE_RETURNED_UNACKNOWLEDGED;
}

v1::LevelOfService to_proto(LevelOfService level) {
  return static_cast<v1::LevelOfService>(static_cast<int>(level) + v1::LEVEL_OF_SERVICE_A);
}

void add_reasons(QualityReasons reasons, v1::ZoneState& out) {
  for (int reason = v1::QualityReason_MIN; reason <= v1::QualityReason_MAX; ++reason) {
    if ((reasons & 1U << reason) != 0) {
      out.add_quality_reasons(static_cast<v1::QualityReason>(reason));
    }
  }
}

// A length-delimited field's size beside its content: tag and length.
constexpr std::size_t kFieldOverhead = 1 + 5;

}  // namespace

std::string alert_id(const Venue& venue, const Alert& alert) {
  return venue.id + '/' + venue.rules[alert.rule].id + '/' + venue.zones[alert.zone].id;
}

void fill(const Venue& venue, const ZoneState& state, std::span<const OpeningFlow> flows,
          v1::ZoneState& out) {
  const Zone& zone = venue.zones[state.zone];
  out.Clear();
  out.set_venue_id(venue.id);
  out.set_zone_id(zone.id);
  set_time(state.window_start, *out.mutable_window_start());
  set_time(state.window_end, *out.mutable_window_end());
  out.set_revision(state.revision);
  out.set_final(state.final);
  out.set_profile(venue.profiles[zone.profile].name);
  if (state.quality != Quality::kUnknown) {
    out.mutable_occupancy()->set_mean(static_cast<double>(state.occupancy));
    out.mutable_density()->set_at_end(state.density_at_end);
    out.mutable_density()->set_mean(state.density_mean);
    out.mutable_density()->set_maximum(state.density_maximum);
    if (state.density_percentile) out.mutable_density()->set_percentile(*state.density_percentile);
    out.set_level_of_service(to_proto(state.level_of_service));
  }
  out.set_inflow(state.inflow);
  out.set_outflow(state.outflow);
  for (const OpeningFlow& flow : flows.subspan(state.first_flow, state.flow_count)) {
    auto* specific = out.add_specific_flow();
    specific->set_opening_id(venue.openings[flow.opening].id);
    specific->set_people_per_metre_per_minute(flow.people_per_metre_per_minute);
  }
  out.set_quality(to_proto(state.quality));
  add_reasons(state.quality_reasons, out);
  if (state.motion) {
    out.mutable_motion()->set_mean_speed(state.motion->mean_speed);
    out.mutable_motion()->set_velocity_variance(state.motion->velocity_variance);
  }
}

void fill(const Venue& venue, const Alert& alert, v1::Alert& out) {
  const Rule& rule = venue.rules[alert.rule];
  const bool density = rule.when == RuleKind::kDensity;
  out.Clear();
  out.set_alert_id(alert_id(venue, alert));
  out.set_occurrence(alert.occurrence);
  out.set_sequence(alert.sequence);
  out.set_rule_id(rule.id);
  out.set_kind(density ? v1::ALERT_KIND_DENSITY : v1::ALERT_KIND_OCCUPANCY);
  out.set_venue_id(venue.id);
  out.set_zone_id(venue.zones[alert.zone].id);
  out.set_priority(to_proto(rule.priority));
  out.set_state(to_proto(alert.state));
  out.set_condition_active(alert.condition_active);
  out.set_value(alert.value);
  out.set_threshold(rule.over);
  out.set_unit(density ? "people/m2" : "people");
  set_time(alert.event_time, *out.mutable_event_time());
  set_time(alert.raised_at, *out.mutable_raised_at());
  out.set_reason(alert_reason(venue, alert));
  out.set_quality(to_proto(alert.quality));
  out.set_rule_version(venue.version);
}

void OutputEncoder::zone_states(const Outputs& outputs, const Outputs::Second& second,
                                std::vector<std::string>& values) {
  const auto begin_batch = [&] {
    batch_.Clear();
    batch_.set_venue_id(second.venue->id);
    set_time(second.venue_time, *batch_.mutable_venue_time());
    set_time(second.now, *batch_.mutable_now());
    return batch_.ByteSizeLong();
  };
  std::size_t bytes = begin_batch();
  const std::span states = std::span{outputs.states}.subspan(second.first, second.count);
  for (const ZoneState& state : states) {
    fill(*second.venue, state, outputs.flows, state_);
    const std::size_t more = state_.ByteSizeLong() + kFieldOverhead;
    if (bytes + more > kMaxZoneStatesBytes && batch_.states_size() > 0) {
      values.push_back(to_bytes(batch_));
      bytes = begin_batch();
    }
    batch_.add_states()->Swap(&state_);
    bytes += more;
  }
  if (batch_.states_size() > 0) values.push_back(to_bytes(batch_));
}

std::string OutputEncoder::alert(const Venue& venue, const Alert& alert) {
  fill(venue, alert, alert_);
  return to_bytes(alert_);
}

void OutputEncoder::zone_state_json(const Venue& venue, const ZoneState& state,
                                    std::span<const OpeningFlow> flows, std::string& out) {
  fill(venue, state, flows, state_);
  append_json(state_, out);
}

void OutputEncoder::alert_json(const Venue& venue, const Alert& alert, std::string& out) {
  fill(venue, alert, alert_);
  append_json(alert_, out);
}

}  // namespace crowdflow::wire
