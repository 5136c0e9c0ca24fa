#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "simulation/clockwork.h"
#include "simulation/faults.h"
#include "simulation/groups.h"
#include "simulation/partition.h"
#include "simulation/transactions.h"

namespace crowdflow::simulation {

// One process that talks to the broker. Dead ones are answered that nothing works, and change
// nothing: that is how their code comes to its end.
struct Process {
  std::string name;
  bool alive = true;
  // Stands still until then.
  Time stopped_until{0};
  Time alive_since{0};
  bool commits = false;      // a transaction of its is under way
  bool restores = false;     // it has asked for positions, and does not read from them yet
  bool left_behind = false;  // retention has taken what it was to read next
  // Of the partitions that it restores, those that it has begun in the middle.
  std::set<log::PartitionId> begun_in_the_middle;
  // What it was given as a reader of its group since it was told where to begin.
  struct Taken {
    std::int64_t from = 0;
    std::int64_t end = 0;
  };
  std::map<log::PartitionId, Taken> taken;
  std::vector<Membership*> memberships;
  std::vector<std::string> groups;
};

// What the readers, writers and logs of all processes have in common.
class Broker {
 public:
  Broker(Clockwork& its_clockwork, Faults& its_faults, WallTime epoch)
      : clockwork(its_clockwork), faults(its_faults), transactions(*this), epoch_(epoch) {}

  void make_topic(const std::string& name, std::int32_t partitions);
  // 0: there is none.
  [[nodiscard]] std::int32_t partition_count(const std::string& topic) const;
  [[nodiscard]] Partition* find(const log::PartitionId& at);
  [[nodiscard]] Partition& partition(const log::PartitionId& at) { return partitions_.at(at); }
  // Lasts as long as the broker.
  [[nodiscard]] std::string_view topic_name(const log::PartitionId& at) const {
    return partitions_.find(at)->first.topic;
  }
  [[nodiscard]] Group& group(const std::string& name);
  // The first record that the process has taken and nobody has committed.
  [[nodiscard]] std::optional<std::string> uncommitted(const Process& process,
                                                       const std::string& group);
  [[nodiscard]] WallTime wall() const { return epoch_ + clockwork.now(); }

  // A call of `process` begins, and some time passes. kUnavailable: the process is dead.
  [[nodiscard]] Result<void> call(Process& process, std::string_view what);
  // The same for a call that needs an answer: waits for the broker for some time.
  [[nodiscard]] Result<void> ask(Process& process, std::string_view what, Time patience);
  void kill(Process& process);
  // Nobody of the group hears of the process until then.
  void expel_when_silent(Process& process, Time until);

  void go_away(Time span);
  [[nodiscard]] bool away() const { return clockwork.now() < away_until_; }
  [[nodiscard]] Time away_until() const { return away_until_; }

  Clockwork& clockwork;
  Faults& faults;
  Transactions transactions;
  // That show while it runs.
  std::vector<std::string> problems;

 private:
  void come_back();
  void maybe_something_else(Process& process, std::string_view what);

  const WallTime epoch_;
  Time away_until_{0};
  std::map<std::string, std::int32_t> topics_;
  std::map<log::PartitionId, Partition> partitions_;
  std::map<std::string, std::unique_ptr<Group>> groups_;
};

}  // namespace crowdflow::simulation
