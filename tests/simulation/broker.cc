#include "simulation/broker.h"

#include <algorithm>
#include <chrono>

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Without a heartbeat for so long, a group takes a member for dead.
constexpr seconds kSession{10};

}  // namespace

void Broker::make_topic(const std::string& name, std::int32_t partitions) {
  topics_[name] = partitions;
  for (std::int32_t p = 0; p < partitions; ++p)
    partitions_.try_emplace({name, p});
}

std::int32_t Broker::partition_count(const std::string& topic) const {
  const auto found = topics_.find(topic);
  return found == topics_.end() ? 0 : found->second;
}

Partition* Broker::find(const log::PartitionId& at) {
  const auto found = partitions_.find(at);
  return found == partitions_.end() ? nullptr : &found->second;
}

Group& Broker::group(const std::string& name) {
  auto& group = groups_[name];
  if (!group) group = std::make_unique<Group>(*this);
  return *group;
}

std::optional<std::string> Broker::uncommitted(const Process& process, const std::string& group) {
  for (const auto& [at, taken] : process.taken) {
    const Partition& partition = partitions_.at(at);
    std::int64_t offset = std::max(taken.from, this->group(group).promised(at));
    for (; offset < taken.end; ++offset) {
      if (partition.shows(offset)) return name_of(at) + " offset " + std::to_string(offset);
    }
  }
  return std::nullopt;
}

Result<void> Broker::call(Process& process, std::string_view what) {
  if (process.alive) {
    if (faults.tells_calls()) faults.tell(clockwork.now(), process.name + "  " + std::string(what));
    maybe_something_else(process, what);
    const bool slow = faults.chance.one_in(200);
    clockwork.wait(Time{faults.chance.between(20, slow ? 200'000 : 600)},
                   [&] { return !process.alive; });
  }
  // Whatever it does next, it does when it goes on.
  while (process.alive && clockwork.now() < process.stopped_until) {
    clockwork.wait(process.stopped_until - clockwork.now(), [&] { return !process.alive; });
  }
  if (process.alive) return {};
  return fail(ErrorCode::kUnavailable, "the process is dead");
}

void Broker::maybe_something_else(Process& process, std::string_view what) {
  const std::string where = process.name + ", " + std::string(what);
  if (faults.strikes(Fault::kDeath, clockwork.now(), where)) return kill(process);
  if (faults.strikes(Fault::kStopped, clockwork.now(), where)) {
    if (process.commits) faults.count(Fault::kStoppedInCommit);
    if (process.restores) faults.count(Fault::kStoppedInRestore);
    process.stopped_until = clockwork.now() + milliseconds{faults.chance.between(100, 25'000)};
    expel_when_silent(process, process.stopped_until);
  }
  if (faults.strikes(Fault::kBrokerAway, clockwork.now(), where)) {
    go_away(milliseconds{faults.chance.between(50, 15'000)});
  }
  for (const std::string& name : process.groups) {
    if (faults.strikes(Fault::kRebalance, clockwork.now(), where)) group(name).rebalance();
    if (faults.strikes(Fault::kExpelled, clockwork.now(), where)) group(name).expel(process.name);
  }
}

Result<void> Broker::ask(Process& process, std::string_view what, Time patience) {
  if (auto called = call(process, what); !called) return called;
  const Time end = clockwork.now() + patience;
  while (process.alive && away() && clockwork.now() < end) {
    clockwork.wait(std::min(end, away_until_) - clockwork.now(), [&] { return !process.alive; });
  }
  if (!process.alive) return fail(ErrorCode::kUnavailable, "the process is dead");
  if (away()) return fail(ErrorCode::kUnavailable, std::string(what) + ": nobody answers");
  return {};
}

void Broker::kill(Process& process) {
  if (process.commits) faults.count(Fault::kDeathInCommit);
  if (process.restores) faults.count(Fault::kDeathInRestore);
  process.alive = false;
  expel_when_silent(process, Time::max());
}

void Broker::expel_when_silent(Process& process, Time until) {
  for (const Membership* membership : process.memberships) {
    for (const std::string& name : process.groups) {
      clockwork.after(kSession, [this, member = *membership, name, until] {
        if (until > clockwork.now() && group(name).has(member)) group(name).expel(member.name);
      });
    }
  }
}

void Broker::go_away(Time span) {
  away_until_ = std::max(away_until_, clockwork.now() + span);
  clockwork.at(away_until_, [this] { come_back(); });
}

// A leader that has just started may take its end for an earlier one.
void Broker::come_back() {
  if (away()) return;
  for (auto& [at, partition] : partitions_) {
    if (partition.believed_high || partition.high() == partition.low()) continue;
    if (!faults.strikes(Fault::kBoundsStale, clockwork.now(), name_of(at))) continue;
    partition.believed_high =
        std::max(partition.low(), partition.high() - faults.chance.between(1, 4));
    clockwork.after(milliseconds{faults.chance.between(1, 2000)},
                    [&partition = partition] { partition.believed_high.reset(); });
  }
}

}  // namespace crowdflow::simulation
