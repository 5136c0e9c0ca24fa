#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"

namespace crowdflow::embedded {

// A reader's place in a group, from the reader's side.
struct Membership {
  std::string group;
  std::string name;      // in the group: the instance, or one made up
  std::uint64_t id = 0;  // 0: it never joined
  std::vector<std::string> topics;
  std::int64_t generation = -1;  // that its assignment came with
};

// The consumer groups of one process, and who holds which partitions in them. They end with the
// process; the positions stay. As in Kafka, everybody gives back what it holds before it is shared
// anew, members with names take their predecessors' places, and shares are ranges.
// No lock of its own: it is part of the Board.
class Groups {
 public:
  using Clock = std::chrono::steady_clock;
  using PartitionCount = std::function<std::int32_t(const std::string& topic)>;

  // Who gives no word for so long while the group waits is no member any more.
  static constexpr std::chrono::minutes kSilence{5};

  explicit Groups(PartitionCount partition_count) : partition_count_(std::move(partition_count)) {}

  void join(Membership& member, Clock::time_point now);
  void leave(const Membership& member);

  // What a member hears when it asks, which is a word of its own.
  enum class Word { kNothing, kFenced, kForgotten, kComeAgain, kAssigned };
  [[nodiscard]] Word hear(const Membership& member, Clock::time_point now);
  // The same, without being heard of.
  [[nodiscard]] Word word_for(const Membership& member) const;
  // Somebody waits for the others.
  [[nodiscard]] bool sharing(const Membership& member) const;
  // It has given back what it held, and waits for its share.
  void come_again(const Membership& member);
  // Its share, with the generation.
  [[nodiscard]] std::vector<log::PartitionId> receive(Membership& member);

  // Whether positions may be committed for it. kUnavailable, kFenced: its assignment is over.
  [[nodiscard]] Result<void> accepts(const Membership& member) const;

 private:
  struct Member {
    std::uint64_t id = 0;
    std::vector<std::string> topics;
    bool come = false;
    bool assigned = false;  // and not yet received
    Clock::time_point heard_of;
    std::vector<log::PartitionId> partitions;
  };
  struct Group {
    std::int64_t generation = 0;
    bool sharing = false;
    std::map<std::string, Member> members;
  };

  [[nodiscard]] const Member* find(const Membership& member) const;
  void share_anew(Group& group);
  void share_when_all_have_come(Group& group);
  void forget_silent(Group& group, Clock::time_point now);

  const PartitionCount partition_count_;
  std::uint64_t last_id_ = 0;
  std::map<std::string, Group> groups_;
};

}  // namespace crowdflow::embedded
