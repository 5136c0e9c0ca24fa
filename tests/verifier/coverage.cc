#include "verifier/coverage.h"

namespace crowdflow::test {
namespace {

std::string listed(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [what, count] : counts)
    text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
  return text;
}

}  // namespace

int Coverage::others_while(const std::string& what) const {
  int sum = 0;
  for (const auto& [fault, counts] : struck_while) {
    const auto found = counts.find(what);
    if (found != counts.end()) sum += found->second;
  }
  return sum;
}

std::string Coverage::text() const {
  std::string text;
  for (const auto& [fault, count] : faults) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(fault)) + " " + std::to_string(count);
    const auto at = struck_while.find(fault);
    if (at != struck_while.end()) text += " (" + listed(at->second) + ")";
  }
  text += "\nkilled while " + listed(killed_while);
  text += ", in a transaction " + std::to_string(killed_in_transaction);
  text += ", while the broker was away " + std::to_string(killed_while_broker_away);
  text += "\nzombies fenced " + std::to_string(zombies_fenced);
  text += ", those who had taken their names " + std::to_string(newcomers_fenced);
  text += "; partitions taken over from frozen ones " + std::to_string(taken_over);
  text += ", who noticed " + std::to_string(losses_noticed);
  text += "; from those who had left " + std::to_string(left_to_others);
  text += "; transactions sent again " + std::to_string(sent_again);
  return text + "; struck again " + std::to_string(struck_again);
}

}  // namespace crowdflow::test
