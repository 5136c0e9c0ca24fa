#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/log_conformance.h"

namespace crowdflow::test {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_P(LogConformance, PositionPassesWhatIsNoRecordAndReachesTheEnd) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto writing = writer(unique_name("writer"));
  write(*writing, partition, {"a", "b"});
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "aborted"}));
  CROWDFLOW_ASSERT_DONE(writing->abort());

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  EXPECT_EQ(reading->position(partition), 0);
  EXPECT_THAT(values(take_all(*reading, partition)), ElementsAre("a", "b"));
  const auto asked = log_->query_bounds(partition);
  CROWDFLOW_ASSERT_DONE(asked);
  EXPECT_EQ(reading->position(partition), asked->high);
  const auto heard = reading->bounds(partition);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->low, 0);
  EXPECT_EQ(heard->high, asked->high);
}

TEST_P(LogConformance, AnOpenTransactionKeepsThePositionBelowTheEnd) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto writing = writer(unique_name("writer"));
  write(*writing, partition, {"before"});
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "open"}));

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  // The open record has arrived when the end has moved past what the reader may see.
  take_until(*reading, [&](const auto&) {
    const auto bounds = reading->bounds(partition);
    return bounds && bounds->high > reading->position(partition) &&
           reading->position(partition) > 0;
  });
  ASSERT_TRUE(reading->bounds(partition));
  EXPECT_LT(reading->position(partition), reading->bounds(partition)->high);

  CROWDFLOW_ASSERT_DONE(writing->commit());
  EXPECT_THAT(values(take_all(*reading, partition)), ElementsAre("open"));
}

TEST_P(LogConformance, StartingAgainElsewhereReadsFromThereAndNothingElse) {
  const auto name = topic(2);
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  std::vector<std::string> all;
  for (int i = 0; i < 500; ++i) {
    all.push_back(std::to_string(i));
    CROWDFLOW_ASSERT_DONE(
        (*appending)->append({.topic = name, .partition = 0, .value = all.back()}));
    CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 1, .value = "other"}));
  }
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));

  auto reading = reader();
  for (int round = 0; round < 5; ++round) {
    CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}, {name, 1}})));
    const auto some = reading->take(10, std::chrono::seconds{5});  // the rest stays queued
    CROWDFLOW_ASSERT_DONE(some);
    const std::vector<log::Position> from{{{name, 0}, 100 * round}};
    CROWDFLOW_ASSERT_DONE(reading->start_at(from));
    const auto rest = take_all(*reading, {name, 0});
    EXPECT_EQ(values(rest), std::vector(all.begin() + 100 * round, all.end())) << round;
  }
}

TEST_P(LogConformance, SaysWhatItHoldsWhenAnOffsetIsGone) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  write(*writing, {name, 0}, {"a"});
  auto reading = reader();
  const std::vector<log::Position> beyond{{{name, 0}, 4711}};
  CROWDFLOW_ASSERT_DONE(reading->start_at(beyond));
  std::optional<Error> told;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!told && std::chrono::steady_clock::now() < deadline) {
    const auto batch = reading->take(10, kWait);
    if (!batch) told = batch.error();
  }
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::kInvalid);
  EXPECT_THAT(told->message, HasSubstr("4711"));
  EXPECT_THAT(told->message, HasSubstr("0 to "));
}

TEST_P(LogConformance, FindsTheFirstRecordOfATime) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  for (const auto* value : {"a", "b", "c"}) {
    CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 0, .value = value}));
    CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
    side_->pass(std::chrono::milliseconds{2});  // stamps count milliseconds
  }
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  const auto records = take(*reading, 3);
  ASSERT_EQ(records.size(), 3u);
  for (const auto& record : records) {
    const auto found = log_->offset_at(partition, record.timestamp);
    CROWDFLOW_ASSERT_DONE(found);
    EXPECT_EQ(*found, record.offset);
  }
  const auto later = log_->offset_at(partition, records[2].timestamp + std::chrono::hours{1});
  CROWDFLOW_ASSERT_DONE(later);
  EXPECT_EQ(*later, 3);
  const auto ever = log_->offset_at(partition, WallTime{});
  CROWDFLOW_ASSERT_DONE(ever);
  EXPECT_EQ(*ever, 0);
}

TEST_P(LogConformance, KnowsPartitionsAndSaysWhenThereIsNoSuchTopic) {
  const auto name = topic(3);
  const auto count = log_->partition_count(name);
  CROWDFLOW_ASSERT_DONE(count);
  EXPECT_EQ(*count, 3);
  // A partition that has just been made may have no leader for a moment.
  auto bounds = log_->query_bounds({name, 2});
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!bounds && std::chrono::steady_clock::now() < deadline)
    bounds = log_->query_bounds({name, 2});
  CROWDFLOW_ASSERT_DONE(bounds);
  EXPECT_EQ(bounds->low, 0);
  EXPECT_EQ(bounds->high, 0);
  const auto missing = log_->partition_count("no-such-topic");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("no-such-topic"));
}

}  // namespace crowdflow::test
