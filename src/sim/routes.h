#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include <crowdflow/venue.h>

namespace crowdflow::sim {

inline constexpr OpeningIndex kNoWay = std::numeric_limits<OpeningIndex>::max();

// The ways through a venue. Every opening can be walked both ways.
//
// The venue outlives it. Nothing in here changes after the constructor.
class Routes {
 public:
  // Ways that begin and end elsewhere go round `avoid` where they can.
  Routes(const Venue& venue, std::optional<ZoneIndex> avoid);

  // For each zone, the opening to take next for the shortest way to `goal` (kOutside: out), or
  // kNoWay: for the goal itself and for zones that do not hang together with it.
  [[nodiscard]] std::vector<OpeningIndex> towards(ZoneIndex goal) const;

  // The openings of a zone, each of which leads to another zone or outside.
  [[nodiscard]] const std::vector<OpeningIndex>& openings_of(ZoneIndex zone) const {
    return openings_of_[zone];
  }
  // The openings that lead outside.
  [[nodiscard]] const std::vector<OpeningIndex>& gates() const { return gates_; }

 private:
  const Venue* venue_;
  std::optional<ZoneIndex> avoid_;
  std::vector<std::vector<OpeningIndex>> openings_of_;
  std::vector<OpeningIndex> gates_;
};

// The other side of an opening.
[[nodiscard]] inline ZoneIndex across(const Opening& opening, ZoneIndex zone) {
  return opening.from == zone ? opening.to : opening.from;
}

}  // namespace crowdflow::sim
