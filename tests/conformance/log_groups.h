#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "conformance/log_conformance.h"

namespace crowdflow::test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_P(LogConformance, GivesAGroupsOnlyMemberEverythingAndReadsFromWhereItIsTold) {
  const auto name = topic(2);
  auto writing = writer(unique_name("writer"));
  write(*writing, {name, 0}, {"a0", "a1", "a2"});
  write(*writing, {name, 1}, {"b0"});
  auto look = reader();
  CROWDFLOW_ASSERT_DONE(look->start_at(from_beginning({{name, 0}})));
  const auto offsets = take(*look, 3);
  ASSERT_EQ(offsets.size(), 3u);

  auto member = reader(unique_name("group"), "only");
  CROWDFLOW_ASSERT_DONE(member->join(std::vector{name}));
  const auto held = take_assignment(*member, [](const auto& p) { return p.size() == 2; });
  ASSERT_TRUE(held);
  EXPECT_THAT(*held, ElementsAre(log::PartitionId{name, 0}, log::PartitionId{name, 1}));
  const auto nothing = member->take(10, std::chrono::milliseconds{300});
  CROWDFLOW_ASSERT_DONE(nothing);
  EXPECT_THAT((*nothing)->records(), IsEmpty()) << "before start_at";

  const std::vector<log::Position> from{{{name, 0}, offsets[1].offset}, {{name, 1}, 0}};
  CROWDFLOW_ASSERT_DONE(member->start_at(from));
  EXPECT_EQ(member->position({name, 0}), offsets[1].offset);
  EXPECT_THAT(values(take(*member, 3)), UnorderedElementsAre("a1", "a2", "b0"));
}

TEST_P(LogConformance, SharesAGroupsPartitionsSoThatEqualNumbersStayTogether) {
  const auto one = topic(4, "-one");
  const auto other = topic(4, "-other");
  const std::vector topics{one, other};
  const auto group = unique_name("group");
  auto first = reader(group, "first");
  CROWDFLOW_ASSERT_DONE(first->join(topics));
  const auto all = take_assignment(*first, [](const auto& p) { return p.size() == 8; });
  ASSERT_TRUE(all);
  CROWDFLOW_ASSERT_DONE(first->start_at(from_beginning(*all)));

  auto second = reader(group, "second");
  CROWDFLOW_ASSERT_DONE(second->join(topics));
  std::optional<std::vector<log::PartitionId>> firsts;
  std::optional<std::vector<log::PartitionId>> seconds;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while ((!firsts || !seconds) && std::chrono::steady_clock::now() < deadline) {
    for (auto [member, held] :
         {std::pair{first.get(), &firsts}, std::pair{second.get(), &seconds}}) {
      const auto batch = member->take(100, kWait);
      CROWDFLOW_ASSERT_DONE(batch);
      if (!(*batch)->assignment()) continue;
      const auto& partitions = (*batch)->assignment()->partitions;
      CROWDFLOW_ASSERT_DONE(member->start_at(from_beginning(partitions)));
      if (partitions.size() == 4) *held = partitions;
    }
  }
  ASSERT_TRUE(firsts && seconds);
  const auto numbers_of = [](const auto& partitions, const std::string& name) {
    std::set<std::int32_t> numbers;
    for (const auto& p : partitions) {
      if (p.topic == name) numbers.insert(p.partition);
    }
    return numbers;
  };
  for (const auto* held : {&*firsts, &*seconds}) {
    EXPECT_EQ(numbers_of(*held, one).size(), 2u);
    EXPECT_EQ(numbers_of(*held, one), numbers_of(*held, other));
  }
  EXPECT_NE(numbers_of(*firsts, one), numbers_of(*seconds, one));
}

TEST_P(LogConformance, RefusesPositionsFromAMemberThatHasLostItsPartitions) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  auto loser = reader(group, "b");  // the assignment goes by name: "a" comes before "b"
  CROWDFLOW_ASSERT_DONE(loser->join(std::vector{name}));
  auto held = take_assignment(*loser, [](const auto& p) { return p.size() == 1; });
  ASSERT_TRUE(held);
  CROWDFLOW_ASSERT_DONE(loser->start_at(from_beginning(*held)));
  const auto before = loser->assignment();
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "stale"}));

  auto winner = reader(group, "a");
  CROWDFLOW_ASSERT_DONE(winner->join(std::vector{name}));
  bool lost = false;
  bool won = false;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!(lost && won) && std::chrono::steady_clock::now() < deadline) {
    for (auto* member : {loser.get(), winner.get()}) {
      const auto batch = member->take(100, kWait);
      CROWDFLOW_ASSERT_DONE(batch);
      if (!(*batch)->assignment()) continue;
      const auto& partitions = (*batch)->assignment()->partitions;
      if (member == loser.get()) lost = partitions.empty();
      if (member == winner.get()) won = !partitions.empty();
      CROWDFLOW_ASSERT_DONE(member->start_at(from_beginning(partitions)));
    }
  }
  ASSERT_TRUE(lost && won);

  const std::vector<log::Position> stale{{{name, 0}, 1}};
  for (const auto& assignment : {loser->assignment(), before}) {
    const auto refused = writing->send_positions(*assignment, stale);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable) << refused.error().message;
  }
}

TEST_P(LogConformance, LetsAMemberCommitUntilItGivesItsPartitionsBack) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  const log::PartitionId only{name, 0};
  auto giver = reader(group, "b");  // the assignment goes by name: "a" comes before "b"
  CROWDFLOW_ASSERT_DONE(giver->join(std::vector{name}));
  auto held = take_assignment(*giver, [](const auto& p) { return p.size() == 1; });
  ASSERT_TRUE(held);
  CROWDFLOW_ASSERT_DONE(giver->start_at(from_beginning(*held)));

  auto receiver = reader(group, "a");
  CROWDFLOW_ASSERT_DONE(receiver->join(std::vector{name}));
  std::optional<log::AssignmentChange> asked;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!asked && std::chrono::steady_clock::now() < deadline) {
    CROWDFLOW_ASSERT_DONE(receiver->take(100, kWait));
    const auto batch = giver->take(100, kWait);
    CROWDFLOW_ASSERT_DONE(batch);
    asked = (*batch)->assignment();
  }
  ASSERT_TRUE(asked);
  EXPECT_FALSE(asked->lost);
  EXPECT_THAT(asked->partitions, IsEmpty());

  auto writing = writer(unique_name("writer"));
  const std::vector<log::Position> last{{only, 5}};
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "the last"}));
  CROWDFLOW_ASSERT_DONE(writing->send_positions(*giver->assignment(), last));
  CROWDFLOW_ASSERT_DONE(writing->commit());
  CROWDFLOW_ASSERT_DONE(giver->start_at({}));

  const auto received = take_assignment(*receiver, [](const auto& p) { return p.size() == 1; });
  ASSERT_TRUE(received);
  const auto committed = log_->committed(group, std::vector{only});
  CROWDFLOW_ASSERT_DONE(committed);
  EXPECT_EQ(committed->front().offset, 5);
}

TEST_P(LogConformance, TellsAMemberThatAnotherHasTakenItsInstanceName) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  auto earlier = reader(group, "the one");
  CROWDFLOW_ASSERT_DONE(earlier->join(std::vector{name}));
  auto held = take_assignment(*earlier, [](const auto& p) { return p.size() == 1; });
  ASSERT_TRUE(held);
  CROWDFLOW_ASSERT_DONE(earlier->start_at(from_beginning(*held)));

  auto later = reader(group, "the one");
  CROWDFLOW_ASSERT_DONE(later->join(std::vector{name}));
  std::optional<Error> told;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!told && std::chrono::steady_clock::now() < deadline) {
    CROWDFLOW_ASSERT_DONE(later->take(100, kWait));
    if (const auto batch = earlier->take(100, kWait); !batch) told = batch.error();
  }
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::kFenced) << told->message;
}

}  // namespace crowdflow::test
