#include "sim/crowd.h"

#include <algorithm>

#include <crowdflow/check.h>

#include "sim/pedestrians.h"

namespace crowdflow::sim {
namespace {

constexpr std::int64_t kLongestLineOutside = 1000;
// Who has waited so long at an opening and finds no room behind it, turns back.
constexpr Span kPatience = std::chrono::seconds{10};
// Percent of the way across a zone that people walk: to an opening that is near, straight across,
// or with a look at this and that.
constexpr std::int64_t kNearby = 30;
constexpr std::int64_t kStraight = 80;
constexpr std::int64_t kRoundabout = 200;
// A moving crowd is never slower than this: it shuffles.
constexpr std::int64_t kShuffleMm = 300;

}  // namespace

Crowd::Crowd(const Venue& venue, const Routes& routes, std::vector<std::int64_t> room,
             std::uint64_t seed)
    : venue_(&venue),
      routes_(&routes),
      room_(std::move(room)),
      rates_(opening_rates(venue)),
      random_(seed, 1),
      lines_(venue.openings.size()),
      people_(venue.zones.size(), 0),
      bound_for_(venue.zones.size(), 0),
      passed_(venue.openings.size()) {
  CROWDFLOW_CHECK(room_.size() == venue.zones.size(), "there is a room for each zone");
}

bool Crowd::arrive(OpeningIndex gate, const Visit& visit, EventTime now) {
  Line& outside = line(gate, kOutside);
  const ZoneIndex behind = across(venue_->openings[gate], kOutside);
  if (outside.length >= kLongestLineOutside) return false;
  if (behind != visit.goal && way(behind, visit.goal) == kNoWay) return false;
  const PersonIndex index = add_person({.stay = visit.stay, .waits_since = now});
  set_goal(persons_[index], visit.goal);
  append(outside, index);
  return true;
}

void Crowd::end_jam(EventTime now) {
  if (!jam_) return;
  const Jam jam = *jam_;
  jam_.reset();
  std::int64_t all = 0;
  std::int64_t to_outside = 0;
  for (const OpeningIndex opening : routes_->openings_of(jam.zone)) {
    all += rates_[opening];
    if (across(venue_->openings[opening], jam.zone) == kOutside) to_outside += rates_[opening];
  }
  for (const PersonIndex index : held_) {
    Person& person = persons_[index];
    person.held = false;
    if (random_.below(all) < to_outside) set_goal(person, kOutside);
    due_.emplace(now + Span{random_.below(kSettingOff.count())}, index);
  }
  held_.clear();
  Line& outside = line(jam.gate, kOutside);
  while (outside.first != kNobody)
    remove(take_first(outside));
}

void Crowd::move(EventTime now, Span elapsed) {
  while (!due_.empty() && due_.top().first <= now) {
    const auto [at, index] = due_.top();
    due_.pop();
    wake(index, at);
  }
  // Who is served first takes turns, so that no opening has a better right to a zone's last room.
  const auto count = static_cast<OpeningIndex>(lines_.size());
  if (count == 0) return;
  served_first_ = (served_first_ + 1) % count;
  for (OpeningIndex i = 0; i < count; ++i)
    serve((served_first_ + i) % count, now, elapsed);
}

Crowd::PersonIndex Crowd::add_person(const Person& person) {
  if (free_ == kNobody) {
    persons_.push_back(person);
    return static_cast<PersonIndex>(persons_.size() - 1);
  }
  const PersonIndex index = free_;
  free_ = persons_[index].next;
  persons_[index] = person;
  return index;
}

void Crowd::remove(PersonIndex index) {
  set_goal(persons_[index], kOutside);
  persons_[index].next = free_;
  free_ = index;
}

void Crowd::set_goal(Person& person, ZoneIndex goal) {
  if (person.goal != kOutside) --bound_for_[person.goal];
  if (goal != kOutside) ++bound_for_[goal];
  person.goal = goal;
}

OpeningIndex Crowd::way(ZoneIndex zone, ZoneIndex goal) {
  auto found = ways_.find(goal);
  if (found == ways_.end()) found = ways_.emplace(goal, routes_->towards(goal)).first;
  return found->second[zone];
}

Crowd::Line& Crowd::line(OpeningIndex opening, ZoneIndex zone) {
  Lines& lines = lines_[opening];
  return venue_->openings[opening].from == zone ? lines.entering : lines.leaving;
}

// The way that a person walked, or the time of the stay, is over.
void Crowd::wake(PersonIndex index, EventTime now) {
  Person& person = persons_[index];
  if (person.zone == person.goal) {
    if (!person.at_goal) {
      person.at_goal = true;
      due_.emplace(now + person.stay, index);
      return;
    }
    set_goal(person, kOutside);
    walk(index, now, random_.between(kNearby, kStraight));
    return;
  }
  line_up(index, now);
}

void Crowd::walk(PersonIndex index, EventTime now, std::int64_t percent_of_way) {
  const Person& person = persons_[index];
  const Zone& zone = venue_->zones[person.zone];
  const std::int64_t speed = std::max(walking_speed_mm(people_[person.zone], zone), kShuffleMm);
  const std::int64_t way = way_across_mm(zone) * percent_of_way / 100;
  due_.emplace(now + Span{way * 1'000'000 / speed}, index);
}

void Crowd::line_up(PersonIndex index, EventTime now) {
  Person& person = persons_[index];
  const OpeningIndex opening = way(person.zone, person.goal);
  CROWDFLOW_CHECK(opening != kNoWay, "who came in can get out");
  person.waits_since = now;
  append(line(opening, person.zone), index);
}

void Crowd::append(Line& line, PersonIndex index) {
  persons_[index].next = kNobody;
  if (line.first == kNobody) {
    line.first = index;
  } else {
    persons_[line.last].next = index;
  }
  line.last = index;
  ++line.length;
}

Crowd::PersonIndex Crowd::take_first(Line& line) {
  const PersonIndex index = line.first;
  line.first = persons_[index].next;
  if (line.first == kNobody) line.last = kNobody;
  --line.length;
  return index;
}

// Lets people pass in the order in which they came to the opening, from either side.
void Crowd::serve(OpeningIndex opening, EventTime now, Span elapsed) {
  constexpr std::int64_t kOnePerson = kMicroPerson * 1'000'000;
  Lines& lines = lines_[opening];
  lines.credit += rates_[opening] * elapsed.count();
  while (lines.credit >= kOnePerson) {
    turn_back(opening, lines.entering, now);
    turn_back(opening, lines.leaving, now);
    Line* chosen = nullptr;
    for (Line* line : {&lines.entering, &lines.leaving}) {
      if (!may_pass(opening, *line)) continue;
      if (chosen == nullptr ||
          persons_[line->first].waits_since < persons_[chosen->first].waits_since) {
        chosen = line;
      }
    }
    if (chosen == nullptr) break;
    pass(opening, *chosen, now);
    lines.credit -= kOnePerson;
  }
  // What nobody made use of is not saved up.
  lines.credit = std::min(lines.credit, kOnePerson);
}

bool Crowd::may_pass(OpeningIndex opening, const Line& line) const {
  if (line.first == kNobody) return false;
  const Person& person = persons_[line.first];
  const ZoneIndex into = across(venue_->openings[opening], person.zone);
  if (into == kOutside) return true;
  const bool jams = jam_ && jam_->gate == opening;
  return people_[into] < (jams ? jam_->room : room_[into]);
}

// The first of a line who has lost patience leaves by the shortest way.
void Crowd::turn_back(OpeningIndex opening, Line& line, EventTime now) {
  if (line.first == kNobody || may_pass(opening, line)) return;
  Person& person = persons_[line.first];
  if (person.zone == kOutside || person.goal == kOutside || now - person.waits_since < kPatience) {
    return;
  }
  const PersonIndex index = take_first(line);
  set_goal(person, kOutside);
  walk(index, now, random_.between(kNearby, kStraight));
}

void Crowd::pass(OpeningIndex opening, Line& line, EventTime now) {
  const PersonIndex index = take_first(line);
  Person& person = persons_[index];
  const Opening& place = venue_->openings[opening];
  if (person.zone == place.from) {
    ++passed_[opening].entries;
  } else {
    ++passed_[opening].exits;
  }
  const ZoneIndex into = across(place, person.zone);
  if (person.zone != kOutside) --people_[person.zone];
  if (into != kOutside) ++people_[into];
  inside_ += (person.zone == kOutside ? 1 : 0) - (into == kOutside ? 1 : 0);
  person.zone = into;
  if (into == kOutside) {
    remove(index);
  } else if (jam_ && jam_->gate == opening) {
    person.held = true;
    held_.push_back(index);
  } else {
    walk(index, now, random_.between(kStraight, kRoundabout));
  }
}

}  // namespace crowdflow::sim
