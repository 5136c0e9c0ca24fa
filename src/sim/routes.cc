#include "sim/routes.h"

#include <queue>
#include <utility>

#include "sim/pedestrians.h"

namespace crowdflow::sim {
namespace {

// Added to the way through a zone that is to be avoided: longer than any way round it.
constexpr std::int64_t kDetourMm = 1'000'000'000;

}  // namespace

Routes::Routes(const Venue& venue, std::optional<ZoneIndex> avoid)
    : venue_(&venue), avoid_(avoid), openings_of_(venue.zones.size()) {
  for (OpeningIndex index = 0; index < venue.openings.size(); ++index) {
    const Opening& opening = venue.openings[index];
    if (opening.from == kOutside || opening.to == kOutside) gates_.push_back(index);
    for (const ZoneIndex zone : {opening.from, opening.to}) {
      if (zone != kOutside) openings_of_[zone].push_back(index);
    }
  }
}

// Dijkstra, from the goal back to everywhere.
std::vector<OpeningIndex> Routes::towards(ZoneIndex goal) const {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
  std::vector<OpeningIndex> next(venue_->zones.size(), kNoWay);
  std::vector<std::int64_t> way(venue_->zones.size(), kFar);
  using Place = std::pair<std::int64_t, ZoneIndex>;
  std::priority_queue<Place, std::vector<Place>, std::greater<>> open;

  const auto reach = [&](const std::vector<OpeningIndex>& openings, ZoneIndex to,
                         std::int64_t way_from_there) {
    for (const OpeningIndex index : openings) {
      const ZoneIndex from = across(venue_->openings[index], to);
      if (from == kOutside || from == goal || way_from_there >= way[from]) continue;
      way[from] = way_from_there;
      next[from] = index;
      open.emplace(way_from_there, from);
    }
  };
  reach(goal == kOutside ? gates_ : openings_of_[goal], goal, 0);
  while (!open.empty()) {
    const auto [known, zone] = open.top();
    open.pop();
    if (known > way[zone]) continue;
    const std::int64_t through = way_across_mm(venue_->zones[zone]);
    reach(openings_of_[zone], zone, known + through + (avoid_ == zone ? kDetourMm : 0));
  }
  return next;
}

}  // namespace crowdflow::sim
