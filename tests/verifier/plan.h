#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace crowdflow::test {

enum class Fault : std::uint8_t {
  kKill,             // an engine, kill -9, and a new one some time later
  kFreeze,           // an engine, for longer than its session lasts
  kReplace,          // an engine is frozen, one of its name takes its place, and it wakes up
  kLeave,            // an engine ends in good order, and comes back
  kJoin,             // an engine comes
  kBrokerKill,       // kill -9
  kBrokerStop,       // in good order
  kBrokerFreeze,     // it keeps all connections and says nothing
  kCut,              // all connections of an engine are reset
  kRefuse,           // and new ones refused for some time
  kHoldToBroker,     // what an engine says to the broker arrives later
  kHoldToEngine,     // the other way
  kSwallowToBroker,  // what an engine says to the broker is lost
  kSwallowToEngine,  // the other way
  kSlow,             // far away, and through a thin line
};
inline constexpr int kFaults = 15;
// Who was away for so long has lost its partitions, as sessions last 10 s, and others have had time
// to notice.
inline constexpr std::chrono::milliseconds kSessionIsOver{12'000};
[[nodiscard]] const char* name_of(Fault fault);

// What an engine has to be doing when a fault strikes it; of a broker's fault, one of the engines.
enum class Aim : std::uint8_t {
  kAnything,
  kRestoring,
  kWaiting,
  kTransaction,
  kBetween,    // two transactions
  kRebalance,  // it has given back what it had, and got nothing yet: the fault lies in wait for
               // that
};

struct Strike {
  std::chrono::milliseconds at{};  // since the beginning
  Fault fault = Fault::kKill;
  std::size_t engine = 0;             // or the next one that is up
  std::chrono::milliseconds lasts{};  // until it is made good
  Aim aim = Aim::kAnything;
};

// Which faults there are and when, from a seed. Each round has each long fault once, in some order,
// mostly one after the other; kills come at any time, also while the broker is away. The second
// engine comes before all of them, the last one at any time.
struct Plan {
  static Plan from_seed(std::uint64_t seed, int rounds, int kills_a_round, std::size_t engines);

  std::vector<Strike> strikes;  // in the order of time

  [[nodiscard]] std::string text() const;
};

}  // namespace crowdflow::test
