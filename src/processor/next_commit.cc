#include "processor/next_commit.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace crowdflow::processor {

std::vector<HandOver> take_next_commit(std::vector<HandOver>& collected,
                                       std::size_t enough_states) {
  std::vector<std::int32_t> taken;
  std::size_t states = 0;
  const auto take = [&](std::int32_t partition) {
    if (std::ranges::find(taken, partition) != taken.end()) return;
    taken.push_back(partition);
    for (const HandOver& hand_over : collected) {
      if (hand_over.partition == partition) states += hand_over.pending.outputs.states.size();
    }
  };
  if (!collected.empty()) take(collected.front().partition);
  for (const HandOver& hand_over : collected) {
    if (!hand_over.pending.outputs.alerts.empty()) take(hand_over.partition);
  }
  for (const HandOver& hand_over : collected) {
    if (states < enough_states) take(hand_over.partition);
  }
  const auto rest = std::ranges::stable_partition(collected, [&](const HandOver& hand_over) {
    return std::ranges::find(taken, hand_over.partition) != taken.end();
  });
  std::vector<HandOver> left(std::make_move_iterator(rest.begin()),
                             std::make_move_iterator(rest.end()));
  collected.erase(rest.begin(), rest.end());
  return std::exchange(collected, std::move(left));
}

}  // namespace crowdflow::processor
