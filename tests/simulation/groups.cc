#include "simulation/groups.h"

#include <algorithm>
#include <set>

#include "simulation/broker.h"

namespace crowdflow::simulation {

void Group::join(Membership& member) {
  member.id = ++last_id_;
  const auto [place, is_new] = members_.try_emplace(member.name);
  Member& known = place->second;
  known.id = member.id;
  if (is_new || known.topics != member.topics) {
    known.topics = member.topics;
    known.come = true;
    rebalance();
    known.come = true;
    share_when_all_have_come();
    return;
  }
  // Its predecessor's share is its own, without anybody else hearing of it.
  if (sharing_) {
    known.come = true;
    share_when_all_have_come();
  } else {
    known.assigned = true;
  }
}

void Group::leave(const Membership& member) {
  const auto found = members_.find(member.name);
  if (found != members_.end() && found->second.id == member.id) expel(member.name);
}

void Group::expel(const std::string& name) {
  if (members_.erase(name) > 0) rebalance();
}

void Group::rebalance() {
  for (auto& [name, member] : members_) {
    if (!sharing_) member.come = false;
    member.assigned = false;
  }
  sharing_ = true;
  share_when_all_have_come();
}

bool Group::has(const Membership& member) const {
  const auto found = members_.find(member.name);
  return found != members_.end() && found->second.id == member.id;
}

Group::Word Group::hear(const Membership& member) const {
  const auto found = members_.find(member.name);
  if (found == members_.end()) return Word::kUnknown;
  const Member& known = found->second;
  if (known.id != member.id) return Word::kFenced;
  if (sharing_) return known.come ? Word::kNothing : Word::kComeAgain;
  return known.assigned ? Word::kAssigned : Word::kNothing;
}

void Group::come_again(const Membership& member) {
  members_.at(member.name).come = true;
  share_when_all_have_come();
}

std::vector<log::PartitionId> Group::receive(Membership& member) {
  Member& known = members_.at(member.name);
  known.assigned = false;
  member.generation = generation_;
  return known.partitions;
}

// The range assignor: of each topic, members in the order of their names get neighbouring
// partitions, the first ones one more when it does not come out even.
void Group::share_when_all_have_come() {
  if (!sharing_ || std::ranges::any_of(members_, [](const auto& m) { return !m.second.come; }))
    return;
  sharing_ = false;
  ++generation_;
  std::set<std::string> topics;
  for (auto& [name, member] : members_) {
    member.partitions.clear();
    member.assigned = true;
    topics.insert(member.topics.begin(), member.topics.end());
  }
  for (const std::string& topic : topics) {
    std::vector<Member*> readers;
    for (auto& [name, member] : members_) {
      if (std::ranges::find(member.topics, topic) != member.topics.end())
        readers.push_back(&member);
    }
    const std::int32_t count = broker_.partition_count(topic);
    const auto number = static_cast<std::int32_t>(readers.size());
    std::int32_t next = 0;
    for (std::int32_t i = 0; i < number; ++i) {
      for (std::int32_t share = count / number + (i < count % number ? 1 : 0); share > 0; --share) {
        readers[static_cast<std::size_t>(i)]->partitions.push_back({topic, next++});
      }
    }
  }
}

Result<void> Group::accepts(const Membership& member) const {
  if (member.id == 0) return {};  // of no member: a reader that was told where to read
  const auto found = members_.find(member.name);
  if (found == members_.end())
    return fail(ErrorCode::kUnavailable, "the group has lost the member");
  if (found->second.id != member.id) {
    return fail(ErrorCode::kFenced, "another has taken the name in the group");
  }
  if (member.generation != generation_) {
    return fail(ErrorCode::kUnavailable, "the group has gone on to another generation");
  }
  return {};
}

void Group::put_aside(TransactionId transaction, const std::vector<log::Position>& positions) {
  auto& all = pending_[transaction];
  all.insert(all.end(), positions.begin(), positions.end());
}

void Group::promise(const std::vector<log::Position>& positions) {
  for (const log::Position& position : positions)
    promised_[position.at] = position.offset;
}

std::int64_t Group::promised(const log::PartitionId& at) const {
  const auto found = promised_.find(at);
  return found == promised_.end() ? -1 : found->second;
}

void Group::decide(TransactionId transaction, bool committed) {
  const auto found = pending_.find(transaction);
  if (found == pending_.end()) return;
  if (committed) {
    for (const log::Position& position : found->second)
      positions_[position.at] = position;
  }
  pending_.erase(found);
}

bool Group::stable(const log::PartitionId& at) const {
  return std::ranges::none_of(pending_, [&](const auto& pending) {
    return std::ranges::find(pending.second, at, &log::Position::at) != pending.second.end();
  });
}

log::Position Group::committed(const log::PartitionId& at) const {
  const auto found = positions_.find(at);
  return found == positions_.end() ? log::Position{.at = at, .offset = -1} : found->second;
}

std::vector<std::string> Group::names() const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_)
    names.push_back(name);
  return names;
}

}  // namespace crowdflow::simulation
