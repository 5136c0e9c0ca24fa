#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/log_conformance.h"

namespace crowdflow::test {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(LogConformance, GivesBackEveryByteKeyHeaderAndTombstone) {
  const auto name = topic(1);
  const std::string binary("\0\xff\n\x80 z", 6);
  const std::vector<log::Header> headers{
      {"content-type", "application/json"}, {"twice", "1"}, {"twice", binary}, {"empty", ""}};
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append(
      {.topic = name, .partition = 0, .key = binary, .value = binary, .headers = headers}));
  CROWDFLOW_ASSERT_DONE(
      writing->append({.topic = name, .partition = 0, .key = "k", .tombstone = true}));
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .key = "", .value = ""}));
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "no key"}));
  CROWDFLOW_ASSERT_DONE(writing->commit());

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  const auto records = take(*reading, 4);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].key, binary);
  EXPECT_EQ(records[0].value, binary);
  EXPECT_THAT(
      records[0].headers,
      ElementsAre(testing::Pair("content-type", "application/json"), testing::Pair("twice", "1"),
                  testing::Pair("twice", binary), testing::Pair("empty", "")));
  EXPECT_EQ(records[1].key, "k");
  EXPECT_EQ(records[1].value, std::nullopt);
  EXPECT_THAT(records[1].headers, IsEmpty());
  EXPECT_EQ(records[2].key, "");
  EXPECT_EQ(records[2].value, "");
  EXPECT_EQ(records[3].key, std::nullopt);
  EXPECT_EQ(records[3].topic, name);
  EXPECT_GT(records[3].timestamp, WallTime{});
}

TEST_P(LogConformance, AnAppenderSaysWhatDidNotArrive) {
  const auto name = topic(1);
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 0, .value = "here"}));
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));  // nothing queued

  auto refused = (*appending)->append({.topic = name, .partition = 5, .value = "nowhere"});
  if (refused) refused = (*appending)->flush(kPatience);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kNotFound) << refused.error().message;
  CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 0, .value = "again"}));
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  EXPECT_THAT(values(take(*reading, 2)), ElementsAre("here", "again"));
}

TEST_P(LogConformance, TakesNoMoreThanAskedFor) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  for (int i = 0; i < 10; ++i) {
    CROWDFLOW_ASSERT_DONE(
        writing->append({.topic = name, .partition = 0, .value = std::to_string(i)}));
  }
  CROWDFLOW_ASSERT_DONE(writing->commit());
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  std::size_t taken = 0;
  std::size_t largest = 0;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (taken < 10 && std::chrono::steady_clock::now() < deadline) {
    const auto batch = reading->take(3, kWait);
    CROWDFLOW_ASSERT_DONE(batch);
    taken += (*batch)->records().size();
    largest = std::max(largest, (*batch)->records().size());
  }
  EXPECT_EQ(taken, 10u);
  EXPECT_EQ(largest, 3u);
}

}  // namespace crowdflow::test
