#include "config/reader.h"
#include "config/source_text.h"
#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

// Nobody has measured more than about 12 people on a square metre.
constexpr double kMaxDensity = 20;

NumberRange density_range() {
  return {.of = "people per square metre", .least = 0, .most = kMaxDensity, .least_excluded = true};
}

const ThresholdProfile* find_profile(const Venue& venue, const Node* node) {
  if (node == nullptr || node->kind != NodeKind::kScalar) return nullptr;
  for (const ThresholdProfile& profile : venue.profiles) {
    if (profile.name == node->text) return &profile;
  }
  return nullptr;
}

// Whether `name` is a profile that comes after `node` in the file.
bool stands_below(const Node& node, const Node* name) {
  if (name == nullptr || name->kind != NodeKind::kScalar) return false;
  for (const Node* later = node.next; later != nullptr; later = later->next) {
    if (later->key == name->text) return true;
  }
  return false;
}

// Levels that are not given stay as they are, unless all must be.
void read_levels(Report& report, const Node& node, bool all, std::array<double, 5>& begins_at) {
  MapReader map{report, node, "where levels begin, such as { B: 0.31, C: 0.43 }"};
  if (!map.is_map()) return;
  bool complete = true;
  for (std::size_t i = 0; i < begins_at.size(); ++i) {
    constexpr std::array<std::string_view, 5> kLevels{"B", "C", "D", "E", "F"};
    const Node* level =
        all ? map.require(kLevels[i], "all of B to F, because the profile extends no other")
            : map.find(kLevels[i]);
    const auto density = read_number(report, level, density_range());
    if (density) begins_at[i] = *density;
    if (level == nullptr ? all : !density) complete = false;
  }
  if (!complete) return;
  for (std::size_t i = 1; i < begins_at.size(); ++i) {
    if (begins_at[i] > begins_at[i - 1]) continue;
    const char level = static_cast<char>('B' + i);
    report.error(node,
                 std::string{level} + " at " + to_short_text(begins_at[i]) + " and " +
                     static_cast<char>(level - 1) + " at " + to_short_text(begins_at[i - 1]),
                 "densities that rise from B to F",
                 begins_at.front() > begins_at.back()
                     ? "they are people per square metre, not square metres per person"
                     : "");
    return;
  }
}

void read_profile(VenueDraft& draft, const Node& node) {
  Report& report = draft.report;
  ThresholdProfile profile;
  profile.name = std::string{node.key};
  if (!is_id(profile.name)) {
    report.key_error(node, quote(profile.name),
                     "a name: 1 to 64 of a-z, 0-9, \".\", \"_\" and \"-\"", {});
  }
  if (built_in_profile(profile.name) != nullptr) {
    report.key_error(node, "the name of a built-in profile", "a name of its own",
                     "a zone may use " + profile.name + " without this");
    return;
  }
  MapReader map{report, node, "a profile, such as { extends: fruin-walkway, limit: 2.2 }"};
  const Node* extends = map.find("extends");
  const ThresholdProfile* base = find_profile(draft.venue, extends);
  if (base == nullptr && stands_below(node, extends)) {
    report.error(*extends, "a built-in profile or one above this", "move it up");
  } else if (base == nullptr) {
    static_cast<void>(draft.profiles.resolve(report, extends));
  }
  if (base != nullptr) {
    profile.begins_at = base->begins_at;
    profile.limit = base->limit;
    profile.source = base->source;
  }

  const Node* unit = map.find("unit");
  if (unit != nullptr && unit->text != "people/m2") {
    report.error(*unit, "people/m2", "1 m2 per person is 1 person/m2, 0.5 m2 are 2, 0.25 m2 are 4");
  }
  const Node* levels = map.find("begins_at");
  const Node* source = map.find("source");
  const auto limit = read_number(report, map.find("limit"), density_range());
  const auto text = read_text(report, source, 1000);
  if (levels != nullptr) {
    read_levels(report, *levels, extends == nullptr, profile.begins_at);
    if (source == nullptr && map.is_map()) {
      report.error(node, "no \"source\"", "who says where these levels begin: author, year, table",
                   {});
    }
  } else if (map.is_map() && !map.has("extends") && !map.has("begins_at")) {
    report.error(node, "no \"extends\"", "the profile that this one changes, or \"begins_at\"", {});
  }
  // Whatever the file changes, it is the file (or the source that it names) that says so.
  const std::string said_by = text.value_or("the venue file");
  if (levels != nullptr) {
    profile.source = said_by;
  } else if (limit) {
    profile.source = "limit: " + said_by + "; levels: " + profile.source;
  } else if (text) {
    profile.source = *text;
  }
  if (limit) profile.limit = limit;

  draft.profiles.add(report, &node, profile.name);
  draft.venue.profiles.push_back(std::move(profile));
}

}  // namespace

void read_profiles(VenueDraft& draft, const Node* section) {
  for (const ThresholdProfile& profile : built_in_profiles()) {
    const Node nowhere;
    draft.profiles.add(draft.report, &nowhere, profile.name);
    draft.venue.profiles.push_back(profile);
  }
  if (section == nullptr) return;
  if (section->kind != NodeKind::kMap) {
    draft.report.error(
        *section, "profiles by name, such as { stairs-b: { extends: fruin-stairs, limit: 2 } }");
    return;
  }
  constexpr std::size_t kMaxProfiles = 1000;
  for (const Node* node = section->first_child; node != nullptr; node = node->next) {
    if (node->index == kMaxProfiles) {
      draft.report.key_error(*node, "one profile more", "at most " + std::to_string(kMaxProfiles),
                             {});
      return;
    }
    read_profile(draft, *node);
  }
}

}  // namespace crowdflow::config
