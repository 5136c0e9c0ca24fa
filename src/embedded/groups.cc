#include "embedded/groups.h"

#include <algorithm>
#include <set>

namespace crowdflow::embedded {

void Groups::join(Membership& member, Clock::time_point now) {
  member.id = ++last_id_;
  if (member.name.empty()) member.name = "~" + std::to_string(member.id);
  Group& group = groups_[member.group];
  const auto [place, is_new] = group.members.try_emplace(member.name);
  Member& known = place->second;
  known.id = member.id;
  known.heard_of = now;
  if (!is_new && known.topics == member.topics && !group.sharing) {
    known.assigned = true;  // its predecessor's share, without anybody else hearing of it
    return;
  }
  known.topics = member.topics;
  if (!group.sharing) share_anew(group);
  known.come = true;
  share_when_all_have_come(group);
}

void Groups::leave(const Membership& member) {
  if (find(member) == nullptr) return;
  Group& group = groups_.at(member.group);
  group.members.erase(member.name);
  share_anew(group);
}

const Groups::Member* Groups::find(const Membership& member) const {
  const auto group = groups_.find(member.group);
  if (group == groups_.end()) return nullptr;
  const auto found = group->second.members.find(member.name);
  if (found == group->second.members.end() || found->second.id != member.id) return nullptr;
  return &found->second;
}

Groups::Word Groups::word_for(const Membership& member) const {
  const auto group = groups_.find(member.group);
  if (group == groups_.end()) return Word::kForgotten;
  const auto found = group->second.members.find(member.name);
  if (found == group->second.members.end()) return Word::kForgotten;
  const Member& known = found->second;
  if (known.id != member.id) return Word::kFenced;
  if (group->second.sharing) return known.come ? Word::kNothing : Word::kComeAgain;
  return known.assigned ? Word::kAssigned : Word::kNothing;
}

Groups::Word Groups::hear(const Membership& member, Clock::time_point now) {
  if (find(member) != nullptr) {
    Group& group = groups_.at(member.group);
    group.members.at(member.name).heard_of = now;
    if (group.sharing) forget_silent(group, now);
  }
  return word_for(member);
}

bool Groups::sharing(const Membership& member) const {
  const auto group = groups_.find(member.group);
  return group != groups_.end() && group->second.sharing;
}

void Groups::come_again(const Membership& member) {
  Group& group = groups_.at(member.group);
  group.members.at(member.name).come = true;
  share_when_all_have_come(group);
}

std::vector<log::PartitionId> Groups::receive(Membership& member) {
  Group& group = groups_.at(member.group);
  Member& known = group.members.at(member.name);
  known.assigned = false;
  member.generation = group.generation;
  return known.partitions;
}

Result<void> Groups::accepts(const Membership& member) const {
  if (member.id == 0) return {};  // of no member: a reader that was told where to read
  switch (word_for(member)) {
    case Word::kFenced:
      return fail(ErrorCode::kFenced,
                  "another has taken the name " + member.name + " in group " + member.group);
    case Word::kForgotten:
      return fail(ErrorCode::kUnavailable,
                  member.name + " is no member of group " + member.group + " any more");
    default:
      break;
  }
  if (member.generation == groups_.at(member.group).generation) return {};
  return fail(ErrorCode::kUnavailable,
              "group " + member.group + " has been shared anew: the assignment is over");
}

void Groups::share_anew(Group& group) {
  for (auto& [name, member] : group.members) {
    if (!group.sharing) member.come = false;
    member.assigned = false;
  }
  group.sharing = true;
  share_when_all_have_come(group);
}

// The range assignor: of each topic, members in the order of their names get neighbouring
// partitions, the first ones one more when it does not come out even.
void Groups::share_when_all_have_come(Group& group) {
  if (!group.sharing ||
      std::ranges::any_of(group.members, [](const auto& m) { return !m.second.come; })) {
    return;
  }
  group.sharing = false;
  ++group.generation;
  std::set<std::string> topics;
  for (auto& [name, member] : group.members) {
    member.partitions.clear();
    member.assigned = true;
    topics.insert(member.topics.begin(), member.topics.end());
  }
  for (const std::string& topic : topics) {
    std::vector<Member*> readers;
    for (auto& [name, member] : group.members) {
      if (std::ranges::find(member.topics, topic) != member.topics.end())
        readers.push_back(&member);
    }
    const std::int32_t count = partition_count_(topic);
    const auto number = static_cast<std::int32_t>(readers.size());
    std::int32_t next = 0;
    for (std::int32_t i = 0; i < number; ++i) {
      for (std::int32_t share = count / number + (i < count % number ? 1 : 0); share > 0; --share) {
        readers[static_cast<std::size_t>(i)]->partitions.push_back({topic, next++});
      }
    }
  }
}

void Groups::forget_silent(Group& group, Clock::time_point now) {
  const auto forgotten = std::erase_if(group.members, [&](const auto& entry) {
    return !entry.second.come && now - entry.second.heard_of > kSilence;
  });
  if (forgotten > 0) share_when_all_have_come(group);
}

}  // namespace crowdflow::embedded
