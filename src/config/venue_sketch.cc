#include "config/venue_sketch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <crowdflow/check.h>

#include "config/values.h"
#include "config/venue_draft.h"

namespace crowdflow::config {
namespace {

constexpr std::size_t kCommentWidth = 96;

// `null` is the one id that YAML takes for something else.
std::string id_text(const std::string& id) { return id == "null" ? "\"null\"" : id; }

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// Comment lines of `text`, broken between words; all but the first begin deeper.
std::string comment(std::string_view text, std::string_view deeper = "#   ") {
  std::string lines;
  std::string line = "#";
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (line.size() + 1 + word.size() > kCommentWidth && line.size() > deeper.size()) {
      lines += line + '\n';
      line = deeper;
      line += word;
      continue;
    }
    line += ' ';
    line += word;
  }
  return lines + line + '\n';
}

std::string zones_text(const VenueSketch& sketch) {
  std::string text =
      "\n# The places that are watched.\n"
      "#   id        what readings, rules and alarms call it; better not changed later\n"
      "#   name      what people call it\n"
      "#   kind      what people do there: walkway, stairs, queue, standing, seating or other\n"
      "#   area      square metres that people can stand on: without the stage, the bar, tables\n"
      "#   capacity  people who may be in at most; leave it out where nobody has set it\n"
      "# The level of service, A (free) to F (breakdown), is judged by the kind:\n";
  std::vector<std::string_view> told;
  for (const VenueSketch::Zone& zone : sketch.zones) {
    const std::string_view kind = name_of(zone.kind);
    if (std::ranges::find(told, kind) != told.end()) continue;
    told.push_back(kind);
    const ThresholdProfile& profile = profile_of(zone.kind);
    text +=
        comment("  " + std::string(kind) + ": " + profile.name + ". " + profile.source, "#     ");
  }
  text += "zones:\n";
  for (const VenueSketch::Zone& zone : sketch.zones) {
    text += "  - { id: " + id_text(zone.id) + ", name: " + in_quotes(zone.name) +
            ", kind: " + std::string(name_of(zone.kind)) + ", area: " + to_text(zone.area_m2);
    if (zone.capacity) text += ", capacity: " + std::to_string(*zone.capacity);
    text += " }\n";
  }
  return text;
}

std::string openings_text(const VenueSketch& sketch) {
  if (sketch.doors.empty()) return {};
  std::string text =
      "\n# Where people pass. Who goes from `from` to `to` is an entry, the other way an exit.\n"
      "#   from, to  a zone's id or outside\n"
      "#   width     metres that are clear when it stands open: gives the flow per metre. It may "
      "be\n"
      "#             left out\n"
      "openings:\n";
  for (const VenueSketch::Door& door : sketch.doors) {
    text += "  - { id: " + id_text(door.id) + ", name: " + in_quotes(door.name) + ", from: " +
            (door.from ? id_text(sketch.zones[*door.from].id) : std::string("outside")) +
            ", to: " + id_text(sketch.zones[door.to].id);
    if (door.width_m) text += ", width: " + to_text(*door.width_m);
    text += " }\n";
  }
  return text;
}

std::string_view counts_text(CountKind counts) {
  switch (counts) {
    case CountKind::kTotal:
      return "total";
    case CountKind::kOccupancy:
      return "occupancy";
    default:
      return "delta";
  }
}

std::string sensors_text(const VenueSketch& sketch) {
  std::string text =
      "\n# Who counts. A reading names its sensor by this id.\n"
      "#   at, in    the opening whose crossings it counts, or the zone that it looks at\n"
      "#   counts    delta: who went through since it last spoke\n"
      "#             total: a register that only rises. Add `bits: 32` (or 16, 24) when it begins\n"
      "#             again after its highest number, `resets: midnight` when it does so each day\n"
      "#             occupancy: how many people are in its zone now\n"
      "#   every     how often it speaks; its zones are STALE when it falls silent\n"
      "# Add `reversed: true` to one that is mounted the wrong way round, `max_rate: 90/min` to "
      "let\n"
      "# what is impossible be refused.\n"
      "sensors:\n";
  for (const VenueSketch::Counter& counter : sketch.counters) {
    const bool in_zone = counter.counts == CountKind::kOccupancy;
    text += "  - { id: " + id_text(counter.id) + (in_zone ? ", in: " : ", at: ") +
            id_text(in_zone ? sketch.zones[counter.place].id : sketch.doors[counter.place].id) +
            ", counts: " + std::string(counts_text(counter.counts)) +
            ", every: " + to_text(counter.every) + " }\n";
  }
  return text;
}

std::string rules_text(const VenueSketch& sketch) {
  std::string text =
      "\n# When to raise an alarm. A rule watches the zones that it names, each by itself.\n"
      "#   when       density: people per square metre; occupancy: people\n"
      "#   over       the limit. Without it, occupancy uses the zone's capacity\n"
      "#   on_delay   the value must have been over it for so long: counters of one place do not\n"
      "#              all speak at the same moment\n"
      "#   deadband   the alarm ends when the value is so far below the limit again\n"
      "#   off_delay  and has been for so long\n"
      "#   priority   low, medium, high or critical\n"
      "# A limit is guidance: who is responsible for the place decides which one is right for it.\n"
      "rules:\n";
  for (const VenueSketch::Zone& zone : sketch.zones) {
    const std::string id = id_text(zone.id);
    text += "  - { id: " + zone.id + "-dense, when: density, zones: [" + id +
            "], over: " + to_text(zone.limit_per_m2) +
            ", deadband: " + to_short_text(zone.limit_per_m2 / 10) +
            ", on_delay: 5s, off_delay: 30s,\n      priority: high }\n";
    if (!zone.capacity) continue;
    text += "  - { id: " + zone.id + "-full, when: occupancy, zones: [" + id +
            "], deadband: " + std::to_string(std::max<std::int64_t>(*zone.capacity / 20, 1)) +
            ", on_delay: 5s, off_delay: 30s,\n      priority: high }\n";
  }
  return text;
}

}  // namespace

const ThresholdProfile& profile_of(ZoneKind kind) {
  const ThresholdProfile* profile = built_in_profile(profile_for(kind));
  CROWDFLOW_CHECK(profile != nullptr, "each kind of zone has a built-in profile");
  return *profile;
}

std::string_view name_of(ZoneKind kind) {
  constexpr std::array<std::string_view, 6> kNames{"walkway",  "stairs",  "queue",
                                                   "standing", "seating", "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

UsualLimit usual_limit(ZoneKind kind) {
  const bool they_stay =
      kind == ZoneKind::kQueue || kind == ZoneKind::kStanding || kind == ZoneKind::kSeating;
  const double bound = profile_of(kind).begins_at[they_stay ? 3 : 4];
  return {.per_m2 = std::floor(bound * 10) / 10, .level = they_stay ? 'E' : 'F'};
}

std::string venue_file_text(const VenueSketch& sketch, const std::vector<NextCommand>& commands) {
  std::string text = "# " + sketch.name + ": a venue file of crowdflow.\n";
  if (!commands.empty()) text += "#\n# Change what you like, then:\n";
  for (const NextCommand& next : commands) {
    text += "#   " + next.command + "\n#       " + next.what + '\n';
  }
  text +=
      "crowdflow: v1 # the version of this format\n"
      "\n"
      "venue:\n"
      "  id: " +
      id_text(sketch.id) +
      " # what readings call it: a-z, 0-9, \".\", \"_\" and \"-\"; better not changed later\n"
      "  name: " +
      in_quotes(sketch.name) + " # what people call it\n  time_zone: " + sketch.time_zone +
      " # its IANA name: for local midnight; readings tell their time in UTC\n";
  text += zones_text(sketch) + openings_text(sketch) + sensors_text(sketch);
  text +=
      "\n# Who is in when crowdflow first hears of the venue: `empty` is nobody, `unknown` waits\n"
      "# until a count tells.\n"
      "starts: empty\n";
  return text + rules_text(sketch);
}

std::vector<bool> counted_zones(const VenueSketch& sketch) {
  std::vector<bool> counted(sketch.zones.size(), false);
  for (const VenueSketch::Counter& counter : sketch.counters) {
    if (counter.counts == CountKind::kOccupancy) {
      counted[counter.place] = true;
      continue;
    }
    const VenueSketch::Door& door = sketch.doors[counter.place];
    counted[door.to] = true;
    if (door.from) counted[*door.from] = true;
  }
  return counted;
}

std::string missing_in(const VenueSketch& sketch) {
  if (sketch.zones.empty()) return "a place that is watched";
  for (std::size_t i = 0; i < sketch.doors.size(); ++i) {
    const bool has_counter = std::ranges::any_of(sketch.counters, [&](const auto& counter) {
      return counter.counts != CountKind::kOccupancy && counter.place == i;
    });
    if (!has_counter) {
      return "a counter at \"" + sketch.doors[i].name + "\": nobody counts who passes there";
    }
  }
  const std::vector<bool> counted = counted_zones(sketch);
  for (std::size_t i = 0; i < sketch.zones.size(); ++i) {
    if (counted[i]) continue;
    return "a door to \"" + sketch.zones[i].name + "\", or a counter of occupancy in it";
  }
  return {};
}

}  // namespace crowdflow::config
