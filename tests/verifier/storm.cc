#include "verifier/storm.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "kafka/kafka_log.h"
#include "support/eventually.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto kAimFor = 3s;
// A request takes no longer, and no transaction that a dead one has left behind.
constexpr auto kUntilNoticed = 12s;
// To the broker and back again, while a stage is aimed at: some round trips then take longer than
// asking which stage it is, however fast the machine.
constexpr auto kAwayWhileAimed = 30ms;

}  // namespace

std::string Coverage::text() const {
  std::string text;
  for (const auto& [fault, count] : faults)
    text += std::string(name_of(fault)) + " " + std::to_string(count) + ", ";
  text += "\nkilled while";
  for (const auto& [stage, count] : killed_while)
    text += " " + stage + " " + std::to_string(count) + ",";
  text += " in a transaction " + std::to_string(killed_in_transaction);
  text += ", while the broker was away " + std::to_string(killed_while_broker_away);
  text += "; zombies fenced " + std::to_string(zombies_fenced);
  text += "; partitions taken over from frozen ones " + std::to_string(taken_over);
  return text + "; struck again " + std::to_string(struck_again);
}

Storm::Storm(KafkaBroker& broker, std::vector<KafkaBroker::Through> through,
             CrowdflowProgram::Options common)
    : broker_(broker), options_(std::move(common)) {
  for (const KafkaBroker::Through& way : through) {
    Engine& engine = engines_.emplace_back();
    engine.transactions = std::make_unique<TransactionWatch>();
    engine.proxy = std::make_unique<TcpProxy>(way.advertised, way.listens);
    engine.proxy->watch(
        [watch = engine.transactions.get()](std::string_view bytes) { watch->see(bytes); });
  }
  for (std::size_t i = 0; i < engines_.size(); ++i)
    engines_[i].program = make(i);
}

std::unique_ptr<CrowdflowProgram> Storm::make(std::size_t index) const {
  CrowdflowProgram::Options options = options_;
  options.brokers = "127.0.0.1:" + std::to_string(engines_[index].proxy->port());
  options.instance = "engine-" + std::to_string(index + 1);
  return std::make_unique<CrowdflowProgram>(options);
}

testing::AssertionResult Storm::begin() {
  auto log = kafka::connect({.brokers = broker_.bootstrap()});
  if (!log) return testing::AssertionFailure() << log.error().message;
  log_ = std::move(*log);
  auto reader = log_->reader({});
  if (!reader) return testing::AssertionFailure() << reader.error().message;
  journal_ = std::move(*reader);
  std::vector<log::Position> from;
  for (std::int32_t p = 0; p < options_.partitions; ++p)
    from.push_back({.at = {.topic = options_.prefix + "journal", .partition = p}, .offset = 0});
  if (auto started = journal_->start_at(from); !started) {
    return testing::AssertionFailure() << started.error().message;
  }
  start(engines_.front());
  return engines_.front().program->becomes_ready();
}

void Storm::carry_out(const Plan& plan) {
  auto begun = Clock::now();
  for (const Strike& each : plan.strikes) {
    let_pass_until(begun + each.at);
    strike(each);
    // What took longer than planned puts off all that comes after it.
    begun = std::max(begun, Clock::now() - each.at);
    look_after();
  }
  let_pass();
  strike_what_was_missed(plan);
}

// Kills that found nobody, places where none has struck, engines that woke up too early.
void Storm::strike_what_was_missed(const Plan& plan) {
  constexpr int kTries = 20;
  const auto strike_until = [&](Strike again, const auto& done) {
    for (int tries = 0; !done() && tries < kTries; ++tries) {
      again.engine = static_cast<std::size_t>(tries);
      strike(again);
      let_pass();
      ++coverage_.struck_again;
    }
  };
  for (const Strike& each : plan.strikes)
    strike_until(each, [&] { return coverage_.faults[each.fault] > 0; });
  const auto kill_until = [&](Aim aim, const auto& done) {
    strike_until({.fault = Fault::kKill, .lasts = 500ms, .aim = aim}, done);
  };
  kill_until(Aim::kRestoring, [&] { return coverage_.killed_while["restoring"] > 0; });
  kill_until(Aim::kWaiting, [&] { return coverage_.killed_while["waiting"] > 0; });
  kill_until(Aim::kTransaction, [&] { return coverage_.killed_in_transaction > 0; });
  kill_until(Aim::kAnything, [&] { return coverage_.faults[Fault::kKill] >= plan.kills; });
  strike_until({.fault = Fault::kReplace, .lasts = 3s},
               [&] { return coverage_.zombies_fenced > 0; });
  strike_until({.fault = Fault::kFreeze, .lasts = 15s}, [&] { return coverage_.taken_over > 0; });
}

void Storm::let_pass() {
  while (!actions_.empty())
    let_pass_until(actions_.begin()->first);
}

void Storm::let_pass_until(Clock::time_point then) {
  while (!actions_.empty() && actions_.begin()->first <= then) {
    std::this_thread::sleep_until(actions_.begin()->first);  // the plan's times are the subject
    const auto next = actions_.extract(actions_.begin());
    next.mapped()();
    look_after();
  }
  std::this_thread::sleep_until(then);
}

void Storm::later(milliseconds delay, Action action) {
  actions_.emplace(Clock::now() + delay, std::move(action));
}

void Storm::look_after() {
  for (Engine& engine : engines_) {
    const bool ended = engine.running && !engine.program->running();
    if (engine.rival != nullptr && (ended || !engine.rival->running())) {
      end_rivalry(engine, ended);
    } else if (ended) {
      ADD_FAILURE() << "an engine has ended by itself:\n" << engine.program->log();
      start(engine);
    }
  }
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
  if (fenced) ++coverage_.zombies_fenced;
  engine.rival = nullptr;
}

Storm::Engine* Storm::victim(const Strike& strike) {
  Engine* const engine = up(strike.engine);
  if (engine != nullptr) {
    ++coverage_.faults[strike.fault];
  } else {
    later(500ms, [this, strike] { this->strike(strike); });
  }
  return engine;
}

Storm::Engine* Storm::up(std::size_t from) {
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    Engine& engine = engines_[(from + i) % engines_.size()];
    if (engine.running && !engine.frozen) return &engine;
  }
  return nullptr;
}

Storm::Engine* Storm::at_work(std::size_t from) {
  Engine* const engine = up(from);
  if (engine == nullptr || engine->rival != nullptr) return nullptr;
  wait_for_stage(*engine, "running");
  return engine->program->stage() == "running" ? engine : nullptr;
}

void Storm::start(Engine& engine) {
  engine.joined = true;
  engine.running = true;
  engine.frozen = false;
  EXPECT_TRUE(engine.program->start());
}

void Storm::wait_for_stage(const Engine& engine, const std::string& stage) const {
  const auto deadline = Clock::now() + kAimFor;
  while (engine.program->stage() != stage && Clock::now() < deadline)
    std::this_thread::sleep_for(1ms);  // it may be short
}

void Storm::strike(const Strike& strike) {
  switch (strike.fault) {
    case Fault::kKill:
      return kill(strike);
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

void Storm::kill(const Strike& strike) {
  Engine* const engine = up(strike.engine);
  if (engine == nullptr) return;
  // Not whether, but when it commits: it may have nothing.
  kill_now(*engine,
           strike.aim == Aim::kTransaction && engine->transactions->wait_for_next(kAimFor));
  if (strike.aim == Aim::kRestoring || strike.aim == Aim::kWaiting) {
    const bool undisturbed = engine->well_connected;
    if (undisturbed) engine->proxy->set({.delay = kAwayWhileAimed});
    start(*engine);
    wait_for_stage(*engine, strike.aim == Aim::kRestoring ? "restoring" : "waiting");
    kill_now(*engine, false);
    if (undisturbed) engine->proxy->heal();
  }
  later(strike.lasts, [this, engine] { start(*engine); });
}

void Storm::kill_now(Engine& engine, bool in_transaction) {
  const int assignments = engine.program->assignments();
  std::string stage = in_transaction ? "running" : engine.program->stage();
  engine.program->kill();
  // It may have gone on since it was asked.
  if (engine.program->assignments() > assignments) stage = "running";
  engine.running = false;
  ++coverage_.faults[Fault::kKill];
  ++coverage_.killed_while[stage.empty() ? "?" : stage];
  if (broker_away_) {
    ++coverage_.killed_while_broker_away;
  } else if (std::ranges::all_of(engines_, &Engine::well_connected) && leaves_open_transaction()) {
    ++coverage_.killed_in_transaction;
  }
}

// Seen by a reader of the journal that cannot go on, though there is more, for longer than a
// transaction of a living one takes.
bool Storm::leaves_open_transaction() {
  constexpr auto kLongest = 300ms;
  struct Stuck {
    std::int64_t at = -1;
    Clock::time_point since{};
  };
  std::vector<Stuck> stuck(static_cast<std::size_t>(options_.partitions));
  const auto deadline = Clock::now() + 2 * kLongest;
  while (Clock::now() < deadline) {
    if (!journal_->take(5000, 50ms)) return false;
    for (std::int32_t p = 0; p < options_.partitions; ++p) {
      const log::PartitionId id{.topic = options_.prefix + "journal", .partition = p};
      const auto bounds = journal_->bounds(id);
      const std::int64_t here = journal_->position(id);
      Stuck& before = stuck[static_cast<std::size_t>(p)];
      if (!bounds || here >= bounds->high || here != before.at) {
        before = {.at = here, .since = Clock::now()};
      } else if (Clock::now() - before.since > kLongest) {
        return true;
      }
    }
  }
  return false;
}

void Storm::freeze(const Strike& strike) {
  Engine* const engine = up(strike.engine);
  const auto held = engine == nullptr || engine->rival != nullptr ? std::set<std::int32_t>{}
                                                                  : engine->program->partitions();
  // Who has nothing has nothing to give up.
  if (held.empty()) return later(500ms, [this, strike] { freeze(strike); });
  ++coverage_.faults[strike.fault];
  engine->program->freeze();
  engine->frozen = true;
  constexpr int kTries = 150;  // kills of the others hold a rebalance up
  later(strike.lasts, [this, engine, held] { wake_when_taken_over(*engine, held, kTries); });
}

// Its session is over, its partitions are others'; it must find out before it writes.
void Storm::wake_when_taken_over(Engine& engine, const std::set<std::int32_t>& held, int tries) {
  const int taken_over = held_by_others(engine, held);
  if (taken_over == 0 && tries > 0) {
    return later(200ms, [=, this, &engine] { wake_when_taken_over(engine, held, tries - 1); });
  }
  coverage_.taken_over += taken_over;
  engine.program->wake();
  engine.frozen = false;
}

int Storm::held_by_others(const Engine& engine, const std::set<std::int32_t>& held) const {
  int count = 0;
  for (const Engine& other : engines_) {
    if (&other == &engine || !other.running || other.frozen) continue;
    for (const std::int32_t partition : other.program->partitions())
      count += held.contains(partition) ? 1 : 0;
  }
  return count;
}

void Storm::replace(const Strike& strike) {
  Engine* const engine = at_work(strike.engine);
  // Else it could come to its name after the other.
  if (engine == nullptr) return later(500ms, [this, strike] { this->replace(strike); });
  ++coverage_.faults[strike.fault];
  engine->program->freeze();
  auto* const zombie = gone_.emplace_back(std::move(engine->program)).get();
  engine->program = make(static_cast<std::size_t>(engine - engines_.data()));
  start(*engine);
  constexpr int kTries = 240;
  later(strike.lasts, [this, engine, zombie] {
    zombie->wake();
    engine->rival = zombie;
    expect_one_to_end(*engine, kTries);
  });
}

// The plan goes on meanwhile: the broker may be away, and they can only learn it from there.
void Storm::expect_one_to_end(Engine& engine, int tries) {
  if (engine.rival == nullptr) return;
  if (tries > 0) {
    return later(500ms, [this, &engine, tries] { expect_one_to_end(engine, tries - 1); });
  }
  ADD_FAILURE() << "two engines go on under one name:\n"
                << engine.rival->log() << "and\n"
                << engine.program->log();
  engine.rival->kill();
  engine.rival = nullptr;
}

void Storm::leave(const Strike& strike) {
  Engine* const engine = at_work(strike.engine);
  // Who has not begun yet, or cannot reach the broker, or sends into a connection that is dead,
  // cannot end in good order.
  if (engine == nullptr || broker_away_ || !engine->well_connected ||
      Clock::now() - engine->undisturbed_since < kUntilNoticed) {
    return later(500ms, [this, strike] { this->leave(strike); });
  }
  ++coverage_.faults[strike.fault];
  engine->running = false;
  EXPECT_TRUE(engine->program->stop());
  later(strike.lasts, [this, engine] { start(*engine); });
}

void Storm::break_broker(const Strike& strike) {
  ++coverage_.faults[strike.fault];
  broker_away_ = true;
  if (strike.fault == Fault::kBrokerFreeze) {
    broker_.freeze();
    later(strike.lasts, [this] {
      broker_.wake();
      broker_is_back();
    });
    return;
  }
  EXPECT_TRUE(strike.fault == Fault::kBrokerKill ? broker_.kill() : broker_.stop());
  later(strike.lasts, [this] {
    EXPECT_TRUE(broker_.start());
    broker_is_back();
  });
}

void Storm::broker_is_back() {
  broker_away_ = false;
  for (Engine& engine : engines_)
    engine.undisturbed_since = Clock::now();
}

void Storm::strike_network(const Strike& strike) {
  Engine* const engine = victim(strike);
  if (engine == nullptr) return;
  TcpProxy& proxy = *engine->proxy;
  TcpProxy::Weather weather;
  switch (strike.fault) {
    case Fault::kCut:
      engine->undisturbed_since = Clock::now();
      return proxy.cut();
    case Fault::kRefuse:
      weather.refuses = true;
      break;
    case Fault::kHoldToBroker:
      weather.to_server = TcpProxy::Way::kHolds;
      break;
    case Fault::kHoldToEngine:
      weather.to_client = TcpProxy::Way::kHolds;
      break;
    case Fault::kSwallowToBroker:
      weather.to_server = TcpProxy::Way::kSwallows;
      break;
    case Fault::kSwallowToEngine:
      weather.to_client = TcpProxy::Way::kSwallows;
      break;
    default:
      weather.delay = 60ms;
      weather.bytes_per_second = 300'000;
      break;
  }
  proxy.set(weather);
  engine->well_connected = false;
  if (weather.refuses) proxy.cut();
  later(strike.lasts, [engine] {
    engine->proxy->heal();
    engine->well_connected = true;
    engine->undisturbed_since = Clock::now();
  });
}

void Storm::heal() {
  for (const auto& [when, action] : std::exchange(actions_, {}))
    action();
  for (Engine& engine : engines_) {
    engine.proxy->heal();
    if (engine.joined && !engine.running) start(engine);
  }
}

testing::AssertionResult Storm::stop_engines() {
  for (const Engine& engine : engines_) {
    if (engine.running) engine.program->terminate();
  }
  for (Engine& engine : engines_) {
    if (!std::exchange(engine.running, false)) continue;
    if (auto stopped = engine.program->stop(); !stopped) return stopped;
  }
  return testing::AssertionSuccess();
}

std::string Storm::logs() const {
  std::string text;
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    text += "==== engine-" + std::to_string(i + 1) + "\n" + engines_[i].program->log();
  }
  return text;
}

}  // namespace crowdflow::test
