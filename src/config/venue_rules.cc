#include <algorithm>

#include "config/reader.h"
#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kMaxRules = 1000;
constexpr std::size_t kMaxRuleZones = 100'000;
constexpr std::size_t kMaxAlarms = 1'000'000;
constexpr std::size_t kMaxWindows = 8;
constexpr std::int64_t kMaxTumblingS = 24 * 3600;
// Sliding windows are kept as one-second slices.
constexpr std::int64_t kMaxSlidingS = 3600;

constexpr std::string_view kWindow =
    "a window: size/hop such as 10s/1s, or a size alone such as 1m";

NumberRange range_of(RuleKind kind) {
  if (kind == RuleKind::kDensity) return {.of = "people per square metre", .least = 0, .most = 20};
  return {.of = "people", .least = 0, .most = 10'000'000};
}

std::vector<ZoneIndex> read_rule_zones(VenueDraft& draft, const Node* node) {
  std::vector<ZoneIndex> zones;
  if (node == nullptr || (node->kind == NodeKind::kScalar && node->text == "all")) {
    for (ZoneIndex zone = 0; zone < draft.venue.zones.size(); ++zone)
      zones.push_back(zone);
    return zones;
  }
  constexpr std::string_view kZones = "a list of zones' ids, or all";
  const auto items = read_list(draft.report, node, kZones, kMaxRuleZones);
  if (node->kind == NodeKind::kList && items.empty()) {
    draft.report.error(*node, std::string{kZones});
  }
  std::vector<bool> seen(draft.venue.zones.size());
  for (const Node* item : items) {
    const auto zone = draft.zones.resolve(draft.report, item);
    if (!zone) continue;
    if (seen[*zone]) draft.report.error(*item, describe(*item) + " again", "each zone once", {});
    seen[*zone] = true;
    zones.push_back(*zone);
  }
  return zones;
}

// What the zone itself says that it should never pass.
std::optional<double> own_limit(const Venue& venue, RuleKind kind, const Zone& zone) {
  if (kind == RuleKind::kDensity) return venue.profiles[zone.profile].limit;
  if (!zone.capacity) return std::nullopt;
  return static_cast<double>(*zone.capacity);
}

// The limit that all zones of a rule have; reports when one has none or they differ.
std::optional<double> common_limit(VenueDraft& draft, const Node& node, const Rule& rule) {
  const Venue& venue = draft.venue;
  std::optional<double> common;
  const Zone* first = nullptr;
  for (const ZoneIndex index : rule.zones) {
    const Zone& zone = venue.zones[index];
    const auto limit = own_limit(venue, rule.when, zone);
    if (!limit) {
      const std::string why =
          rule.when == RuleKind::kDensity
              ? "its profile " + venue.profiles[zone.profile].name + " sets no limit"
              : "it has no capacity";
      draft.report.error(node, "no \"over\"",
                         "the limit for zone \"" + zone.id + "\", because " + why, {});
      return std::nullopt;
    }
    if (common && *common != *limit) {
      draft.report.error(node, "no \"over\"",
                         "one, because the zones' own limits differ: " + to_text(*common) +
                             " in \"" + first->id + "\", " + to_text(*limit) + " in \"" + zone.id +
                             '"',
                         "or a rule for each limit");
      return std::nullopt;
    }
    common = limit;
    first = &zone;
  }
  return common;
}

void read_rule(VenueDraft& draft, const Node& node) {
  Report& report = draft.report;
  MapReader map{report, node, "a rule, such as { id: dense, when: density, over: 2.2 }"};
  Rule rule;
  const Node* id = map.require("id", "the rule's id");
  rule.id = read_id(report, id);
  const auto when =
      read_choice<RuleKind>(report, map.require("when", "density or occupancy"),
                            {{"density", RuleKind::kDensity}, {"occupancy", RuleKind::kOccupancy}});
  rule.when = when.value_or(RuleKind::kDensity);
  rule.zones = read_rule_zones(draft, map.find("zones"));

  const Node* over = map.find("over");
  const Node* deadband = map.find("deadband");
  if (when) {
    auto limit = read_number(report, over, range_of(rule.when));
    if (over == nullptr && map.is_map() && draft.limits_are_known) {
      limit = common_limit(draft, node, rule);
    }
    const auto band = read_number(report, deadband, range_of(rule.when));
    if (limit && band && *band > *limit) {
      report.error(*deadband, "at most the limit, which is " + to_text(*limit),
                   "the alarm would never clear");
    }
    rule.over = limit.value_or(0);
    rule.deadband = band.value_or(0);
  }
  constexpr Span kMaxDelay = std::chrono::hours{1};
  rule.on_delay = read_duration(report, map.find("on_delay"), Span{0}, kMaxDelay).value_or(Span{0});
  rule.off_delay =
      read_duration(report, map.find("off_delay"), Span{0}, kMaxDelay).value_or(Span{0});
  rule.window = read_window(report, map.find("window"));
  rule.priority = read_choice<Priority>(report, map.find("priority"),
                                        {{"low", Priority::kLow},
                                         {"medium", Priority::kMedium},
                                         {"high", Priority::kHigh},
                                         {"critical", Priority::kCritical}})
                      .value_or(Priority::kMedium);
  draft.rules.add(report, id, rule.id);
  draft.rule_nodes.push_back(&node);
  draft.venue.rules.push_back(std::move(rule));
}

}  // namespace

std::optional<WindowSpec> read_window(Report& report, const Node* node) {
  if (node == nullptr) return std::nullopt;
  const auto window = node->kind == NodeKind::kScalar ? parse_window(node->text) : std::nullopt;
  if (!window) {
    report.error(*node, std::string{kWindow}, "whole seconds, the size a multiple of the hop");
    return std::nullopt;
  }
  const bool slides = window->hop_s < window->size_s;
  if (window->size_s > (slides ? kMaxSlidingS : kMaxTumblingS)) {
    report.error(*node, slides ? "a sliding window of at most 1h" : "a window of at most 24h");
    return std::nullopt;
  }
  return window;
}

void read_windows(VenueDraft& draft, const Node* section) {
  std::vector<WindowSpec>& windows = draft.venue.windows;
  windows = {{.size_s = 10, .hop_s = 1},
             {.size_s = 60, .hop_s = 60},
             {.size_s = 300, .hop_s = 300},
             {.size_s = 900, .hop_s = 900}};
  if (section == nullptr) return;
  constexpr std::string_view kWindows = "a list of windows, such as [10s/1s, 1m]";
  const auto items = read_list(draft.report, section, kWindows, kMaxWindows);
  if (section->kind == NodeKind::kList && items.empty()) {
    draft.report.error(*section, std::string{kWindows});
  }
  windows.clear();
  for (const Node* item : items) {
    const auto window = read_window(draft.report, item);
    if (!window) continue;
    if (std::find(windows.begin(), windows.end(), *window) != windows.end()) {
      draft.report.error(*item, describe(*item) + " again", "each window once", {});
      continue;
    }
    windows.push_back(*window);
  }
  std::sort(windows.begin(), windows.end(), [](const WindowSpec& a, const WindowSpec& b) {
    return std::pair{a.size_s, a.hop_s} < std::pair{b.size_s, b.hop_s};
  });
}

void read_rules(VenueDraft& draft, const Node* section) {
  constexpr std::string_view kRules = "a list of rules: - { id: dense, when: density, over: 2.2 }";
  std::size_t alarms = 0;
  for (const Node* item : read_list(draft.report, section, kRules, kMaxRules)) {
    read_rule(draft, *item);
    alarms += draft.venue.rules.back().zones.size();
    if (alarms > kMaxAlarms) {
      draft.report.error(*item, "more than " + std::to_string(kMaxAlarms) + " alarms",
                         "fewer rules, or fewer zones in each", {});
      return;
    }
  }
}

}  // namespace crowdflow::config
