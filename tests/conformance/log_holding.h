#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/log_conformance.h"

namespace crowdflow::test {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(LogConformance, AHeldPartitionGivesNothingLosesNothingAndGoesOnAfterwards) {
  const auto name = topic(2);
  const log::PartitionId held{name, 0};
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  std::vector<std::string> all;
  const auto append = [&](int count) {
    for (int i = 0; i < count; ++i) {
      all.push_back(std::to_string(all.size()));
      for (const std::int32_t partition : {0, 1}) {
        CROWDFLOW_ASSERT_DONE(
            (*appending)->append({.topic = name, .partition = partition, .value = all.back()}));
      }
    }
    CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  };
  append(500);
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({held, {name, 1}})));
  std::vector<std::string> of_held;
  std::vector<std::string> of_other;
  const auto keep = [&](const std::vector<KeptRecord>& records) {
    for (const auto& record : records)
      (record.partition == 0 ? of_held : of_other).push_back(*record.value);
  };
  for (int round = 0; round < 3; ++round) {
    // Some of it has come in, some is still to come.
    keep(take(*reading, 10));
    reading->hold(held);
    const auto before = of_held.size();
    const auto position = reading->position(held);
    append(100);
    keep(take_all(*reading, {name, 1}));
    EXPECT_EQ(of_held.size(), before) << "round " << round;
    EXPECT_EQ(reading->position(held), position) << "round " << round;
    EXPECT_EQ(of_other, all) << "round " << round;
    reading->release(held);
  }
  keep(take_all(*reading, held));
  EXPECT_EQ(of_held, all);
}

TEST_P(LogConformance, StartingAgainHoldsNothing) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  write(*writing, {name, 0}, {"a"});
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  reading->hold({name, 0});
  reading->hold({name, 7});  // that it does not read
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  EXPECT_THAT(values(take(*reading, 1)), ElementsAre("a"));
}

TEST_P(LogConformance, AMemberThatHoldsEverythingIsStillThereForItsGroup) {
  const auto name = topic(2);
  const auto group = unique_name("group");
  auto writing = writer(unique_name("writer"));
  write(*writing, {name, 0}, {"a"});
  write(*writing, {name, 1}, {"b"});
  auto first = reader(group, "first");
  CROWDFLOW_ASSERT_DONE(first->join(std::vector{name}));
  const auto all = take_assignment(*first, [](const auto& p) { return p.size() == 2; });
  ASSERT_TRUE(all);
  CROWDFLOW_ASSERT_DONE(first->start_at(from_beginning(*all)));
  for (const auto& partition : *all)
    first->hold(partition);

  // The group can share its partitions anew only if every member answers.
  auto second = reader(group, "second");
  CROWDFLOW_ASSERT_DONE(second->join(std::vector{name}));
  std::optional<std::vector<log::PartitionId>> firsts;
  std::optional<std::vector<log::PartitionId>> seconds;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while ((!firsts || !seconds) && std::chrono::steady_clock::now() < deadline) {
    for (auto [member, share] :
         {std::pair{first.get(), &firsts}, std::pair{second.get(), &seconds}}) {
      const auto batch = member->take(100, kWait);
      CROWDFLOW_ASSERT_DONE(batch);
      EXPECT_THAT((*batch)->records(), IsEmpty());
      if (!(*batch)->assignment()) continue;
      const auto& partitions = (*batch)->assignment()->partitions;
      CROWDFLOW_ASSERT_DONE(member->start_at(from_beginning(partitions)));
      for (const auto& partition : partitions)
        member->hold(partition);
      if (partitions.size() == 1) *share = partitions;
    }
  }
  ASSERT_TRUE(firsts && seconds);
  first->release(firsts->front());
  second->release(seconds->front());
  EXPECT_EQ(take(*first, 1).size(), 1u);
  EXPECT_EQ(take(*second, 1).size(), 1u);
}

TEST_P(LogConformance, TakesTheRecordsOfOnePartitionTogether) {
  const auto name = topic(3);
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  for (int i = 0; i < 300; ++i) {
    CROWDFLOW_ASSERT_DONE(
        (*appending)->append({.topic = name, .partition = i % 3, .value = std::to_string(i)}));
  }
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}, {name, 1}, {name, 2}})));
  std::size_t taken = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (taken < 300 && std::chrono::steady_clock::now() < deadline) {
    const auto batch = reading->take(50, kWait);
    CROWDFLOW_ASSERT_DONE(batch);
    std::vector<std::int32_t> runs;
    for (const auto& record : (*batch)->records()) {
      if (runs.empty() || runs.back() != record.partition) runs.push_back(record.partition);
    }
    std::sort(runs.begin(), runs.end());
    EXPECT_EQ(std::adjacent_find(runs.begin(), runs.end()), runs.end());
    taken += (*batch)->records().size();
  }
  EXPECT_EQ(taken, 300u);
}

TEST_P(LogConformance, WakingEndsATakeThatWaitsOrElseTheNextOne) {
  const auto name = topic(1);
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  take_all(*reading, {name, 0});  // has heard where the partition ends
  const auto take_long = [&] {
    const auto before = side_->now();
    const auto batch = reading->take(10, kPatience);
    EXPECT_TRUE(batch.has_value());
    return side_->now() - before;
  };
  reading->wake();
  reading->wake();
  EXPECT_LT(take_long(), kPatience / 2);
  for (int i = 0; i < 20; ++i) {
    // Before or after take() begins to wait.
    const auto other = side_->beside([&] { reading->wake(); });
    EXPECT_LT(take_long(), kPatience / 2);
  }
  // Each was heard once.
  const auto before = side_->now();
  CROWDFLOW_ASSERT_DONE(reading->take(10, kWait));
  EXPECT_GE(side_->now() - before, kWait);
}

}  // namespace crowdflow::test
