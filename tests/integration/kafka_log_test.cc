#include "kafka/kafka_log.h"

#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "conformance/log_conformance_tests.h"
#include "integration/kafka_side.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"
#include "support/kcat.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka_environment = KafkaSide::install_broker();

kafka::ConnectOptions options() { return KafkaSide::options(); }

INSTANTIATE_TEST_SUITE_P(Kafka, LogConformance, testing::Values(&KafkaSide::make));

// What only Kafka can show.
class KafkaLog : public LogConformance {};
INSTANTIATE_TEST_SUITE_P(Kafka, KafkaLog, testing::Values(&KafkaSide::make));

TEST_P(KafkaLog, ReadsWhatAForeignClientWrote) {
  const auto name = topic(1);
  ASSERT_TRUE(kcat_produce_bytes({.bootstrap = options().brokers,
                                  .topic = name,
                                  .key = "hall",
                                  .headers = {{"content-type", "application/json"}},
                                  .partition = 0},
                                 R"({"people": 3})"));
  ASSERT_TRUE(kcat_produce_bytes(
      {.bootstrap = options().brokers, .topic = name, .key = "hall", .partition = 0},
      std::nullopt));
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({{name, 0}})));
  const auto records = take(*reading, 2);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].key, "hall");
  EXPECT_EQ(records[0].value, R"({"people": 3})");
  EXPECT_THAT(records[0].headers, ElementsAre(testing::Pair("content-type", "application/json")));
  EXPECT_EQ(records[1].value, std::nullopt);
}

TEST_P(KafkaLog, WritesWhatAForeignClientReads) {
  const auto name = topic(1);
  auto writing = writer(unique_name("writer"));
  const std::vector<log::Header> headers{{"reason", "late"}};
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append(
      {.topic = name, .partition = 0, .key = "hall", .value = "state", .headers = headers}));
  CROWDFLOW_ASSERT_DONE(writing->commit());
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "aborted"}));
  CROWDFLOW_ASSERT_DONE(writing->abort());

  const auto seen = kcat_consume({.bootstrap = options().brokers, .topic = name});
  ASSERT_EQ(seen.error, "");
  ASSERT_EQ(seen.records.size(), 1u);
  EXPECT_EQ(seen.records[0].key, "hall");
  EXPECT_EQ(seen.records[0].value, "state");
  EXPECT_EQ(seen.records[0].header("reason"), "late");
}

// An engine that is started right after its topics were made asks so.
TEST_P(KafkaLog, TellsWhereAPartitionEndsThatHasOnlyJustBeenMade) {
  const std::int32_t last = 199;  // of many: the broker begins to lead it some time after the first
  const log::PartitionId bounded{topic(last + 1), last};
  const auto bounds = log_->query_bounds(bounded);
  CROWDFLOW_ASSERT_DONE(bounds);
  EXPECT_EQ(bounds->high, 0);
  const log::PartitionId dated{topic(last + 1), last};
  const auto offset = log_->offset_at(dated, WallTime{});
  CROWDFLOW_ASSERT_DONE(offset);
  EXPECT_EQ(*offset, 0);
}

// librdkafka 2.0's own question waits for a leader that is dead until it is back.
TEST_P(KafkaLog, GivesUpAskingALeaderThatIsAway) {
  const log::PartitionId partition{topic(1), 0};
  CROWDFLOW_ASSERT_DONE(log_->query_bounds(partition));
  ASSERT_TRUE(kafka_environment->broker().kill());
  const auto bounds = log_->query_bounds(partition);
  ASSERT_FALSE(bounds);
  EXPECT_EQ(bounds.error().code, ErrorCode::kUnavailable) << bounds.error().message;
  ASSERT_TRUE(kafka_environment->broker().start());
  EXPECT_TRUE(log_->query_bounds(partition));
}

// So says a broker that led the partition before and has slept since.
TEST_P(KafkaLog, ReadsOnWhereABrokerSaysTooEarlyThatThereIsNothing) {
  const auto name = topic(1);
  auto reading = reader();
  const std::vector<log::Position> ahead{{{name, 0}, 3}};
  CROWDFLOW_ASSERT_DONE(reading->start_at(ahead));
  const auto until = std::chrono::steady_clock::now() + 2s;  // it is refused several times
  while (std::chrono::steady_clock::now() < until) {
    const auto none = reading->take(10, 100ms);
    CROWDFLOW_ASSERT_DONE(none);
    EXPECT_TRUE((*none)->records().empty());
  }
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  for (const auto* value : {"0", "1", "2", "3", "4"})
    CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 0, .value = value}));
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  EXPECT_THAT(values(take(*reading, 2)), ElementsAre("3", "4"));
}

TEST_P(KafkaLog, WaitsOutAnOpenTransactionBeforeItTellsPositions) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  const log::PartitionId partition{name, 0};
  auto reading = reader(group);
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "a"}));
  const std::vector<log::Position> positions{{partition, 5}};
  CROWDFLOW_ASSERT_DONE(writing->send_positions(*reading->assignment(), positions));

  std::vector<std::int64_t> told;
  std::thread asking([&] {
    const auto answer = log_->committed(group, std::vector{partition});
    told.push_back(answer ? answer->front().offset : -2);
  });
  // The commit comes while the other thread is being put off; it must not be told -1 before.
  CROWDFLOW_ASSERT_DONE(reading->take(1, 300ms));
  const auto committed = writing->commit();
  asking.join();
  CROWDFLOW_ASSERT_DONE(committed);
  EXPECT_THAT(told, ElementsAre(5));
}

TEST_P(KafkaLog, ReadsAndWritesOnThroughAKilledBroker) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  auto writing = writer(unique_name("writer"));
  write(*writing, partition, {"in a transaction before"});
  CROWDFLOW_ASSERT_DONE(
      (*appending)->append({.topic = name, .partition = 0, .value = "acknowledged before"}));
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  ASSERT_EQ(take(*reading, 2).size(), 2u);
  ASSERT_TRUE(eventually(10s, [&] { return log_->health().reachable; }));

  ASSERT_TRUE(kafka_environment->broker().kill());
  CROWDFLOW_ASSERT_DONE(
      (*appending)->append({.topic = name, .partition = 0, .value = "while it was away"}));
  EXPECT_FALSE((*appending)->flush(100ms).has_value());
  ASSERT_TRUE(eventually(10s, [&] {
    EXPECT_TRUE(reading->take(100, kWait).has_value());
    return !log_->health().reachable;
  }));
  EXPECT_THAT(log_->health().reason, HasSubstr(options().brokers));
  EXPECT_EQ(reading->bounds(partition), std::nullopt);

  ASSERT_TRUE(kafka_environment->broker().start());
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
  write(*writing, partition, {"in a transaction after"});
  EXPECT_THAT(values(take(*reading, 2)),
              ElementsAre("while it was away", "in a transaction after"));
  EXPECT_TRUE(eventually(10s, [&] { return log_->health().reachable; }));
}

TEST_P(KafkaLog, WritesOnceWhatWasOpenWhenTheBrokerWasKilled) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  const auto writer_name = unique_name("writer");
  auto writing = writer(writer_name);
  write(*writing, partition, {"before"});
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "across"}));
  ASSERT_TRUE(kafka_environment->broker().kill());
  ASSERT_TRUE(kafka_environment->broker().start());

  // An outage shorter than the transaction's time-out ends in a commit; a longer one, on a busy
  // machine, in an error, and then the log tells what has become of it.
  auto done = writing->append({.topic = name, .partition = 0, .value = "after"});
  if (done) done = writing->commit();
  if (!done) {
    writing = writer(writer_name);
    auto look = reader();
    CROWDFLOW_ASSERT_DONE(look->start_at(from_beginning({partition})));
    if (take_all(*look, partition).size() == 1) write(*writing, partition, {"across", "after"});
  }
  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  EXPECT_THAT(values(take_all(*reading, partition)), ElementsAre("before", "across", "after"));
}

TEST_P(KafkaLog, DoesNotTakeATransactionThatTookTooLongForOneThatWasFenced) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  const auto writer_name = unique_name("writer");
  auto writing = writer(writer_name);
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "forgotten"}));

  auto reading = reader();
  CROWDFLOW_ASSERT_DONE(reading->start_at(from_beginning({partition})));
  // The record has arrived, and then the brokers take it back.
  take_until(*reading, [&](const auto&) { return reading->position(partition) > 0; });
  ASSERT_GT(reading->position(partition), 0);

  auto done = writing->append({.topic = name, .partition = 0, .value = "too late"});
  if (done) done = writing->commit();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::kUnavailable) << done.error().message;
  writing = writer(writer_name);
  write(*writing, partition, {"again"});
  EXPECT_THAT(values(take(*reading, 1)), ElementsAre("again"));
}

TEST_P(KafkaLog, EndsQuicklyWhileTheBrokerIsAway) {
  const auto name = topic(1);
  auto alone = reader();
  CROWDFLOW_ASSERT_DONE(alone->start_at(from_beginning({{name, 0}})));
  auto member = reader(unique_name("group"));
  CROWDFLOW_ASSERT_DONE(member->join(std::vector{name}));
  ASSERT_TRUE(take_assignment(*member, [](const auto& p) { return p.size() == 1; }));
  auto unanswered = reader(unique_name("group"), "named");
  CROWDFLOW_ASSERT_DONE(unanswered->join(std::vector{name}));
  ASSERT_TRUE(take_assignment(*unanswered, [](const auto& p) { return p.size() == 1; }));
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "lost"}));
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);

  ASSERT_TRUE(kafka_environment->broker().kill());
  CROWDFLOW_ASSERT_DONE((*appending)->append({.topic = name, .partition = 0, .value = "lost"}));
  const auto before = std::chrono::steady_clock::now();
  alone.reset();
  member.reset();
  unanswered.reset();
  writing.reset();
  *appending = nullptr;
  log_.reset();
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_LT(took, 15s);
  ASSERT_TRUE(kafka_environment->broker().start());
}

TEST_P(KafkaLog, AMemberThatLeavesHandsItsPartitionsOverAtOnce) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  auto leaving = reader(group);
  CROWDFLOW_ASSERT_DONE(leaving->join(std::vector{name}));
  ASSERT_TRUE(take_assignment(*leaving, [](const auto& p) { return p.size() == 1; }));
  leaving.reset();
  auto next = reader(group);
  const auto before = std::chrono::steady_clock::now();
  CROWDFLOW_ASSERT_DONE(next->join(std::vector{name}));
  EXPECT_TRUE(take_assignment(*next, [](const auto& p) { return p.size() == 1; }));
  EXPECT_LT(std::chrono::steady_clock::now() - before, 8s) << "the session's time-out is 10 s";
}

TEST_P(KafkaLog, CatchesUpWithoutStandingStillAtAFullQueue) {
  const auto name = topic(1);
  constexpr int kRecords = 30'000;
  const std::string value(100, 'x');
  auto appending = log_->appender();
  CROWDFLOW_ASSERT_DONE(appending);
  for (int i = 0; i < kRecords; ++i) {
    while (!(*appending)->append({.topic = name, .partition = 0, .value = value})) {
      CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));
    }
  }
  CROWDFLOW_ASSERT_DONE((*appending)->flush(kPatience));

  auto small = options();  // librdkafka alone would need a second for each thousand
  small.properties = {{"queued.min.messages", "1000"}, {"fetch.message.max.bytes", "20000"}};
  const auto made = kafka::connect(small);
  CROWDFLOW_ASSERT_DONE(made);
  auto reading = (*made)->reader({.group = "", .instance = ""});
  CROWDFLOW_ASSERT_DONE(reading);
  CROWDFLOW_ASSERT_DONE((*reading)->start_at(from_beginning({{name, 0}})));
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(take(**reading, kRecords).size(), std::size_t{kRecords});
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
}

TEST_P(KafkaLog, SaysThatAJoinedTopicDoesNotExist) {
  auto member = reader(unique_name("group"));
  CROWDFLOW_ASSERT_DONE(member->join(std::vector<std::string>{"nowhere.readings"}));
  std::optional<Error> told;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!told && std::chrono::steady_clock::now() < deadline) {
    if (const auto batch = member->take(10, kWait); !batch) told = batch.error();
  }
  ASSERT_TRUE(told);
  EXPECT_EQ(told->code, ErrorCode::kNotFound);
  EXPECT_THAT(told->message, HasSubstr("nowhere.readings"));
}

TEST_P(KafkaLog, RefusesARecordThatTheTopicDoesNotTake) {
  const auto name = topic(1);
  const std::string large(3'000'000, 'x');
  const auto writer_name = unique_name("writer");
  auto writing = writer(writer_name);
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = large}));
  const auto refused = writing->commit();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid) << refused.error().message;
  CROWDFLOW_ASSERT_DONE(writing->abort());
  auto next = writer(writer_name);
  write(*next, {name, 0}, {"small"});
}

}  // namespace
}  // namespace crowdflow::test
