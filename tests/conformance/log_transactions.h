#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/log_conformance.h"

namespace crowdflow::test {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_P(LogConformance, ShowsATransactionAsAWholeOrNotAtAll) {
  const auto name = topic(2);
  const std::vector<log::PartitionId> both{{name, 0}, {name, 1}};
  auto writing = writer(unique_name("writer"));
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning(both)));

  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "a"}));
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 1, .value = "b"}));
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "c"}));
  const auto early = reading->take(10, std::chrono::milliseconds{300});
  CROWDFLOW_ASSERT_DONE(early);
  EXPECT_THAT((*early)->records(), IsEmpty());

  CROWDFLOW_ASSERT_DONE(writing->commit());
  auto records = take(*reading, 3);
  std::stable_sort(records.begin(), records.end(),
                   [](const auto& a, const auto& b) { return a.partition < b.partition; });
  EXPECT_THAT(values(records), ElementsAre("a", "c", "b"));
}

TEST_P(LogConformance, NeverShowsWhatWasAborted) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "taken back"}));
  CROWDFLOW_ASSERT_DONE(writing->abort());
  write(*writing, {name, 0}, {"stays"});

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  EXPECT_THAT(values(take_all(*reading, {name, 0})), ElementsAre("stays"));
}

TEST_P(LogConformance, EndsManyShortTransactionsEitherWay) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  std::vector<std::string> kept;
  for (int i = 0; i < 30; ++i) {
    write(*writing, {name, 0}, {std::to_string(i)});
    kept.push_back(std::to_string(i));
    CROWDFLOW_ASSERT_DONE(writing->begin());
    CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "aborted"}));
    CROWDFLOW_ASSERT_DONE(writing->abort());
    CROWDFLOW_ASSERT_DONE(writing->begin());
    CROWDFLOW_ASSERT_DONE(writing->commit());  // of nothing
    CROWDFLOW_ASSERT_DONE(writing->begin());
    CROWDFLOW_ASSERT_DONE(writing->abort());
  }
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  EXPECT_EQ(values(take_all(*reading, {name, 0})), kept);
}

TEST_P(LogConformance, FencesTheEarlierWriterOfTheSameName) {
  const auto name = topic(1);
  const auto writer_name = unique_name("writer");
  auto earlier = writer(writer_name);
  CROWDFLOW_ASSERT_DONE(earlier->begin());
  CROWDFLOW_ASSERT_DONE(earlier->append({.topic = name, .partition = 0, .value = "left open"}));

  auto later = writer(writer_name);
  write(*later, {name, 0}, {"of the later one"});

  auto refused = earlier->append({.topic = name, .partition = 0, .value = "too late"});
  if (refused) refused = earlier->commit();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kFenced) << refused.error().message;

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  EXPECT_THAT(values(take_all(*reading, {name, 0})), ElementsAre("of the later one"));
}

TEST_P(LogConformance, CommitsPositionsTogetherWithTheRecords) {
  const auto name = topic(2);
  const auto group = unique_name("group");
  const std::vector<log::PartitionId> both{{name, 0}, {name, 1}};
  auto before = log_->committed(group, both);
  CROWDFLOW_ASSERT_DONE(before);
  EXPECT_THAT(*before, ElementsAre(testing::Field(&log::Position::offset, -1),
                                   testing::Field(&log::Position::offset, -1)));

  auto reading = reader(group);
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning(both)));
  auto writing = writer(unique_name("writer"));
  const std::vector<log::Position> first{{both[1], 7, "a note"}};
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "a"}));
  CROWDFLOW_ASSERT_DONE(writing->send_positions(*reading->assignment(), first));
  CROWDFLOW_ASSERT_DONE(writing->commit());

  const std::vector<log::Position> second{{both[0], 1}, {both[1], 8}};
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "b"}));
  CROWDFLOW_ASSERT_DONE(writing->send_positions(*reading->assignment(), second));
  CROWDFLOW_ASSERT_DONE(writing->abort());

  auto after = log_->committed(group, both);
  CROWDFLOW_ASSERT_DONE(after);
  EXPECT_EQ((*after)[0].offset, -1);
  EXPECT_EQ((*after)[1].at, both[1]);
  EXPECT_EQ((*after)[1].offset, 7);
  EXPECT_EQ((*after)[1].note, "a note");
}

}  // namespace crowdflow::test
