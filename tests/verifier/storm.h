#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "log/log.h"
#include "support/crowdflow_program.h"
#include "support/kafka_broker.h"
#include "support/tcp_proxy.h"
#include "verifier/coverage.h"
#include "verifier/open_transactions.h"
#include "verifier/plan.h"
#include "verifier/transaction_watch.h"

namespace crowdflow::test {

// Carries a plan out on engines of one group and their broker. Everything happens in the caller's
// thread; a strike that takes longer than planned puts off those after it. The faults themselves
// are in storm_strikes.cc.
class Storm {
 public:
  // `common` is what all engines have in common; each comes to the broker through its own proxy.
  Storm(KafkaBroker& broker, std::vector<KafkaBroker::Through> through,
        CrowdflowProgram::Options common);

  // The first engine.
  [[nodiscard]] testing::AssertionResult begin();
  // Engines that end by themselves are failures of the test. What the plan is about and has not
  // come about, such as so many kills, is struck again.
  void carry_out(const Plan& plan, int least_kills);
  // Ends every fault.
  void heal();
  [[nodiscard]] testing::AssertionResult stop_engines();

  [[nodiscard]] Coverage coverage() const;
  [[nodiscard]] std::string logs() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Action = std::function<void()>;

  struct Engine {
    std::unique_ptr<TransactionWatch> transactions;
    std::unique_ptr<TcpProxy> proxy;
    std::unique_ptr<CrowdflowProgram> program;
    // An older one of the same name, in gone_: it sleeps, or has woken up, and one has to end.
    bool has_zombie = false;
    CrowdflowProgram* rival = nullptr;
    Clock::time_point rivalry_over{};
    bool joined = false;
    bool running = false;
    bool frozen = false;
    bool well_connected = true;
    Clock::time_point undisturbed_since{};  // while it is awake and well connected
    int starts = 0;                         // so far, of this name

    [[nodiscard]] bool has_its_name_alone() const { return !has_zombie && rival == nullptr; }
  };
  // What an engine is doing: its stage by its log, and the number of the transaction it is in.
  struct Doing {
    std::string stage;
    std::uint64_t transaction = 0;
  };
  using Partitions = std::set<std::int32_t>;

  void strike(const Strike& strike);
  void strike_engine(Engine& engine, const Strike& strike);
  void strike_network(const Strike& strike);
  void break_network(Engine& engine, const Strike& strike);
  void kill(Engine& engine, const Strike& strike);
  void kill_now(Engine& engine, Aim aim);
  void freeze(const Strike& strike);
  void expect_to_notice(Engine& engine, int starts, std::size_t said, int tries);
  void replace(const Strike& strike);
  void expect_one_to_end(Engine& engine, int tries);
  [[nodiscard]] static bool says_that_another_has_its_name(const CrowdflowProgram& program);
  void end_rivalry(Engine& engine, bool by_the_newer_one);
  void leave(const Strike& strike);
  void broker_is_back();
  void break_broker(const Strike& strike);

  // What those whom a fault strikes are doing; and what they still did when it had taken hold.
  [[nodiscard]] static Doing doing(const Engine& engine);
  [[nodiscard]] static std::vector<std::string> still_doing(const Engine& engine,
                                                            const Doing& before);
  void note(Fault fault, const std::vector<std::string>& what);

  void start(Engine& engine);
  // So slow that it can be caught at a stage.
  void start_and_catch(Engine& engine, Aim aim);
  void later(std::chrono::milliseconds delay, Action action);
  void look_after();
  void when_taken_over(Engine& engine, const Partitions& held, int tries,
                       const std::function<void(int)>& then);
  // Strikes again what the plan is about and has not come about.
  void strike_what_was_missed(const Plan& plan, int least_kills);
  void strike_until(Strike strike, int tries, const std::function<bool()>& done);
  void strike_in_rebalance_until(const Strike& strike, const std::function<bool()>& done);
  void let_pass();  // until all is made good that has been struck
  void let_pass_until(Clock::time_point then);
  // True: one has struck that was waiting for a rebalance.
  [[nodiscard]] bool lie_in_wait_until(Clock::time_point then);
  // The one to strike, the first from there that is up and has what is needed: a network that is
  // well, its name for itself, or both and something to do; nullptr: nobody.
  enum class Needs : std::uint8_t { kNothing, kNetwork, kItsName, kToCommit };
  [[nodiscard]] Engine* up(std::size_t from, Needs needs = Needs::kNothing);
  [[nodiscard]] Engine* up_for(const Strike& strike);
  // When it says that it runs, and has its name for itself.
  [[nodiscard]] Engine* at_work(std::size_t from);
  // Whose transaction could be taken for another's.
  [[nodiscard]] bool nobody_sleeps() const;
  // Until it does what is aimed at, or for a moment.
  void wait_for(const Engine& engine, Aim aim) const;
  [[nodiscard]] std::chrono::milliseconds aim_for(const Engine& engine) const;
  [[nodiscard]] std::unique_ptr<CrowdflowProgram> make(std::size_t index) const;
  [[nodiscard]] int held_by_others(const Engine& engine, const Partitions& held) const;

  KafkaBroker& broker_;
  CrowdflowProgram::Options options_;
  std::vector<Engine> engines_;
  std::vector<std::unique_ptr<CrowdflowProgram>> gone_;
  std::multimap<Clock::time_point, Action> actions_;
  std::vector<Strike> in_wait_;  // for a rebalance
  bool broker_away_ = false;
  Coverage coverage_;

  std::unique_ptr<log::Log> log_;
  OpenTransactions transactions_;
};

}  // namespace crowdflow::test
