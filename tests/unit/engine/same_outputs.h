#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <tuple>

#include <crowdflow/shard.h>

namespace crowdflow::testing {

// To the bit.
inline void expect_same(const Outputs& a, const Outputs& b) {
  const auto parts_of_second = [](const Outputs::Second& s) {
    return std::tuple(s.venue, s.venue_time, s.now, s.first, s.count);
  };
  const auto parts_of_state = [](const ZoneState& s) {
    const ZoneState::Motion motion = s.motion.value_or(ZoneState::Motion{});
    return std::tuple(s.zone, s.window_start, s.window_end, s.revision, s.final, s.quality,
                      s.quality_reasons, s.occupancy, s.density_at_end, s.density_mean,
                      s.density_maximum, s.density_percentile, s.level_of_service, s.inflow,
                      s.outflow, s.motion.has_value(), motion.mean_speed, motion.velocity_variance,
                      s.first_flow, s.flow_count);
  };
  const auto parts_of_flow = [](const OpeningFlow& f) {
    return std::tuple(f.opening, f.people_per_metre_per_minute);
  };
  const auto parts_of_alert = [](const Outputs::VenueAlert& said) {
    return std::tuple(said.venue, said.alert.rule, said.alert.zone, said.alert.occurrence,
                      said.alert.sequence, said.alert.state, said.alert.condition_active,
                      said.alert.value, said.alert.event_time, said.alert.raised_at,
                      said.alert.quality);
  };
  const auto same = [](const auto& left, const auto& right, const auto& parts) {
    return std::ranges::equal(left, right, {}, parts, parts);
  };
  EXPECT_TRUE(same(a.seconds, b.seconds, parts_of_second));
  EXPECT_TRUE(same(a.states, b.states, parts_of_state));
  EXPECT_TRUE(same(a.flows, b.flows, parts_of_flow));
  EXPECT_TRUE(same(a.alerts, b.alerts, parts_of_alert));
}

}  // namespace crowdflow::testing
