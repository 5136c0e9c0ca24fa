#include "simulation/run.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <stop_token>
#include <utility>

#include "processor/report.h"
#include "processor/session.h"
#include "simulation/auditor.h"
#include "simulation/commit_fiber.h"
#include "simulation/retention.h"
#include "simulation/simulated_log.h"
#include "simulation/town.h"
#include "wire/record_headers.h"

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kGroup[] = "crowdflow";
constexpr seconds kFaultsEnd{30};
// By then everything must be committed: twice after the faults' end, and after the last words.
constexpr seconds kPatience{60};

// What keeps engines running, in one simulation.
class Simulation {
 public:
  explicit Simulation(const RunOptions& options)
      : seed_(options.seed),
        faults_(options.seed * 2 + 1, options.suppressed),
        town_(options.seed),
        broker_(
            std::make_shared<Broker>(clockwork_, faults_, WallTime{std::chrono::seconds{kEpoch}})) {
    faults_.tell_calls(options.tell_calls);
    if (options.faults) set_faults();
  }

  RunResult run();

 private:
  // One process, from its start to its death.
  struct Life {
    std::shared_ptr<Process> process;
    std::stop_source stop;
    Time clock_ahead{0};           // its wall clock, of the broker's
    bool superseded = false;       // it is not started again
    bool asked_with_work = false;  // to end, when records were taken and not committed
  };

  void set_faults();
  void make_topics();
  void start_engine(const std::string& name);
  void live(const std::string& name, const std::shared_ptr<Life>& life);
  [[nodiscard]] processor::ProcessorOptions options_of(const std::string& name,
                                                       const std::shared_ptr<Life>& life);
  void disturb();
  void disturb(const std::string& name, Life& life);
  void ask_to_end(Life& life);
  void judge_end(const Life& life);
  void feed(std::size_t next);
  void publish(const Publication& record);
  [[nodiscard]] bool settled();
  void wait_until_settled(Time end, const char* when);

  const std::uint64_t seed_;
  Clockwork clockwork_;
  Faults faults_;
  const Town town_;
  const std::shared_ptr<Broker> broker_;
  const log::TopicNames topics_;
  std::vector<std::string> names_;
  bool by_hand_ = false;
  bool over_ = false;
  bool some_forgot_ = false;  // a venue
  std::size_t fibers_ = 0;
  std::size_t published_ = 0;
  std::map<std::string, std::shared_ptr<Life>> lives_;  // the present one of each name
  std::vector<std::shared_ptr<Process>> processes_;     // all that there ever were
  std::vector<std::string> problems_;
};

// Which faults there are, and how often, is a part of the seed: few runs have them all.
void Simulation::set_faults() {
  Chance& chance = faults_.chance;
  const auto set = [&](Fault fault, std::uint64_t parts) {
    switch (chance.below(4)) {
      case 0:
        return;
      case 1:
        return faults_.set(fault, parts * 5);
      default:
        return faults_.set(fault, parts);
    }
  };
  // Per commit, and what else happens that often.
  for (const Fault fault : {Fault::kCommitDoneUnanswered, Fault::kCommitUndoneUnanswered,
                            Fault::kCommitDoneLater, Fault::kCommitAborted})
    set(fault, 8'000);
  set(Fault::kAbortUnanswered, 200'000);
  set(Fault::kMarkersLate, 20'000);
  set(Fault::kBoundsUnknown, 5'000);
  // Per record or question.
  set(Fault::kAppendFailed, 400);
  set(Fault::kQuestionFailed, 20'000);
  set(Fault::kOpenFailed, 30'000);
  // Per call.
  set(Fault::kRebalance, 150);
  set(Fault::kExpelled, 100);
  set(Fault::kDeath, 300);
  set(Fault::kStopped, 100);
  set(Fault::kBrokerAway, 60);
  // Per second.
  set(Fault::kOrderlyEnd, 20'000);
  set(Fault::kTwin, 20'000);
  set(Fault::kClockStep, 20'000);
  // Per second, topic and partition.
  set(Fault::kExpired, 1'500);
  set(Fault::kExpiredInRestore, 20'000);
  // Per outage and partition.
  set(Fault::kBoundsStale, 150'000);
  // Per commit that forwards.
  for (const Fault fault :
       {Fault::kForwardWrittenUnanswered, Fault::kForwardUnwritten, Fault::kForwardWrittenLater})
    set(fault, 20'000);
}

void Simulation::make_topics() {
  for (const std::string* topic : {&topics_.readings, &topics_.commands, &topics_.zone_states,
                                   &topics_.alerts, &topics_.journal, &topics_.snapshots}) {
    broker_->make_topic(*topic, town_.partitions());
  }
  Chance& chance = faults_.chance;
  broker_->make_topic(topics_.alerts_current, static_cast<std::int32_t>(chance.between(1, 3)));
  broker_->make_topic(topics_.dead_letters, static_cast<std::int32_t>(chance.between(1, 3)));
}

processor::ProcessorOptions Simulation::options_of(const std::string& name,
                                                   const std::shared_ptr<Life>& life) {
  processor::ProcessorOptions options;
  options.topics = topics_;
  options.group = kGroup;
  options.instance = name;
  options.assign_by_hand = by_hand_;
  // A process that is started late may find the newer files.
  const bool later =
      !town_.later().empty() && clockwork_.now() > seconds{5} && faults_.chance.one_in(2);
  for (const VenueVersion& known : later ? town_.later() : town_.venues())
    options.venues.push_back({.yaml = known.yaml, .venue = known.venue});
  // Somebody may forget a venue, where it does not matter for what is said at last.
  if (!town_.same_whatever_happens() && faults_.chance.one_in(4)) {
    options.venues.pop_back();
    some_forgot_ = true;
  }
  options.parse_venue = [this](const wire::VenueFile& file) { return town_.parse(file); };
  options.engine_threads = 0;
  if (faults_.chance.one_in(2)) {
    options.states_in_commit = static_cast<std::size_t>(faults_.chance.between(1, 20));
  }
  options.commit_runner = [this] { return std::make_unique<CommitFiber>(clockwork_); };
  // Some save all the time, some never.
  options.snapshot_every =
      faults_.chance.one_in(3)
          ? std::chrono::nanoseconds{seconds{3600}}
          : std::chrono::nanoseconds{milliseconds{faults_.chance.between(300, 6000)}};
  options.commit_interval = milliseconds{100 * faults_.chance.between(1, 4)};
  // Machines' clocks differ.
  life->clock_ahead = Time{faults_.chance.between(-500'000, 500'000)};
  options.now = [this, life] { return broker_->wall() + life->clock_ahead; };
  options.steady_now = [this] {
    return std::chrono::steady_clock::time_point{clockwork_.now() + seconds{1000}};
  };
  return options;
}

void Simulation::start_engine(const std::string& name) {
  auto& present = lives_[name];
  if (present) present->superseded = true;
  present = std::make_shared<Life>();
  ++fibers_;
  clockwork_.start([this, name, life = present] {
    live(name, life);
    --fibers_;
  });
}

void Simulation::live(const std::string& name, const std::shared_ptr<Life>& life) {
  while (!over_ && !life->superseded) {
    life->process = std::make_shared<Process>(Process{.name = name});
    processes_.push_back(life->process);
    life->stop = std::stop_source();
    life->asked_with_work = false;
    SimulatedLog log(broker_, life->process);
    const processor::ProcessorOptions options = options_of(name, life);
    processor::StatusCell cell;
    processor::Report report(cell, {});
    const auto ended = processor::Session(log, options, report).run(life->stop.get_token());
    faults_.tell(clockwork_.now(),
                 name + " ended" + (ended ? std::string() : ": " + ended.error().message));
    if (ended) judge_end(*life);
    // Retention may have left behind who has been replaced, and was to be told so next.
    const bool excused = life->superseded && life->process->left_behind;
    if (!ended && ended.error().code == ErrorCode::kInvalid && !excused) {
      problems_.push_back(name + " has given up: " + ended.error().message);
      return;
    }
    life->process->alive = false;
    if (!over_) clockwork_.pass(milliseconds{faults_.chance.between(10, 2000)});
  }
}

void Simulation::ask_to_end(Life& life) {
  life.asked_with_work = broker_->uncommitted(*life.process, kGroup).has_value();
  life.stop.request_stop();
}

// Of who has ended without an error.
void Simulation::judge_end(const Life& life) {
  if (const auto left = broker_->uncommitted(*life.process, kGroup)) {
    problems_.push_back(life.process->name + " has ended and not committed " + *left);
  } else if (life.asked_with_work) {
    faults_.count(Fault::kEndedWithWork);
  }
}

// Now and then somebody does something to the processes.
void Simulation::disturb() {
  if (over_) return;
  for (const std::string& name : names_) {
    const auto life = lives_[name];
    if (!life->process || !life->process->alive) continue;
    disturb(name, *life);
  }
  const bool restores = std::ranges::any_of(
      processes_, [](const auto& process) { return process->alive && process->restores; });
  expire_some(restores ? Fault::kExpiredInRestore : Fault::kExpired, *broker_, topics_, kGroup,
              town_.partitions());
  clockwork_.after(milliseconds{500 + faults_.chance.between(0, 1000)}, [this] { disturb(); });
}

void Simulation::disturb(const std::string& name, Life& life) {
  const Time now = clockwork_.now();
  if (faults_.strikes(Fault::kOrderlyEnd, now, name)) {
    if (life.process->commits) faults_.count(Fault::kEndedInCommit);
    if (life.process->restores) faults_.count(Fault::kEndedInRestore);
    ask_to_end(life);
  }
  if (faults_.strikes(Fault::kClockStep, now, name)) {
    // As a time server does it, or a hand.
    const std::int64_t most = faults_.chance.one_in(2) ? 10 : 3 * 3600;
    life.clock_ahead += seconds{faults_.chance.between(-most, most)};
  }
  if (faults_.strikes(Fault::kTwin, now, name)) start_engine(name);
}

void Simulation::feed(std::size_t next) {
  const auto& all = town_.publications();
  // Publishers wait for a broker that is away, and keep their order.
  if (broker_->away()) {
    return clockwork_.at(broker_->away_until() + milliseconds{5}, [this, next] { feed(next); });
  }
  for (; next < all.size() && all[next].when <= clockwork_.now(); ++next)
    publish(all[next]);
  published_ = next;
  if (next < all.size()) clockwork_.at(all[next].when, [this, next] { feed(next); });
}

void Simulation::publish(const Publication& record) {
  Outgoing out{.at = {topics_.readings, record.partition},
               .key = record.venue_id,
               .value = record.value,
               .headers = {}};
  if (!record.content_type.empty()) {
    out.headers.emplace_back(wire::kContentTypeHeader, record.content_type);
  }
  Partition& partition = broker_->partition(out.at);
  if (record.fate == Publication::Fate::kAlone) {
    partition.append(std::move(out), broker_->wall(), 0);
    return;
  }
  const std::string name = "publisher " + std::to_string(clockwork_.now().count()) + " " +
                           std::to_string(partition.high()) + " " +
                           std::to_string(record.partition);
  const TransactionId id = broker_->transactions.begin(name, &out.at);
  partition.append(std::move(out), broker_->wall(), id);
  if (record.fate == Publication::Fate::kLeftOpen) {
    faults_.happened(Fault::kForeignLeftOpen, clockwork_.now(), name);
    return;
  }
  const bool committed = record.fate == Publication::Fate::kCommitted;
  if (!committed) faults_.happened(Fault::kForeignAborted, clockwork_.now(), name);
  clockwork_.after(milliseconds{2}, [this, name, id, committed] {
    if (broker_->transactions.of(name).open == id) broker_->transactions.end(name, committed);
  });
}

bool Simulation::settled() {
  const Group& group = broker_->group(kGroup);
  for (std::int32_t p = 0; p < town_.partitions(); ++p) {
    const log::PartitionId at{topics_.readings, p};
    const Partition& readings = broker_->partition(at);
    const Partition& journal = broker_->partition({topics_.journal, p});
    if (group.committed(at).offset != readings.high() || journal.last_stable() != journal.high()) {
      return false;
    }
  }
  return true;
}

void Simulation::wait_until_settled(Time end, const char* when) {
  clockwork_.run_until(end, [this] { return settled(); });
  if (settled()) return;
  for (std::int32_t p = 0; p < town_.partitions(); ++p) {
    const log::PartitionId at{topics_.readings, p};
    problems_.push_back(std::string(when) + ": partition " + std::to_string(p) +
                        " is committed up to " +
                        std::to_string(broker_->group(kGroup).committed(at).offset) + " of " +
                        std::to_string(broker_->partition(at).high()) + ", stable " +
                        std::to_string(broker_->partition(at).last_stable()));
  }
}

RunResult Simulation::run() {
  make_topics();
  const auto engines = faults_.chance.between(1, 3);
  by_hand_ = engines == 1 && faults_.chance.one_in(3);
  for (std::int64_t i = 0; i < engines; ++i)
    names_.push_back("engine-" + std::to_string(i));
  for (const std::string& name : names_)
    start_engine(name);
  disturb();
  feed(0);

  clockwork_.run_until(kFaultsEnd, nullptr);
  faults_.calm();
  faults_.tell(clockwork_.now(), "-- calm --");
  wait_until_settled(kFaultsEnd + kPatience, "after the faults");
  clockwork_.run_until(seconds{kClosingSecond + 3}, nullptr);
  wait_until_settled(clockwork_.now() + kPatience, "at the end");
  // Some more ticks, and then everybody is asked to end.
  clockwork_.run_until(clockwork_.now() + seconds{2}, nullptr);
  over_ = true;
  for (const auto& [name, life] : lives_)
    ask_to_end(*life);
  clockwork_.run_until(clockwork_.now() + seconds{120}, [this] { return fibers_ == 0; });
  clockwork_.run_until(clockwork_.now() + seconds{15}, nullptr);

  Auditor auditor(*broker_, topics_, kGroup, town_, some_forgot_);
  auditor.audit();
  problems_.insert(problems_.end(), broker_->problems.begin(), broker_->problems.end());
  problems_.insert(problems_.end(), auditor.problems().begin(), auditor.problems().end());
  RunResult result{.audited = {.journal_pages = auditor.journal_pages()}};
  // What a clock says that was set back decides what the readings meanwhile mean.
  for (std::size_t i = 0; i < auditor.lives_without_history(); ++i)
    faults_.count(Fault::kHistoryMissing);
  const bool by_the_clock = faults_.has_struck(Fault::kClockStep) && auditor.some_were_ahead();
  if (town_.same_whatever_happens() && !by_the_clock && auditor.lives_without_history() == 0) {
    const auto compared = compare(town_, undisturbed(town_), auditor.last_words());
    problems_.insert(problems_.end(), compared.problems.begin(), compared.problems.end());
    result.audited.seeds_compared = 1;
    result.audited.final_states = compared.final_states;
    result.audited.transitions = compared.transitions;
  }
  result.problems = std::move(problems_);
  result.story = faults_.story();
  result.coverage = faults_.coverage();
  result.strikes = faults_.strikes();
  return result;
}

}  // namespace

RunResult run(const RunOptions& options) { return Simulation(options).run(); }

}  // namespace crowdflow::simulation
