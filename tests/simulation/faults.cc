#include "simulation/faults.h"

#include <cstdio>
#include <utility>

namespace crowdflow::simulation {

std::string_view name_of(Fault fault) {
  constexpr std::array<std::string_view, kFaultCount> names{
      "commit done, answer lost",
      "commit not done, answer lost",
      "commit done later",
      "commit aborted",
      "abort unanswered",
      "append failed",
      "open failed",
      "transaction timed out",
      "fenced",
      "rebalance",
      "member expelled",
      "process death",
      "process stopped",
      "orderly end",
      "twin started",
      "wall clock set",
      "broker away",
      "question unanswered",
      "bounds stale",
      "bounds unknown",
      "records expired",
      "markers late",
      "positions unstable",
      "forward written, answer lost",
      "forward not written",
      "forward written later",
      "forward repeated by another process",
      "foreign transaction aborted",
      "foreign transaction left open",
      "taken during a commit",
      "partitions wanted back during a commit",
      "partitions lost during a commit",
      "orderly end during a commit",
      "process death during a commit",
      "process stopped during a commit",
      "process death during a restore",
      "process stopped during a restore",
      "orderly end during a restore",
      "rebalance during a restore",
      "records expired during a restore",
      "restore overtaken by retention",
      "restore that could not reach back",
      "partition restored from a snapshot",
      "commit done when sent again",
      "partitions given back when work was committed",
      "orderly end when work was committed",
  };
  return names[static_cast<std::size_t>(fault)];
}

Faults::Faults(std::uint64_t seed, std::set<std::size_t> suppressed)
    : chance(seed), suppressed_(std::move(suppressed)) {}

bool Faults::strikes(Fault fault, Time now, std::string_view where) {
  const std::uint64_t parts = parts_[static_cast<std::size_t>(fault)];
  if (calm_ || parts == 0 || !chance.of_million(parts)) return false;
  if (suppressed_.contains(strikes_++)) return false;
  happened(fault, now, where);
  return true;
}

void Faults::happened(Fault fault, Time now, std::string_view where) {
  count(fault);
  tell(now, std::string("** ") + std::string(name_of(fault)) + ": " + std::string(where));
}

void Faults::tell(Time now, std::string_view what) {
  std::array<char, 32> stamp{};
  std::snprintf(stamp.data(), stamp.size(), "%11.6f s  ",
                std::chrono::duration<double>(now).count());
  story_.push_back(stamp.data() + std::string(what));
}

}  // namespace crowdflow::simulation
