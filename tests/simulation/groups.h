#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "log/log.h"
#include "simulation/partition.h"

namespace crowdflow::simulation {

class Broker;

// A reader's place in a group, from the reader's side.
struct Membership {
  std::string name;  // in the group: the instance, or one made up
  std::uint64_t id = 0;
  std::vector<std::string> topics;
  std::int32_t generation = -1;  // that its assignment came with
};

// The coordinator's word on one group: static members, generations, ranges, positions.
class Group {
 public:
  explicit Group(Broker& broker) : broker_(broker) {}

  // Takes the place of an earlier member of the same name, which is fenced; or is new.
  void join(Membership& member);
  void leave(const Membership& member);
  // Everybody is to come and be given partitions anew.
  void rebalance();
  void expel(const std::string& name);
  // Whose process has not been heard of for a session's length.
  [[nodiscard]] bool has(const Membership& member) const;

  // What a member hears when it asks.
  enum class Word { kNothing, kFenced, kUnknown, kComeAgain, kAssigned };
  [[nodiscard]] Word hear(const Membership& member) const;
  // It has given up what it held, and waits for its share.
  void come_again(const Membership& member);
  // Its share, with the generation.
  std::vector<log::PartitionId> receive(Membership& member);

  // kUnavailable, kFenced: a transaction may not take positions along for this member.
  [[nodiscard]] Result<void> accepts(const Membership& member) const;
  void put_aside(TransactionId transaction, const std::vector<log::Position>& positions);
  // It will be committed, as soon as decide() tells.
  void promise(const std::vector<log::Position>& positions);
  void decide(TransactionId transaction, bool committed);
  [[nodiscard]] bool stable(const log::PartitionId& at) const;
  // Offset -1: none.
  [[nodiscard]] log::Position committed(const log::PartitionId& at) const;
  // The offset that is committed or promised; -1: none.
  [[nodiscard]] std::int64_t promised(const log::PartitionId& at) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Member {
    std::uint64_t id = 0;
    std::vector<std::string> topics;
    bool come = false;
    bool assigned = false;  // and not yet received
    std::vector<log::PartitionId> partitions;
  };

  void share_when_all_have_come();

  Broker& broker_;
  std::int32_t generation_ = 0;
  bool sharing_ = false;
  std::uint64_t last_id_ = 0;
  std::map<std::string, Member> members_;
  std::map<log::PartitionId, log::Position> positions_;
  std::map<log::PartitionId, std::int64_t> promised_;
  std::map<TransactionId, std::vector<log::Position>> pending_;
};

}  // namespace crowdflow::simulation
