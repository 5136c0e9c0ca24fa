#include "config/venue_answers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "config/source_text.h"
#include "config/time_zone.h"
#include "config/values.h"
#include "config/venue_sketch.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxId = 50;
// A smaller or larger one is probably not in square metres.
constexpr double kLeastArea = 1;
constexpr double kMostArea = 200'000;
constexpr double kLeastLimit = 0.1;
constexpr double kMostWidth = 1000;
constexpr double kMostWayM = 10'000;
constexpr Span kLeastEvery = std::chrono::seconds{1};
constexpr Span kMostEvery = std::chrono::hours{1};

bool is_left_out(std::string_view text) { return text.empty() || text == "-"; }

// The text without the unit that it may end with.
std::string_view without_unit(std::string_view text,
                              std::initializer_list<std::string_view> units) {
  for (const std::string_view unit : units) {
    if (text.ends_with(unit)) return trimmed(text.substr(0, text.size() - unit.size()));
  }
  return text;
}

template <typename T>
Answer<T> not_as_expected(std::string expected) {
  return tl::unexpected(std::move(expected));
}

std::optional<double> metres(std::string_view text) {
  const auto value = parse_number(without_unit(trimmed(text), {"m"}));
  if (!value || *value <= 0 || *value > kMostWayM) return std::nullopt;
  return value;
}

// The letters of U+00C0 to U+00FF, two bytes each in UTF-8, without their accents.
constexpr std::string_view kUnaccented =
    "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty";

}  // namespace

Answer<std::string> answer_name(std::string_view text) {
  const std::string_view name = trimmed(text);
  const bool good = !name.empty() && !find_non_text(name) &&
                    name.find_first_of("\n\t") == std::string_view::npos &&
                    count_characters(name) <= kMaxName;
  if (good) return std::string(name);
  return not_as_expected<std::string>("a name of 1 to " + std::to_string(kMaxName) + " characters");
}

Answer<std::string> answer_id(std::string_view text) {
  const std::string_view id = trimmed(text);
  if (is_id(id) && id.size() <= kMaxId) return std::string(id);
  return not_as_expected<std::string>(
      "an id: 1 to " + std::to_string(kMaxId) +
      " of a-z, 0-9, \".\", \"_\" and \"-\", beginning with a letter or digit");
}

std::string id_from_name(std::string_view name) {
  std::string id;
  const auto add = [&](char c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (word) id += c;
    if (!word && !id.empty() && id.back() != '-') id += '-';
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte == 0xC3 && i + 1 < name.size()) {
      const auto after = static_cast<unsigned char>(name[++i]);
      if (after >= 0x80 && after < 0xC0) add(kUnaccented[after - 0x80U]);
      continue;
    }
    add(lower_case(name.substr(i, 1)).front());
  }
  id.resize(std::min(id.size(), kMaxId));
  while (!id.empty() && id.back() == '-')
    id.pop_back();
  return id;
}

Answer<std::string> answer_time_zone(std::string_view text) {
  const std::string name(trimmed(text));
  if (has_time_zone_form(name) && utc_offsets(name)) return name;
  const std::string hint = has_time_zone_form(name) ? time_zone_hint(name) : "";
  return not_as_expected<std::string>("the IANA name of a time zone, such as Europe/London" +
                                      (hint.empty() ? "" : "; " + hint));
}

Answer<ZoneKind> answer_kind(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, ZoneKind>, 7> kKinds{
      {{"sitting", ZoneKind::kSeating},
       {"standing", ZoneKind::kStanding},
       {"queue", ZoneKind::kQueue},
       {"walkway", ZoneKind::kWalkway},
       {"stairs", ZoneKind::kStairs},
       {"other", ZoneKind::kOther},
       {"seating", ZoneKind::kSeating}}};
  const std::string word = lower_case(trimmed(text));
  for (const auto& [name, kind] : kKinds) {
    if (word == name) return kind;
  }
  return not_as_expected<ZoneKind>("sitting, standing, queue, walkway, stairs or other");
}

Answer<double> answer_area(std::string_view text) {
  const std::string area = lower_case(trimmed(text));
  const std::size_t by = area.find('x');
  std::optional<double> square_metres;
  if (by != std::string::npos) {
    const auto length = metres(std::string_view(area).substr(0, by));
    const auto width = metres(std::string_view(area).substr(by + 1));
    if (length && width) square_metres = std::round(*length * *width * 100) / 100;
  } else {
    square_metres = parse_number(without_unit(area, {"m2", "m²", "sqm"}));
  }
  if (square_metres && *square_metres >= kLeastArea && *square_metres <= kMostArea) {
    return *square_metres;
  }
  return not_as_expected<double>(
      "square metres such as 220m2, or length x width in metres such as "
      "20x11: " +
      to_text(kLeastArea) + " to " + to_text(kMostArea) + " m2");
}

Answer<std::optional<std::int64_t>> answer_capacity(std::string_view text, ZoneKind kind,
                                                    double area_m2) {
  const std::string_view people = trimmed(text);
  if (is_left_out(people)) return std::nullopt;
  const ThresholdProfile& profile = profile_of(kind);
  const double breakdown = profile.begins_at[4];
  const auto value = parse_whole(people);
  if (value && *value >= 1 && static_cast<double>(*value) / area_m2 < breakdown) return *value;
  auto most = static_cast<std::int64_t>(std::ceil(breakdown * area_m2));
  while (static_cast<double>(most) / area_m2 >= breakdown)
    --most;
  return not_as_expected<std::optional<std::int64_t>>(
      "a number of people, 1 to " + std::to_string(most) + ": on " + to_short_text(area_m2) +
      " m2 more are at level F of " + profile.name + "; or - when nobody has set it");
}

Answer<double> answer_limit(std::string_view text, ZoneKind kind) {
  const std::string_view limit = trimmed(text);
  if (is_left_out(limit)) return usual_limit(kind).per_m2;
  const ThresholdProfile& profile = profile_of(kind);
  const auto value = parse_number(without_unit(limit, {"/m2", "/m²"}));
  const double most = std::floor(profile.begins_at[4] * 100) / 100;
  if (value && *value >= kLeastLimit && *value <= most) return *value;
  return not_as_expected<double>("people per square metre, " + to_text(kLeastLimit) + " to " +
                                 to_text(most) + ", where level F of " + profile.name + " begins");
}

Answer<std::optional<double>> answer_width(std::string_view text) {
  const std::string_view width = trimmed(text);
  if (is_left_out(width)) return std::nullopt;
  const auto value = parse_number(without_unit(width, {"m"}));
  if (value && *value > 0 && *value <= kMostWidth) return *value;
  return not_as_expected<std::optional<double>>(
      "metres such as 1.8m, at most " + to_text(kMostWidth) + "; or - when it is not known");
}

Answer<CountKind> answer_counts(std::string_view text, bool at_a_door) {
  const std::string counts = lower_case(trimmed(text));
  if (at_a_door && counts == "delta") return CountKind::kDelta;
  if (at_a_door && counts == "total") return CountKind::kTotal;
  if (!at_a_door && counts == "occupancy") return CountKind::kOccupancy;
  return not_as_expected<CountKind>(
      at_a_door ? "delta (who went through since it last spoke) or total (a register that only "
                  "rises); occupancy is of a place, not of a door"
                : "occupancy (how many people are in the place); delta and total are at a door");
}

Answer<Span> answer_every(std::string_view text) {
  const auto every = parse_duration(trimmed(text));
  if (every && *every >= kLeastEvery && *every <= kMostEvery) return *every;
  return not_as_expected<Span>("a whole number and its unit, such as 10s or 1m: " +
                               to_text(kLeastEvery) + " to " + to_text(kMostEvery));
}

}  // namespace crowdflow::config
