#include "app/venue_questions.h"

#include <istream>
#include <ostream>
#include <utility>

#include "config/source_text.h"
#include "config/time_zone.h"
#include "config/values.h"
#include "config/venue_parts.h"

namespace crowdflow::app {
namespace {

using config::Answer;
using config::VenueSketch;

// What somebody types is short; what is longer was not meant for us.
constexpr std::size_t kLongestAnswer = 1000;
// So many wrong answers to one question are not somebody's typing.
constexpr int kMostAttempts = 20;

constexpr const char* kNotKnown = "not known";
constexpr const char* kNotSet = "nobody has set it";
constexpr const char* kNoMore = "no more";

}  // namespace

std::optional<std::string> VenueQuestions::answer_to(const std::string& question,
                                                     const std::string& usual) {
  out_ << question;
  if (!usual.empty()) out_ << " [" << usual << "]";
  out_ << (question.ends_with('?') && usual.empty() ? " " : ": ") << std::flush;
  std::string line;
  if (!std::getline(in_, line)) {
    out_ << '\n';
    return std::nullopt;
  }
  return std::string(config::trimmed(std::string_view(line).substr(0, kLongestAnswer)));
}

template <typename Check>
auto VenueQuestions::ask_until_good(const std::string& question, const std::string& usual,
                                    const Check& check)
    -> std::optional<typename decltype(check(std::string()))::value_type> {
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const auto line = answer_to(question, usual);
    if (!line) return std::nullopt;
    auto answer = check(*line);
    if (answer) return std::move(*answer);
    out_ << "  expected " << answer.error() << '\n';
  }
  return std::nullopt;
}

std::optional<VenueSketch> VenueQuestions::ask() {
  out_ << "A venue file in a few questions. Enter takes what stands in [ ]; Ctrl-C gives up, and\n"
          "nothing is written before the last answer. All can be changed in the file later.\n\n";
  if (!ask_identity() || !ask_zones() || !ask_doors() || !ask_gauges()) return std::nullopt;
  return std::move(sketch_);
}

bool VenueQuestions::ask_identity() {
  const auto name = ask_until_good("What is the venue called?", "", config::answer_name);
  if (!name) return false;
  sketch_.name = *name;
  const std::string usual_id = config::id_from_name(*name);
  const auto id = ask_until_good("Its id, by which readings name it", usual_id,
                                 [&](const std::string& text) -> Answer<std::string> {
                                   auto good = config::answer_id(text.empty() ? usual_id : text);
                                   if (!good) return good;
                                   const auto free = id_is_good_(*good);
                                   if (!free) return tl::unexpected(free.error());
                                   return good;
                                 });
  if (!id) return false;
  sketch_.id = *id;
  const std::string here = config::machine_time_zone();
  const auto zone = ask_until_good("Its time zone", here, [&](const std::string& text) {
    return config::answer_time_zone(text.empty() ? here : text);
  });
  if (!zone) return false;
  sketch_.time_zone = *zone;
  return true;
}

bool VenueQuestions::ask_zones() {
  out_ << "\nThe places that are watched: rooms, halls, stairs, the queue before the bar.\n";
  while (true) {
    const bool first = sketch_.zones.empty();
    const auto name =
        ask_until_good(first ? "Name of a place" : "Name of another place", first ? "" : kNoMore,
                       [&](const std::string& text) -> Answer<std::string> {
                         if (text.empty() && !first) return text;
                         const auto id = config::new_zone_id(sketch_, text);
                         return id ? config::answer_name(text) : id;
                       });
    if (!name) return false;
    if (name->empty()) return true;
    if (!ask_zone(*name)) return false;
  }
}

bool VenueQuestions::ask_zone(const std::string& name) {
  VenueSketch::Zone zone{.id = *config::new_zone_id(sketch_, name), .name = name};
  const auto area = ask_until_good(
      "  How large is it, in m2 or as length x width in metres, without what stands in it?", "",
      config::answer_area);
  if (!area) return false;
  zone.area_m2 = *area;
  const auto kind = ask_until_good(
      "  What do people do there: sitting, standing, queue, walkway, stairs or other?", "standing",
      [](const std::string& text) {
        return config::answer_kind(text.empty() ? "standing" : text);
      });
  if (!kind) return false;
  zone.kind = *kind;
  const auto capacity =
      ask_until_good("  How many people may be in at most?", kNotSet, [&](const std::string& text) {
        return config::answer_capacity(text, zone.kind, zone.area_m2);
      });
  if (!capacity) return false;
  zone.capacity = *capacity;
  const config::UsualLimit usual = config::usual_limit(zone.kind);
  const auto limit = ask_until_good(
      "  Alarm above how many people per m2?",
      config::to_text(usual.per_m2) + ", where level " + usual.level + " of " +
          config::profile_of(zone.kind).name + " begins",
      [&](const std::string& text) { return config::answer_limit(text, zone.kind); });
  if (!limit) return false;
  zone.limit_per_m2 = *limit;
  sketch_.zones.push_back(std::move(zone));
  return true;
}

bool VenueQuestions::ask_doors() {
  out_ << "\nThe doors and passages where somebody counts, each by a counter. A door that is "
          "always\n"
          "shut (a fire exit) is none.\n";
  while (true) {
    const auto name =
        ask_until_good(sketch_.doors.empty() ? "Name of a door" : "Name of another door", kNoMore,
                       [&](const std::string& text) -> Answer<std::string> {
                         if (text.empty()) return text;
                         const auto id = config::new_door_id(sketch_, text);
                         return id ? config::answer_name(text) : id;
                       });
    if (!name) return false;
    if (name->empty()) return true;
    if (!ask_door(*name)) return false;
  }
}

bool VenueQuestions::ask_door(const std::string& name) {
  VenueSketch::Door door{.id = *config::new_door_id(sketch_, name), .name = name};
  const std::string first = sketch_.zones.front().id;
  const auto to =
      ask_until_good("  Which place does one enter by it?", first, [&](const std::string& text) {
        return config::find_zone(sketch_, text.empty() ? first : text);
      });
  if (!to) return false;
  door.to = *to;
  if (sketch_.zones.size() > 1) {
    const auto from = ask_until_good(
        "  From where: outside or another place?", "outside",
        [&](const std::string& text) -> Answer<std::optional<std::size_t>> {
          auto side = config::find_side(sketch_, text.empty() ? "outside" : text);
          if (side && *side == door.to) {
            return tl::unexpected<std::string>("another place than the one that it leads into");
          }
          return side;
        });
    if (!from) return false;
    door.from = *from;
  }
  const auto width = ask_until_good("  How wide is it when it stands open, in metres?", kNotKnown,
                                    config::answer_width);
  if (!width) return false;
  door.width_m = *width;
  std::string usual_id = door.id + "-counter";
  if (!config::new_counter_id(sketch_, usual_id)) usual_id.clear();
  sketch_.doors.push_back(std::move(door));
  return ask_counter({.place = sketch_.doors.size() - 1}, usual_id);
}

// Counters of occupancy, which look at a whole place.
bool VenueQuestions::ask_gauges() {
  out_ << "\nCounters that see how many people are in a place (an area camera, LiDAR), if there\n"
          "are any.\n";
  for (std::size_t zone = 0; zone < sketch_.zones.size(); ++zone) {
    const std::string& name = sketch_.zones[zone].name;
    const bool needed = !config::counted_zones(sketch_)[zone];
    const auto id = ask_until_good(
        "Id of the one that sees all of \"" + name + "\"", needed ? "" : "none",
        [&](const std::string& text) -> Answer<std::string> {
          if (text.empty() && !needed) return text;
          if (text.empty()) {
            return tl::unexpected<std::string>("an id: no door leads there, so nobody else counts");
          }
          return config::new_counter_id(sketch_, text);
        });
    if (!id) return false;
    if (id->empty()) continue;
    if (!ask_counter({.id = *id, .counts = CountKind::kOccupancy, .place = zone}, "")) return false;
  }
  return true;
}

bool VenueQuestions::ask_counter(VenueSketch::Counter counter, const std::string& usual_id) {
  if (counter.counts != CountKind::kOccupancy) {
    const auto id =
        ask_until_good("  What does its counter call itself in its readings?", usual_id,
                       [&](const std::string& text) {
                         return config::new_counter_id(sketch_, text.empty() ? usual_id : text);
                       });
    if (!id) return false;
    counter.id = *id;
    const auto counts = ask_until_good(
        "  How does it count: delta (since it last spoke) or total (a register that only rises)?",
        "delta", [](const std::string& text) {
          return config::answer_counts(text.empty() ? "delta" : text, true);
        });
    if (!counts) return false;
    counter.counts = *counts;
  }
  const auto every = ask_until_good(
      "  How often does it speak, such as each 10s or 1m?", "1m",
      [](const std::string& text) { return config::answer_every(text.empty() ? "1m" : text); });
  if (!every) return false;
  counter.every = *every;
  sketch_.counters.push_back(std::move(counter));
  return true;
}

}  // namespace crowdflow::app
