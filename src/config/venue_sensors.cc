#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "config/reader.h"
#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kMaxSensors = 500'000;

// The ways of counting that a setting is meant for.
constexpr std::array kCrossings{CountKind::kDelta, CountKind::kTotal, CountKind::kAccess};
constexpr std::array kRegisters{CountKind::kTotal};
constexpr std::array kCounters{CountKind::kDelta, CountKind::kTotal};
constexpr std::array kGauges{CountKind::kOccupancy};

bool counts_crossings(CountKind kind) {
  return kind == CountKind::kDelta || kind == CountKind::kTotal || kind == CountKind::kAccess;
}

std::string_view name_of(CountKind kind) {
  switch (kind) {
    case CountKind::kDelta:
      return "delta";
    case CountKind::kTotal:
      return "total";
    case CountKind::kOccupancy:
      return "occupancy";
    case CountKind::kMotion:
      return "motion";
    case CountKind::kAccess:
      return "access";
  }
  return {};
}

// The value of `key`, which only sensors that count in one of the ways `meant` may have, and `why`.
// `counts` is absent when the file does not say it well.
const Node* find_for(Report& report, MapReader& map, std::string_view key,
                     std::optional<CountKind> counts, std::span<const CountKind> meant,
                     std::string_view why = {}) {
  const Node* node = map.find(key);
  if (node == nullptr || !counts) return node;
  if (std::find(meant.begin(), meant.end(), *counts) != meant.end()) return node;
  std::vector<std::string_view> names;
  for (const CountKind kind : meant)
    names.push_back(name_of(kind));
  report.key_error(*node,
                   '"' + std::string{key} + "\" for counts: " + std::string{name_of(*counts)},
                   "it with counts: " + enumerate(names) + " only", std::string{why});
  return nullptr;
}

// Where it stands and what it counts; false when the file does not say well what it counts.
bool read_place(VenueDraft& draft, MapReader& map, const SensorSource& source, Sensor& sensor) {
  Report& report = draft.report;
  sensor.at = source.at;
  sensor.in = source.in;
  // A sensor that an opening or a zone names stands there: these two keys are then not known.
  const bool placed = source.at || source.in;
  const Node* at = placed ? nullptr : map.find("at");
  const Node* in = placed ? nullptr : map.find("in");
  const Node* counts = map.find("counts");
  const bool looks_in = source.in || (in != nullptr && at == nullptr);
  const auto said = read_choice<CountKind>(report, counts,
                                           {{"delta", CountKind::kDelta},
                                            {"total", CountKind::kTotal},
                                            {"occupancy", CountKind::kOccupancy},
                                            {"motion", CountKind::kMotion},
                                            {"access", CountKind::kAccess}});
  sensor.counts = said.value_or(looks_in ? CountKind::kOccupancy : CountKind::kDelta);
  if (!placed) {
    sensor.at = draft.openings.resolve(report, at);
    sensor.in = draft.zones.resolve(report, in);
    if (at != nullptr && in != nullptr) {
      report.key_error(*in, "\"in\" beside \"at\"", "one place: at an opening or in a zone", {});
      return false;
    }
    if (map.is_map() && !map.has("at") && !map.has("in")) {
      report.error(
          map.node(), "neither \"at\" nor \"in\"",
          "\"at\" (an opening whose crossings it counts) or \"in\" (a zone that it watches)", {});
      return said.has_value();
    }
  }
  if (said && counts_crossings(sensor.counts) == looks_in) {
    report.error(
        *counts, std::string{name_of(sensor.counts)} + (looks_in ? " in a zone" : " at an opening"),
        looks_in ? "occupancy or motion in a zone; delta, total and access are at an opening"
                 : "delta, total or access at an opening; occupancy and motion are in a zone",
        {});
    return false;
  }
  return said || counts == nullptr;
}

std::optional<double> read_rate(Report& report, const Node* node) {
  if (node == nullptr) return std::nullopt;
  const auto rate =
      node->kind == NodeKind::kScalar ? parse_rate_per_minute(node->text) : std::nullopt;
  if (rate && *rate > 0 && *rate <= 100'000) return rate;
  report.error(*node, "people per time, such as 60/min, 3600/h or 1/s, at most 100000/min");
  return std::nullopt;
}

// What a sensor's entries and exits are at its opening.
void read_directions(Report& report, MapReader& map, std::optional<CountKind> counts,
                     Sensor& sensor) {
  const Node* reversed = find_for(report, map, "reversed", counts, kCrossings);
  const Node* directions = find_for(report, map, "directions", counts, kCrossings);
  if (read_bool(report, reversed).value_or(false)) std::swap(sensor.entries, sensor.exits);
  if (directions == nullptr) return;
  if (reversed != nullptr) {
    report.key_error(*directions, "\"directions\" beside \"reversed\"",
                     "one of them: reversed: true is { entries: out, exits: in }", {});
  }
  const auto read = [&report](const Node* node) {
    return read_choice<Direction>(report, node,
                                  {{"in", Direction::kForward},
                                   {"out", Direction::kBackward},
                                   {"ignored", Direction::kIgnored}});
  };
  MapReader numbers{report, *directions, "directions, such as { entries: in, exits: ignored }"};
  sensor.entries = read(numbers.require("entries", "in, out or ignored")).value_or(sensor.entries);
  if (counts == CountKind::kAccess) {
    sensor.exits = Direction::kIgnored;  // a gate says one number
  } else {
    sensor.exits = read(numbers.require("exits", "in, out or ignored")).value_or(sensor.exits);
  }
  if (sensor.entries == Direction::kIgnored && sensor.exits == Direction::kIgnored) {
    report.error(*directions, "nothing that is not ignored", "a number that counts people", {});
  }
}

void read_rates(Report& report, MapReader& map, std::optional<CountKind> counts, Sensor& sensor) {
  sensor.max_rate_per_minute =
      read_rate(report, find_for(report, map, "max_rate", counts, kCrossings));
  const Node* least = find_for(report, map, "min_rate", counts, kCrossings);
  sensor.min_rate_per_minute = read_rate(report, least);
  if (sensor.min_rate_per_minute && sensor.max_rate_per_minute &&
      *sensor.min_rate_per_minute > *sensor.max_rate_per_minute) {
    report.error(*least, "at most max_rate");
  }
}

void read_register(Report& report, MapReader& map, std::optional<CountKind> counts,
                   Sensor& sensor) {
  sensor.bits = read_choice<int>(report, find_for(report, map, "bits", counts, kRegisters),
                                 {{"16", 16}, {"24", 24}, {"32", 32}});
  sensor.resets_at_midnight =
      read_choice<bool>(report, find_for(report, map, "resets", counts, kRegisters),
                        {{"midnight", true}})
          .value_or(false);
}

void read_gauge(Report& report, MapReader& map, std::optional<CountKind> counts, Sensor& sensor) {
  sensor.capped_at = read_whole(report, find_for(report, map, "capped_at", counts, kGauges),
                                {.of = "people", .least = 1, .most = 1'000'000});
  const std::string_view why =
      counts && counts_crossings(*counts)
          ? "who passes is counted in whole people: shares of them would be lost"
          : "";
  const Node* scale = find_for(report, map, "scale", counts, kGauges, why);
  sensor.scale = read_number(report, scale,
                             {.of = "people per counted unit", .most = 100, .least_excluded = true})
                     .value_or(1);
}

// A setting that is part of the format; this version checks it and computes nothing with it.
void read_detection(Report& report, MapReader& map, std::optional<CountKind> counts) {
  const Node* detection = find_for(report, map, "detection", counts, kCounters);
  if (detection == nullptr) return;
  constexpr NumberRange kShare{
      .of = "people seen per person", .least = 0, .most = 1, .least_excluded = true};
  MapReader rates{report, *detection, "detection rates, such as { in: 0.99, out: 0.98, sd: 0.01 }"};
  const bool good = rates.is_map();
  const auto in =
      read_number(report, rates.require("in", "the share of entries that it sees"), kShare);
  const auto out =
      read_number(report, rates.require("out", "the share of exits that it sees"), kShare);
  static_cast<void>(read_number(report, rates.find("sd"), {.of = {}, .least = 0, .most = 0.5}));
  if (good && in && out) {
    report.warn(*detection, {}, "is checked, but has no effect in this version");
  }
}

void read_kind(VenueDraft& draft, const Node& node, const std::string& kind, Sensor& sensor) {
  std::vector<std::string>& kinds = draft.venue.sensor_kinds;
  const auto at = std::ranges::find(kinds, kind);
  constexpr std::ptrdiff_t kMostKinds = 1000;
  if (at - kinds.begin() == kMostKinds) {
    draft.report.error(node, "one more kind of sensor", "at most 1000 kinds of sensors");
    return;
  }
  sensor.kind = static_cast<std::uint16_t>(at - kinds.begin());
  if (at == kinds.end()) kinds.push_back(kind);
}

void read_sensor(VenueDraft& draft, const SensorSource& source) {
  Report& report = draft.report;
  Sensor sensor;
  const Node* id = source.node;
  const bool is_short = (source.at || source.in) && source.node->kind == NodeKind::kScalar;
  if (is_short) {
    sensor.at = source.at;
    sensor.in = source.in;
    if (source.in) sensor.counts = CountKind::kOccupancy;
    sensor.id = read_id(report, id);
  } else {
    MapReader map{report, *source.node,
                  source.at || source.in
                      ? "a sensor's id, or a map such as { id: cam-3, every: 1s }"
                      : "a sensor, such as { id: cam-3, at: door }"};
    id = map.require("id", "the sensor's id");
    sensor.id = read_id(report, id);
    const Node* kind = map.find("kind");
    if (const auto said = read_text(report, kind, 64)) read_kind(draft, *kind, *said, sensor);
    const bool counts_known = read_place(draft, map, source, sensor);
    const auto counts = counts_known ? std::optional{sensor.counts} : std::nullopt;
    sensor.every = read_duration(report, map.find("every"), std::chrono::milliseconds{100},
                                 std::chrono::hours{24})
                       .value_or(sensor.every);
    read_directions(report, map, counts, sensor);
    read_rates(report, map, counts, sensor);
    read_register(report, map, counts, sensor);
    read_gauge(report, map, counts, sensor);
    read_detection(report, map, counts);
  }
  draft.sensors.add(report, id, sensor.id);
  draft.venue.sensors.push_back(std::move(sensor));
}

}  // namespace

void read_sensors(VenueDraft& draft, const Node* section) {
  constexpr std::string_view kSensors = "a list of sensors: - { id: cam-3, at: door }";
  for (const Node* item : read_list(draft.report, section, kSensors, kMaxSensors)) {
    draft.sensor_sources.push_back({.node = item});
  }
  std::vector<SensorSource>& sources = draft.sensor_sources;
  if (sources.size() > kMaxSensors) {
    draft.report.error(*sources[kMaxSensors].node, "one sensor more",
                       "at most " + std::to_string(kMaxSensors), {});
    sources.resize(kMaxSensors);
  }
  // "The order in the venue file" decides between gauges of the same instant.
  std::stable_sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
    return std::pair{a.node->at.line, a.node->at.bytes} <
           std::pair{b.node->at.line, b.node->at.bytes};
  });
  for (const SensorSource& source : sources)
    read_sensor(draft, source);
}

}  // namespace crowdflow::config
