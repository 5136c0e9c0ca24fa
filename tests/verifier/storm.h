#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "log/log.h"
#include "support/crowdflow_program.h"
#include "support/kafka_broker.h"
#include "support/tcp_proxy.h"
#include "verifier/plan.h"
#include "verifier/transaction_watch.h"

namespace crowdflow::test {

// Where the faults struck: what says that they were more than kills of an idle process.
struct Coverage {
  std::map<Fault, int> faults;
  std::map<std::string, int> killed_while;  // by stage; "?": it did not say
  int killed_in_transaction = 0;            // which stayed open behind it
  int killed_while_broker_away = 0;
  int zombies_fenced = 0;  // or those who had taken their names
  int taken_over = 0;      // partitions of a frozen engine, by others
  int struck_again = 0;    // after the plan, for want of one of these
  [[nodiscard]] std::string text() const;
};

// Carries a plan out on engines of one group and their broker. Everything happens in the caller's
// thread; a strike that takes longer than planned puts off those after it.
class Storm {
 public:
  // `common` is what all engines have in common; each comes to the broker through its own proxy.
  Storm(KafkaBroker& broker, std::vector<KafkaBroker::Through> through,
        CrowdflowProgram::Options common);

  // The first engine.
  [[nodiscard]] testing::AssertionResult begin();
  // Engines that end by themselves are failures of the test.
  void carry_out(const Plan& plan);
  // Ends every fault.
  void heal();
  [[nodiscard]] testing::AssertionResult stop_engines();

  [[nodiscard]] const Coverage& coverage() const { return coverage_; }
  [[nodiscard]] std::string logs() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Action = std::function<void()>;

  struct Engine {
    std::unique_ptr<TransactionWatch> transactions;
    std::unique_ptr<TcpProxy> proxy;
    std::unique_ptr<CrowdflowProgram> program;
    // An older one of the same name, in gone_, that has woken up: one of the two has to end.
    CrowdflowProgram* rival = nullptr;
    bool joined = false;
    bool running = false;
    bool frozen = false;
    bool well_connected = true;
    Clock::time_point undisturbed_since{};  // while it is well connected
  };

  void strike(const Strike& strike);
  void strike_network(const Strike& strike);
  void kill(const Strike& strike);
  void kill_now(Engine& engine, bool in_transaction);
  void freeze(const Strike& strike);
  void replace(const Strike& strike);
  void expect_one_to_end(Engine& engine, int tries);
  void end_rivalry(Engine& engine, bool by_the_newer_one);
  void leave(const Strike& strike);
  void broker_is_back();
  void break_broker(const Strike& strike);

  void start(Engine& engine);
  void later(std::chrono::milliseconds delay, Action action);
  void look_after();
  void wake_when_taken_over(Engine& engine, const std::set<std::int32_t>& held, int tries);
  // Strikes again what the plan is about and has not come about.
  void strike_what_was_missed(const Plan& plan);
  void let_pass();  // until all is made good that has been struck
  void let_pass_until(Clock::time_point then);
  // The one to strike; nobody is up: it strikes later.
  [[nodiscard]] Engine* victim(const Strike& strike);
  [[nodiscard]] Engine* up(std::size_t from);
  // The same, when it says within a moment that it runs, and has its name for itself.
  [[nodiscard]] Engine* at_work(std::size_t from);
  void wait_for_stage(const Engine& engine, const std::string& stage) const;
  [[nodiscard]] std::unique_ptr<CrowdflowProgram> make(std::size_t index) const;
  [[nodiscard]] bool leaves_open_transaction();
  [[nodiscard]] int held_by_others(const Engine& engine, const std::set<std::int32_t>& held) const;

  KafkaBroker& broker_;
  CrowdflowProgram::Options options_;
  std::vector<Engine> engines_;
  std::vector<std::unique_ptr<CrowdflowProgram>> gone_;
  std::multimap<Clock::time_point, Action> actions_;
  bool broker_away_ = false;
  Coverage coverage_;

  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Reader> journal_;
};

}  // namespace crowdflow::test
