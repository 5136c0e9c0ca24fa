#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

void remark_unmeasured(VenueDraft& draft) {
  const Venue& venue = draft.venue;
  std::vector<bool> opening_measured(venue.openings.size());
  std::vector<bool> zone_measured(venue.zones.size());
  for (const Sensor& sensor : venue.sensors) {
    if (sensor.at) opening_measured[*sensor.at] = true;
    if (sensor.in && sensor.counts == CountKind::kOccupancy) zone_measured[*sensor.in] = true;
  }
  for (std::size_t i = 0; i < venue.openings.size(); ++i) {
    const Opening& opening = venue.openings[i];
    if (!opening_measured[i]) {
      draft.report.warn(*draft.opening_nodes[i], "no sensor at \"" + opening.id + '"',
                        "one: nobody counts the people who pass here");
      continue;
    }
    if (opening.from != kOutside) zone_measured[opening.from] = true;
    if (opening.to != kOutside) zone_measured[opening.to] = true;
  }
  for (std::size_t i = 0; i < venue.zones.size(); ++i) {
    if (zone_measured[i]) continue;
    draft.report.warn(*draft.zone_nodes[i], "no sensor for \"" + venue.zones[i].id + '"',
                      "one in it or at one of its openings: the zone stays UNKNOWN");
  }
}

void remark_areas(VenueDraft& draft) {
  constexpr double kSmallest = 1;
  constexpr double kLargest = 200'000;
  for (std::size_t i = 0; i < draft.venue.zones.size(); ++i) {
    const Zone& zone = draft.venue.zones[i];
    const Node& node = *draft.zone_nodes[i];
    if (zone.area_m2 < kSmallest || zone.area_m2 > kLargest) {
      draft.report.warn(node, "an area of " + to_short_text(zone.area_m2) + " m2",
                        "between " + to_short_text(kSmallest) + " and " + to_short_text(kLargest) +
                            " m2: are these square metres?");
    }
    if (!zone.capacity) continue;
    const ThresholdProfile& profile = draft.venue.profiles[zone.profile];
    const double full = static_cast<double>(*zone.capacity) / zone.area_m2;
    if (level_of_service(profile, full) < LevelOfService::kF) continue;
    draft.report.warn(node,
                      "a capacity of " + std::to_string(*zone.capacity) + " on " +
                          to_short_text(zone.area_m2) + " m2",
                      "fewer people than at level F of " + profile.name + ", which begins at " +
                          to_short_text(profile.begins_at[4]) + " people/m2");
  }
}

// A limit that is reached only when it is too late. People round: 2.2 is not above Fruin's 2.174.
void remark_limits(VenueDraft& draft) {
  for (std::size_t i = 0; i < draft.venue.rules.size(); ++i) {
    const Rule& rule = draft.venue.rules[i];
    for (const ZoneIndex index : rule.zones) {
      const Zone& zone = draft.venue.zones[index];
      const ThresholdProfile& profile = draft.venue.profiles[zone.profile];
      const std::string found = "a limit of " + to_short_text(rule.over);
      if (rule.when == RuleKind::kDensity && rule.over > 1.05 * profile.begins_at[4]) {
        draft.report.warn(*draft.rule_nodes[i], found + " people/m2",
                          "at most " + to_short_text(profile.begins_at[4]) + ", where level F of " +
                              profile.name + " begins (zone \"" + zone.id + "\")");
        break;
      }
      if (rule.when == RuleKind::kOccupancy && zone.capacity &&
          rule.over > static_cast<double>(*zone.capacity)) {
        draft.report.warn(
            *draft.rule_nodes[i], found + " people",
            "at most the capacity of zone \"" + zone.id + "\", " + std::to_string(*zone.capacity));
        break;
      }
    }
  }
}

}  // namespace

void add_remarks(VenueDraft& draft) {
  remark_unmeasured(draft);
  remark_areas(draft);
  remark_limits(draft);
}

}  // namespace crowdflow::config
