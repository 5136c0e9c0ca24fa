// The faults of a storm, one by one: how each strikes, whom, and how it is made good.
#include <algorithm>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "verifier/storm.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr auto kAimFor = 3s;
// The same while it cannot reach the broker: it hardly comes about.
constexpr auto kAimForWithout = 300ms;
constexpr auto kPutOff = 500ms;
// A request takes no longer, and no transaction that a dead one has left behind.
constexpr auto kUntilNoticed = 12s;
// To the broker and back again, while a stage is aimed at: some round trips then take longer than
// asking which stage it is, however fast the machine.
constexpr auto kAwayWhileAimed = 30ms;
// The end of a transaction is, by then, mostly.
constexpr auto kAnswered = 15ms;
// What a process has sent before it was stopped is at its proxy then.
constexpr auto kOnItsWay = 30ms;
// Times 200 ms: kills of the others hold a rebalance up, and a broker that is away.
constexpr int kUntilTakenOver = 300;

template <typename Condition>
void wait_until(milliseconds limit, const Condition& condition) {
  const auto deadline = Clock::now() + limit;
  while (!condition() && Clock::now() < deadline)
    std::this_thread::sleep_for(1ms);  // it may be short
}

TcpProxy::Weather weather_of(Fault fault) {
  switch (fault) {
    case Fault::kCut:
      return {};
    case Fault::kRefuse:
      return {.refuses = true};
    case Fault::kHoldToBroker:
      return {.to_server = TcpProxy::Way::kHolds};
    case Fault::kHoldToEngine:
      return {.to_client = TcpProxy::Way::kHolds};
    case Fault::kSwallowToBroker:
      return {.to_server = TcpProxy::Way::kSwallows};
    case Fault::kSwallowToEngine:
      return {.to_client = TcpProxy::Way::kSwallows};
    default:
      return {.delay = 60ms, .bytes_per_second = 300'000};
  }
}

// Whether such a fault has done anything to anybody.
bool has_bitten(Fault fault, const TcpProxy::Counts& before, const TcpProxy::Counts& now) {
  switch (fault) {
    case Fault::kCut:
    case Fault::kRefuse:
      return now.cut > before.cut;
    case Fault::kHoldToBroker:
    case Fault::kHoldToEngine:
      return now.held > before.held;
    case Fault::kSwallowToBroker:
    case Fault::kSwallowToEngine:
      return now.swallowed > before.swallowed;
    default:
      return now.delayed > before.delayed;
  }
}

}  // namespace

void Storm::strike(const Strike& strike) {
  if (strike.aim == Aim::kRebalance) {
    in_wait_.push_back(strike);
    return;
  }
  switch (strike.fault) {
    case Fault::kKill:
      if (Engine* const engine = up_for(strike)) kill(*engine, strike);
      return;
    case Fault::kFreeze:
      return freeze(strike);
    case Fault::kReplace:
      return replace(strike);
    case Fault::kLeave:
      return leave(strike);
    case Fault::kJoin:
      ++coverage_.faults[strike.fault];
      return start(engines_[strike.engine]);
    case Fault::kBrokerKill:
    case Fault::kBrokerStop:
    case Fault::kBrokerFreeze:
      return break_broker(strike);
    default:
      return strike_network(strike);
  }
}

// Who is caught in a rebalance: there is no time for anything else.
void Storm::strike_engine(Engine& engine, const Strike& strike) {
  strike.fault == Fault::kKill ? kill(engine, strike) : break_network(engine, strike);
}

// ---- what they are doing ----

Storm::Doing Storm::doing(const Engine& engine) {
  Doing now{.stage = engine.program->stage_told(), .transaction = 0};
  if (now.stage.empty()) now.stage = "joining";
  if (engine.has_its_name_alone()) now.transaction = engine.transactions->open();
  return now;
}

std::vector<std::string> Storm::still_doing(const Engine& engine, const Doing& before) {
  const Doing now = doing(engine);
  std::vector<std::string> what{now.stage == before.stage ? now.stage : "between stages"};
  if (before.transaction != 0 && now.transaction == before.transaction) {
    what.emplace_back(kInTransaction);
  }
  return what;
}

void Storm::note(Fault fault, const std::vector<std::string>& what) {
  for (const std::string& each : what)
    ++coverage_.struck_while[fault][each];
}

milliseconds Storm::aim_for(const Engine& engine) const {
  return broker_away_ || !engine.well_connected ? kAimForWithout : kAimFor;
}

// Not whether, but when it commits: it may have nothing.
void Storm::wait_for(const Engine& engine, Aim aim) const {
  if (aim == Aim::kTransaction) (void)engine.transactions->wait_for_next(aim_for(engine));
  if (aim == Aim::kBetween) {
    wait_until(aim_for(engine), [&] { return engine.transactions->idle_for(kAnswered); });
  }
}

void Storm::start_and_catch(Engine& engine, Aim aim) {
  if (engine.well_connected) engine.proxy->set({.delay = kAwayWhileAimed});
  start(engine);
  wait_until(aim_for(engine), [&] {
    return aim == Aim::kRestoring ? engine.program->stage_told() == "restoring"
                                  : engine.program->stage() == "waiting";
  });
}

// ---- kills ----

void Storm::kill(Engine& engine, const Strike& strike) {
  kill_now(engine, strike.aim);
  if (strike.aim == Aim::kRestoring || strike.aim == Aim::kWaiting) {
    start_and_catch(engine, strike.aim);
    kill_now(engine, strike.aim);
    if (engine.well_connected) engine.proxy->heal();
  }
  later(strike.lasts, [this, &engine] { start(engine); });
}

void Storm::kill_now(Engine& engine, Aim aim) {
  // Whether it leaves a transaction open can be told where nobody else does.
  std::optional<OpenTransactions::Places> before;
  Partitions held;
  if (aim == Aim::kTransaction && nobody_sleeps() && !broker_away_ && engine.well_connected &&
      engine.has_its_name_alone()) {
    held = engine.program->partitions();
    before = transactions_.now();
  }
  wait_for(engine, aim);
  // Its log says nothing of what comes before its first partitions.
  std::string joining;
  if (aim != Aim::kRebalance && engine.program->stage_told().empty())
    joining = engine.program->stage();
  engine.program->kill();
  engine.running = false;
  std::string stage = engine.program->stage_told();
  if (stage.empty()) stage = joining.empty() ? "?" : joining;
  ++coverage_.faults[Fault::kKill];
  ++coverage_.killed_while[stage];
  if (broker_away_) ++coverage_.killed_while_broker_away;
  const bool open = before && transactions_.left_open(held, *before);
  if (open && engine.transactions->open() != 0) ++coverage_.killed_in_transaction;
}

// ---- engines that stand still, or come and go ----

void Storm::freeze(const Strike& strike) {
  Engine* const engine = up(strike.engine, Needs::kItsName);
  const auto held = engine == nullptr ? Partitions{} : engine->program->partitions();
  // Who has nothing has nothing to give up.
  if (held.empty()) return later(kPutOff, [this, strike] { freeze(strike); });
  wait_for(*engine, strike.aim);
  const Doing before = doing(*engine);
  engine->program->freeze();
  engine->frozen = true;
  std::this_thread::sleep_for(kOnItsWay);
  ++coverage_.faults[strike.fault];
  note(strike.fault, still_doing(*engine, before));
  later(strike.lasts, [this, engine, held] {
    when_taken_over(*engine, held, kUntilTakenOver, [this, engine](int taken_over) {
      coverage_.taken_over += taken_over;
      const std::size_t said = engine->program->log().size();
      engine->program->wake();
      engine->frozen = false;
      engine->undisturbed_since = Clock::now();
      constexpr int kUntilNoticedTries = 180;  // the broker may be away
      if (taken_over > 0) expect_to_notice(*engine, engine->starts, said, kUntilNoticedTries);
    });
  });
}

// Its session is over; `then` is told how many partitions are others', if only none.
void Storm::when_taken_over(Engine& engine, const Partitions& held, int tries,
                            const std::function<void(int)>& then) {
  const int taken_over = held_by_others(engine, held);
  if (taken_over > 0 || tries == 0) return then(taken_over);
  later(200ms, [=, this, &engine] { when_taken_over(engine, held, tries - 1, then); });
}

int Storm::held_by_others(const Engine& engine, const Partitions& held) const {
  int count = 0;
  for (const Engine& other : engines_) {
    if (&other == &engine || !other.running || other.frozen) continue;
    for (const std::int32_t partition : other.program->partitions())
      count += held.contains(partition) ? 1 : 0;
  }
  return count;
}

// Who wakes up must find out that others have what it had. Who is struck once more before that has
// nothing to find out.
void Storm::expect_to_notice(Engine& engine, int starts, std::size_t said, int tries) {
  if (!engine.running || engine.frozen || engine.starts != starts) return;
  const std::string since = engine.program->log().substr(said);
  if (since.find(" rebalance: ") != std::string::npos ||
      since.find(" starts again from the log") != std::string::npos) {
    ++coverage_.losses_noticed;
    return;
  }
  if (tries > 0) {
    return later(kPutOff,
                 [=, this, &engine] { expect_to_notice(engine, starts, said, tries - 1); });
  }
  ADD_FAILURE() << "an engine has not noticed that others have what it had:\n"
                << engine.program->log();
}

void Storm::replace(const Strike& strike) {
  Engine* const engine = at_work(strike.engine);
  // Else it could come to its name after the other.
  if (engine == nullptr) return later(kPutOff, [this, strike] { this->replace(strike); });
  wait_for(*engine, strike.aim);
  const Doing before = doing(*engine);
  engine->program->freeze();
  std::this_thread::sleep_for(kOnItsWay);
  ++coverage_.faults[strike.fault];
  note(strike.fault, still_doing(*engine, before));
  auto* const zombie = gone_.emplace_back(std::move(engine->program)).get();
  engine->has_zombie = true;
  engine->program = make(static_cast<std::size_t>(engine - engines_.data()));
  start(*engine);
  constexpr int kTries = 240;
  later(strike.lasts, [this, engine, zombie] {
    zombie->wake();
    engine->has_zombie = false;
    engine->rival = zombie;
    expect_one_to_end(*engine, kTries);
  });
}

// The plan goes on meanwhile: the broker may be away, and they can only learn it from there.
void Storm::expect_one_to_end(Engine& engine, int tries) {
  if (engine.rival == nullptr) return;
  if (tries > 0) {
    return later(kPutOff, [this, &engine, tries] { expect_one_to_end(engine, tries - 1); });
  }
  ADD_FAILURE() << "two engines go on under one name:\n"
                << engine.rival->log() << "and\n"
                << engine.program->log();
  engine.rival->kill();
  engine.rival = nullptr;
}

// The third time within a minute that it is fenced.
bool Storm::says_that_another_has_its_name(const CrowdflowProgram& program) {
  return program.log().find("expected no other engine that runs as instance") != std::string::npos;
}

// Who of two with one name goes on depends on which of them the broker has heard last.
void Storm::end_rivalry(Engine& engine, bool by_the_newer_one) {
  if (by_the_newer_one) {
    const auto older =
        std::ranges::find(gone_, engine.rival, &std::unique_ptr<CrowdflowProgram>::get);
    std::swap(engine.program, *older);
    engine.rival = older->get();
  }
  const auto fenced = engine.rival->fails();
  EXPECT_TRUE(fenced) << "an engine whose name another has taken ends in good order";
  if (fenced && says_that_another_has_its_name(*engine.rival))
    ++(by_the_newer_one ? coverage_.newcomers_fenced : coverage_.zombies_fenced);
  engine.rival = nullptr;
  engine.rivalry_over = engine.undisturbed_since = Clock::now();
}

void Storm::leave(const Strike& strike) {
  Engine* const engine = at_work(strike.engine);
  // Who has not begun, cannot reach the broker, sends into a connection that is dead, or does not
  // know yet that it slept through its session, cannot end in good order.
  if (engine == nullptr || broker_away_ || !engine->well_connected ||
      Clock::now() - engine->undisturbed_since < kUntilNoticed) {
    return later(kPutOff, [this, strike] { this->leave(strike); });
  }
  const auto held = engine->program->partitions();
  // Nobody can take anything over from it, or it has not told yet of what.
  if (held.empty()) return later(kPutOff, [this, strike] { this->leave(strike); });
  ++coverage_.faults[strike.fault];
  engine->running = false;
  EXPECT_TRUE(engine->program->stop());
  if (strike.lasts < kSessionIsOver) {
    return later(strike.lasts, [this, engine] { start(*engine); });
  }
  later(strike.lasts, [this, engine, held] {
    when_taken_over(*engine, held, kUntilTakenOver, [this, engine](int taken_over) {
      coverage_.left_to_others += taken_over;
      start(*engine);
    });
  });
}

// ---- the broker and the network ----

void Storm::break_broker(const Strike& strike) {
  if (broker_away_) return later(kPutOff, [this, strike] { break_broker(strike); });
  Engine* const aimed_at = up(strike.engine, Needs::kItsName);
  if (aimed_at != nullptr) wait_for(*aimed_at, strike.aim);
  std::vector<std::pair<const Engine*, Doing>> before;
  for (const Engine& engine : engines_) {
    if (engine.running && !engine.frozen) before.emplace_back(&engine, doing(engine));
  }
  ++coverage_.faults[strike.fault];
  broker_away_ = true;
  if (strike.fault == Fault::kBrokerFreeze) {
    broker_.freeze();
  } else {
    EXPECT_TRUE(strike.fault == Fault::kBrokerKill ? broker_.kill() : broker_.stop());
  }
  for (const auto& [engine, did] : before)
    note(strike.fault, still_doing(*engine, did));
  later(strike.lasts, [this, fault = strike.fault] {
    if (fault == Fault::kBrokerFreeze) {
      broker_.wake();
    } else {
      EXPECT_TRUE(broker_.start());
    }
    broker_is_back();
  });
}

void Storm::broker_is_back() {
  broker_away_ = false;
  for (Engine& engine : engines_)
    engine.undisturbed_since = Clock::now();
}

void Storm::strike_network(const Strike& strike) {
  Engine* const engine = broker_away_ ? nullptr : up(strike.engine, Needs::kNetwork);
  if (engine == nullptr) return later(kPutOff, [this, strike] { strike_network(strike); });
  if (strike.aim == Aim::kRestoring) {
    kill_now(*engine, Aim::kAnything);
    start_and_catch(*engine, strike.aim);
  }
  wait_for(*engine, strike.aim);
  break_network(*engine, strike);
}

// Counts only when somebody had something to lose by it.
void Storm::break_network(Engine& engine, const Strike& strike) {
  const Doing before = doing(engine);
  const TcpProxy::Counts counted = engine.proxy->counts();
  engine.proxy->set(weather_of(strike.fault));
  if (strike.fault == Fault::kCut || strike.fault == Fault::kRefuse) engine.proxy->cut();
  engine.well_connected = false;
  const auto what = still_doing(engine, before);
  later(strike.lasts, [this, &engine, counted, what, fault = strike.fault] {
    if (has_bitten(fault, counted, engine.proxy->counts())) {
      ++coverage_.faults[fault];
      note(fault, what);
    }
    engine.proxy->heal();
    engine.well_connected = true;
    engine.undisturbed_since = Clock::now();
  });
}

}  // namespace crowdflow::test
