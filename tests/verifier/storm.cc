#include "verifier/storm.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <thread>
#include <utility>

#include "kafka/kafka_log.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

// How often what was missed is struck again; less often what takes long.
constexpr int kTries = 20;
constexpr int kFewTries = 6;

int count_of(std::string_view words, std::string_view text) {
  int count = 0;
  for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1))
    ++count;
  return count;
}

}  // namespace

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
  auto begun = transactions_.begin(*log_, options_.prefix + "journal", options_.partitions);
  if (!begun) return begun;
  start(engines_.front());
  return engines_.front().program->becomes_ready();
}

void Storm::carry_out(const Plan& plan, int least_kills) {
  auto begun = Clock::now();
  for (const Strike& each : plan.strikes) {
    let_pass_until(begun + each.at);
    strike(each);
    // What took longer than planned puts off all that comes after it.
    begun = std::max(begun, Clock::now() - each.at);
    look_after();
  }
  let_pass();
  strike_what_was_missed(plan, least_kills);
}

// Kills that found nobody, places where none has struck, engines that woke up too early.
void Storm::strike_what_was_missed(const Plan& plan, int least_kills) {
  in_wait_.clear();
  strike_in_rebalance_until({.fault = Fault::kKill, .lasts = 500ms},
                            [&] { return coverage_.killed_while["rebalance"] > 0; });
  strike_in_rebalance_until({.fault = Fault::kHoldToEngine, .lasts = 2s},
                            [&] { return coverage_.others_while("rebalance") > 0; });
  for (Strike each : plan.strikes) {
    if (each.aim == Aim::kRebalance) each.aim = Aim::kAnything;
    strike_until(each, kTries, [&] { return coverage_.faults[each.fault] > 0; });
  }
  strike_until({.fault = Fault::kReplace, .lasts = 11s, .aim = Aim::kBetween}, kFewTries,
               [&] { return coverage_.zombies_fenced > 0; });
  strike_until({.fault = Fault::kFreeze, .lasts = 13s}, kFewTries,
               [&] { return coverage_.taken_over > 0 && coverage_.losses_noticed > 0; });
  strike_until({.fault = Fault::kLeave, .lasts = kSessionIsOver}, kFewTries,
               [&] { return coverage_.left_to_others > 0; });
  const auto aim_until = [&](Fault fault, Aim aim, const auto& done) {
    strike_until({.fault = fault, .lasts = 500ms, .aim = aim}, kTries, done);
  };
  aim_until(Fault::kCut, Aim::kRestoring, [&] { return coverage_.others_while("restoring") > 0; });
  aim_until(Fault::kHoldToBroker, Aim::kTransaction,
            [&] { return coverage_.others_while(kInTransaction) > 0; });
  aim_until(Fault::kKill, Aim::kRestoring, [&] { return coverage_.killed_while["restoring"] > 0; });
  aim_until(Fault::kKill, Aim::kWaiting, [&] { return coverage_.killed_while["waiting"] > 0; });
  aim_until(Fault::kKill, Aim::kTransaction, [&] { return coverage_.killed_in_transaction > 0; });
  aim_until(Fault::kKill, Aim::kAnything,
            [&] { return coverage_.faults[Fault::kKill] >= least_kills; });
}

void Storm::strike_until(Strike strike, int tries, const std::function<bool()>& done) {
  for (int i = 0; !done() && i < tries; ++i) {
    strike.engine = static_cast<std::size_t>(i);
    this->strike(strike);
    let_pass();
    ++coverage_.struck_again;
  }
}

// Who is away for longer than its session lasts makes the others share anew what it had, and once
// more when it is back.
void Storm::strike_in_rebalance_until(const Strike& strike, const std::function<bool()>& done) {
  constexpr auto kAway = 11s;
  constexpr auto kUntilShared = 5s;
  for (int i = 0; !done() && i < kFewTries; ++i) {
    in_wait_ = {strike};
    this->strike({.fault = Fault::kKill, .engine = static_cast<std::size_t>(i), .lasts = kAway});
    later(kAway + kUntilShared, [this] { in_wait_.clear(); });
    let_pass();
    ++coverage_.struck_again;
  }
}

void Storm::let_pass() {
  while (!actions_.empty())
    let_pass_until(actions_.begin()->first);
}

void Storm::let_pass_until(Clock::time_point then) {
  while (true) {
    const bool due = !actions_.empty() && actions_.begin()->first <= then;
    const auto next = due ? actions_.begin()->first : then;
    if (lie_in_wait_until(next)) continue;  // what makes that good may come first
    std::this_thread::sleep_until(next);    // the plan's times are the subject
    if (!due) return;
    const auto action = actions_.extract(actions_.begin());
    action.mapped()();
    look_after();
  }
}

bool Storm::lie_in_wait_until(Clock::time_point then) {
  constexpr auto kLook = 3ms;  // some of them are short
  while (!in_wait_.empty() && !broker_away_ && Clock::now() < then) {
    for (Engine& engine : engines_) {
      const bool fit = engine.running && !engine.frozen && engine.well_connected;
      if (!fit || !engine.has_its_name_alone() || engine.program->stage_told() != "rebalance") {
        continue;
      }
      const Strike next = in_wait_.front();
      in_wait_.erase(in_wait_.begin());
      strike_engine(engine, next);
      look_after();
      return true;
    }
    std::this_thread::sleep_for(kLook);
  }
  return false;
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
      // Twice fenced by its rival, and once more by a broker that has only just come back.
      const bool may = Clock::now() - engine.rivalry_over < 1min &&
                       says_that_another_has_its_name(*engine.program);
      if (!may) ADD_FAILURE() << "an engine has ended by itself:\n" << engine.program->log();
      start(engine);
    }
  }
}

Storm::Engine* Storm::up(std::size_t from, Needs needs) {
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    Engine& engine = engines_[(from + i) % engines_.size()];
    if (!engine.running || engine.frozen) continue;
    const bool commits = needs == Needs::kToCommit;
    if ((commits || needs == Needs::kNetwork) && !engine.well_connected) continue;
    if ((commits || needs == Needs::kItsName) && !engine.has_its_name_alone()) continue;
    if (commits && engine.program->stage_told() != "running") continue;
    return &engine;
  }
  return nullptr;
}

// What is aimed at comes about where the broker is heard.
Storm::Engine* Storm::up_for(const Strike& strike) {
  Engine* engine = nullptr;
  if (strike.aim == Aim::kTransaction) engine = up(strike.engine, Needs::kToCommit);
  if (engine == nullptr && strike.aim != Aim::kAnything)
    engine = up(strike.engine, Needs::kNetwork);
  return engine != nullptr ? engine : up(strike.engine);
}

Storm::Engine* Storm::at_work(std::size_t from) {
  Engine* const engine = up(from, Needs::kItsName);
  return engine != nullptr && engine->program->stage() == "running" ? engine : nullptr;
}

bool Storm::nobody_sleeps() const {
  return std::ranges::none_of(
      engines_, [](const Engine& engine) { return engine.frozen || engine.has_zombie; });
}

void Storm::start(Engine& engine) {
  engine.joined = true;
  engine.running = true;
  engine.frozen = false;
  ++engine.starts;
  engine.transactions->forget();
  EXPECT_TRUE(engine.program->start());
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

Coverage Storm::coverage() const {
  constexpr std::string_view kSentAgain = "a transaction came to nothing and is sent again";
  Coverage told = coverage_;
  for (const Engine& engine : engines_)
    told.sent_again += count_of(kSentAgain, engine.program->log());
  for (const auto& program : gone_)
    told.sent_again += count_of(kSentAgain, program->log());
  return told;
}

std::string Storm::logs() const {
  std::string text;
  for (std::size_t i = 0; i < engines_.size(); ++i) {
    text += "==== engine-" + std::to_string(i + 1) + "\n" + engines_[i].program->log();
  }
  for (const auto& program : gone_)
    text += "==== one whose name another took, or who took it\n" + program->log();
  return text;
}

}  // namespace crowdflow::test
