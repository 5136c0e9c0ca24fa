#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <queue>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "sim/random.h"
#include "sim/routes.h"

namespace crowdflow::sim {

// Why a person comes.
struct Visit {
  ZoneIndex goal = 0;
  Span stay{0};  // at the goal
};

// People who have passed an opening since the beginning.
struct Passed {
  std::uint64_t entries = 0;  // from -> to
  std::uint64_t exits = 0;
};

// Whole people who walk from zone to zone: each is in exactly one, or waits outside a gate. They
// walk through a zone as fast as its density allows, line up at the next opening, first come first
// served, and pass as fast as its width allows and while there is room behind it. At their goal
// they stay; then they leave by the shortest way. Who cannot get on for a while turns back.
//
// The venue and the routes outlive it. Time comes from the caller and never runs backwards.
// Threads: one at a time.
class Crowd {
 public:
  // `room`: people who are let into each zone.
  Crowd(const Venue& venue, const Routes& routes, std::vector<std::int64_t> room,
        std::uint64_t seed);

  // Somebody joins the line outside a gate. False, and nobody comes, when the line is long, or when
  // the goal cannot be reached from there.
  bool arrive(OpeningIndex gate, const Visit& visit, EventTime now);

  // From now on those who come in by the gate stay in the zone behind it, up to `room` people.
  struct Jam {
    OpeningIndex gate = 0;
    ZoneIndex zone = 0;
    std::int64_t room = 0;
  };
  void jam(const Jam& jam) { jam_ = jam; }
  // They go on: where to, depends on which openings are near. Who still waits outside goes home.
  void end_jam(EventTime now);

  // All that happens in [now - elapsed, now).
  void move(EventTime now, Span elapsed);

  // People present, by zone; who have passed, by opening.
  [[nodiscard]] std::span<const std::int64_t> people() const { return people_; }
  [[nodiscard]] const std::vector<Passed>& passed() const { return passed_; }
  [[nodiscard]] std::int64_t inside() const { return inside_; }
  // People inside or in a line outside whose goal this zone is.
  [[nodiscard]] std::int64_t bound_for(ZoneIndex zone) const { return bound_for_[zone]; }
  [[nodiscard]] const std::vector<std::int64_t>& rates() const { return rates_; }

 private:
  using PersonIndex = std::uint32_t;
  static constexpr PersonIndex kNobody = std::numeric_limits<PersonIndex>::max();

  struct Person {
    ZoneIndex zone = kOutside;
    ZoneIndex goal = kOutside;
    Span stay{0};
    EventTime waits_since{};
    bool at_goal = false;
    bool held = false;           // stays where the jam is
    PersonIndex next = kNobody;  // behind in the line, or the next free place
  };
  struct Line {
    PersonIndex first = kNobody;
    PersonIndex last = kNobody;
    std::int64_t length = 0;
  };
  // The two lines of an opening.
  struct Lines {
    Line entering;  // wait on the side of `from`
    Line leaving;
    std::int64_t credit = 0;  // of passing, in millionths of micro-people
  };
  using Due = std::pair<EventTime, PersonIndex>;

  PersonIndex add_person(const Person& person);
  void remove(PersonIndex index);
  void set_goal(Person& person, ZoneIndex goal);
  [[nodiscard]] OpeningIndex way(ZoneIndex zone, ZoneIndex goal);
  [[nodiscard]] Line& line(OpeningIndex opening, ZoneIndex zone);

  void wake(PersonIndex index, EventTime now);
  void walk(PersonIndex index, EventTime now, std::int64_t percent_of_way);
  void line_up(PersonIndex index, EventTime now);
  void append(Line& line, PersonIndex index);
  PersonIndex take_first(Line& line);

  void serve(OpeningIndex opening, EventTime now, Span elapsed);
  [[nodiscard]] bool may_pass(OpeningIndex opening, const Line& line) const;
  void turn_back(OpeningIndex opening, Line& line, EventTime now);
  void pass(OpeningIndex opening, Line& line, EventTime now);

  const Venue* venue_;
  const Routes* routes_;
  const std::vector<std::int64_t> room_;
  const std::vector<std::int64_t> rates_;
  Random random_;
  std::unordered_map<ZoneIndex, std::vector<OpeningIndex>> ways_;  // by goal, made when asked for

  std::vector<Person> persons_;
  PersonIndex free_ = kNobody;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::vector<Lines> lines_;
  std::vector<PersonIndex> held_;
  std::optional<Jam> jam_;
  OpeningIndex served_first_ = 0;

  std::vector<std::int64_t> people_;
  std::vector<std::int64_t> bound_for_;
  std::vector<Passed> passed_;
  std::int64_t inside_ = 0;
};

}  // namespace crowdflow::sim
