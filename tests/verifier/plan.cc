#include "verifier/plan.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <span>
#include <utility>

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::array<const char*, kFaults> kNames{"kill",
                                                  "freeze",
                                                  "replace",
                                                  "leave",
                                                  "join",
                                                  "broker-kill",
                                                  "broker-stop",
                                                  "broker-freeze",
                                                  "cut",
                                                  "refuse",
                                                  "hold-to-broker",
                                                  "hold-to-engine",
                                                  "swallow-to-broker",
                                                  "swallow-to-engine",
                                                  "slow"};

struct Long {
  Fault fault;
  milliseconds least;
  milliseconds most;
  Aim aim = Aim::kAnything;
  // The next one waits no longer than this for it: engines that are away leave others to strike.
  milliseconds alone_for = 1min;
};
// Sessions and transactions last 10 s, a request 10 s; others take over some seconds after that.
constexpr std::array kLong{Long{Fault::kFreeze, 13'000ms, 16'000ms, Aim::kTransaction, 6s},
                           // Until its session is over, and while its transaction may be open.
                           Long{Fault::kReplace, 11'000ms, 13'000ms, Aim::kBetween, 4s},
                           Long{Fault::kReplace, 4'000ms, 7'000ms, Aim::kTransaction, 4s},
                           Long{Fault::kLeave, 500ms, 5'000ms},
                           Long{Fault::kLeave, kSessionIsOver, 15'000ms, Aim::kAnything, 3s},
                           Long{Fault::kBrokerKill, 0ms, 3'000ms, Aim::kTransaction},
                           Long{Fault::kBrokerStop, 28'000ms, 32'000ms},
                           Long{Fault::kBrokerFreeze, 28'000ms, 32'000ms, Aim::kTransaction},
                           Long{Fault::kCut, 0ms, 0ms, Aim::kRestoring},
                           Long{Fault::kRefuse, 1'000ms, 4'000ms},
                           Long{Fault::kHoldToBroker, 3'000ms, 12'000ms, Aim::kTransaction, 6s},
                           Long{Fault::kHoldToEngine, 3'000ms, 8'000ms, Aim::kRebalance, 0s},
                           Long{Fault::kSwallowToBroker, 3'000ms, 12'000ms, Aim::kRestoring, 6s},
                           Long{Fault::kSwallowToEngine, 3'000ms, 8'000ms, Aim::kTransaction},
                           Long{Fault::kSlow, 3'000ms, 6'000ms}};

constexpr std::array kAims{Aim::kAnything,    Aim::kTransaction, Aim::kRestoring, Aim::kWaiting,
                           Aim::kTransaction, Aim::kTransaction, Aim::kWaiting,   Aim::kTransaction,
                           Aim::kRestoring,   Aim::kRebalance};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  milliseconds between(milliseconds least, milliseconds most) {
    return least + milliseconds(below(static_cast<std::uint64_t>((most - least).count()) + 1));
  }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

 private:
  std::mt19937_64 random_;
};

const char* words(Aim aim) {
  switch (aim) {
    case Aim::kRestoring:
      return "  while it restores";
    case Aim::kWaiting:
      return "  while it waits for the group";
    case Aim::kTransaction:
      return "  in a transaction";
    case Aim::kBetween:
      return "  between two transactions";
    case Aim::kRebalance:
      return "  in the next rebalance";
    case Aim::kAnything:
      break;
  }
  return "";
}

}  // namespace

const char* name_of(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }

Plan Plan::from_seed(std::uint64_t seed, int rounds, int kills_a_round, std::size_t engines) {
  Plan plan;
  Dice dice(seed);
  milliseconds at = 3s;
  for (std::size_t engine = 1; engine + 1 < engines; ++engine) {
    plan.strikes.push_back({.at = at, .fault = Fault::kJoin, .engine = engine});
    at += dice.between(2s, 4s);
  }
  const milliseconds all_begun = at;
  for (int round = 0; round < rounds; ++round) {
    const milliseconds begun = at;
    const std::size_t first = plan.strikes.size();
    auto faults = kLong;
    for (std::size_t i = faults.size() - 1; i > 0; --i)
      std::swap(faults[i], faults[dice.below(i + 1)]);
    for (const Long& each : faults) {
      const milliseconds lasts = dice.between(each.least, each.most);
      plan.strikes.push_back({.at = at,
                              .fault = each.fault,
                              .engine = dice.below(engines),
                              .lasts = lasts,
                              .aim = each.aim});
      at += std::min(lasts, each.alone_for) + dice.between(300ms, 1s);
    }
    for (int kill = 0; kill < kills_a_round; ++kill) {
      Strike strike{.at = dice.between(begun, at), .engine = dice.below(engines)};
      // Mostly at once, sometimes only when its session is over.
      strike.lasts = dice.below(10) == 0 ? dice.between(10s, 12s) : dice.between(50ms, 1500ms);
      strike.aim = kAims[static_cast<std::size_t>(kill) % kAims.size()];
      plan.strikes.push_back(strike);
    }
    // Who lies in wait for a rebalance begins to while some are still to come.
    for (Strike& each : std::span(plan.strikes).subspan(first)) {
      if (each.aim == Aim::kRebalance) each.at = begun + (each.at - begun) / 2;
    }
  }
  plan.strikes.push_back(
      {.at = dice.between(all_begun, at), .fault = Fault::kJoin, .engine = engines - 1});
  std::ranges::stable_sort(plan.strikes, {}, &Strike::at);
  return plan;
}

std::string Plan::text() const {
  std::string text;
  for (const Strike& strike : strikes) {
    std::array<char, 120> line{};
    std::snprintf(line.data(), line.size(), "%9.3f s  %-18s engine-%zu  %6.3f s%s\n",
                  static_cast<double>(strike.at.count()) / 1000, name_of(strike.fault),
                  strike.engine + 1, static_cast<double>(strike.lasts.count()) / 1000,
                  words(strike.aim));
    text += line.data();
  }
  return text;
}

}  // namespace crowdflow::test
