// Who may commit positions on Kafka, and where a partition ends: what restores and hand-overs rely
// on, below the port. tests/bugs puts in bugs that these find.
#include <chrono>
#include <gmock/gmock.h>
#include <optional>
#include <string>
#include <vector>

#include "integration/kafka_side.h"

namespace crowdflow::test {
namespace {

KafkaEnvironment* const kafka_environment = KafkaSide::install_broker();

class KafkaPositions : public LogConformance {
 protected:
  // Takes from both until each holds its part of two partitions, and begins to read it.
  void share(log::Reader& one, log::Reader& other) {
    std::size_t ones = 0;
    std::size_t others = 0;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while ((ones != 1 || others != 1) && std::chrono::steady_clock::now() < deadline) {
      for (const auto& [member, held] : {std::pair{&one, &ones}, std::pair{&other, &others}}) {
        const auto batch = member->take(100, kWait);
        CROWDFLOW_ASSERT_DONE(batch);
        if (!(*batch)->assignment()) continue;
        const auto& partitions = (*batch)->assignment()->partitions;
        *held = partitions.size();
        CROWDFLOW_ASSERT_DONE(member->start_at(from_beginning(partitions)));
      }
    }
    ASSERT_EQ(ones, 1u);
    ASSERT_EQ(others, 1u);
  }
  std::unique_ptr<log::Reader> only_member(const std::string& group, const std::string& instance,
                                           const std::string& name) {
    auto member = reader(group, instance);
    EXPECT_TRUE(member->join(std::vector{name}));
    const auto held = take_assignment(*member, [](const auto& p) { return !p.empty(); });
    EXPECT_TRUE(held);
    EXPECT_TRUE(member->start_at(from_beginning(held.value_or(std::vector<log::PartitionId>{}))));
    return member;
  }
};
INSTANTIATE_TEST_SUITE_P(Kafka, KafkaPositions, testing::Values(&KafkaSide::make));

TEST_P(KafkaPositions, AreTakenFromAMemberAfterEachOfItsAssignments) {
  const auto name = topic(2);
  const auto group = unique_name("group");
  auto first = only_member(group, "a", name);
  auto second = reader(group, "b");
  CROWDFLOW_ASSERT_DONE(second->join(std::vector{name}));
  share(*first, *second);

  auto writing = writer(unique_name("writer"));
  const std::vector<log::Position> positions{{{name, 0}, 3}};  // "a" comes before "b"
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "x"}));
  CROWDFLOW_ASSERT_DONE(writing->send_positions(*first->assignment(), positions));
  CROWDFLOW_ASSERT_DONE(writing->commit());
  const auto committed = log_->committed(group, std::vector{log::PartitionId{name, 0}});
  CROWDFLOW_ASSERT_DONE(committed);
  EXPECT_EQ(committed->front().offset, 3);
}

// The group's coordinator comes into being with this question, and takes its time: an engine on a
// new cluster asks so.
TEST(KafkaFirstUse, PositionsAreToldByACoordinatorThatIsOnlyJustStarting) {
  KafkaBroker broker({"offsets.topic.num.partitions=200"});
  ASSERT_TRUE(broker.start());
  const auto log = kafka::connect({.brokers = broker.bootstrap()});
  CROWDFLOW_ASSERT_DONE(log);
  const auto committed = (*log)->committed("engine", std::vector{log::PartitionId{"readings", 0}});
  CROWDFLOW_ASSERT_DONE(committed);
  EXPECT_EQ(committed->front().offset, -1);
}

// A process that slept through its transaction's time, and wakes up while it sends positions.
TEST_P(KafkaPositions, AreNoWrongRequestWhenTheTransactionHasFailedMeanwhile) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  auto member = only_member(group, "the one", name);
  auto writing = writer(unique_name("writer"));
  CROWDFLOW_ASSERT_DONE(writing->begin());
  KafkaBroker& broker = kafka_environment->broker();
  broker.freeze();
  const auto awake = side_->beside([&] {
    side_->pass(std::chrono::milliseconds{11'500});  // the record's time has run out by then
    broker.wake();
  });
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "too late"}));
  side_->pass(std::chrono::seconds{3});
  const std::vector<log::Position> positions{{{name, 0}, 1}};
  const auto refused = writing->send_positions(*member->assignment(), positions);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().code, ErrorCode::kInvalid) << refused.error().message;
  if (refused.error().code == ErrorCode::kAborted) CROWDFLOW_ASSERT_DONE(writing->abort());
}

// A process that was stopped and wakes up: another has its name, and it does not know yet.
TEST_P(KafkaPositions, AreRefusedFromAMemberThatDoesNotKnowThatAnotherHasItsName) {
  const auto name = topic(1);
  const auto group = unique_name("group");
  auto earlier = only_member(group, "the one", name);
  auto writing = writer(unique_name("writer"));
  auto later = only_member(group, "the one", name);

  const std::vector<log::Position> stale{{{name, 0}, 1}};
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "stale"}));
  auto refused = writing->send_positions(*earlier->assignment(), stale);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().code, ErrorCode::kAborted) << refused.error().message;
  const auto committed = log_->committed(group, std::vector{log::PartitionId{name, 0}});
  CROWDFLOW_ASSERT_DONE(committed);
  EXPECT_EQ(committed->front().offset, -1);
}

// What was written while another had the partition is not known before it is asked for.
TEST_P(KafkaPositions, AreNotBoundedByWhatAnEarlierAssignmentHeard) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto writing = writer(unique_name("writer"));
  write(*writing, partition, {"a", "b"});
  auto looking = reader();
  CROWDFLOW_ASSERT_DONE(looking->start_at(from_beginning({partition})));
  take_until(*looking, [&](const auto&) { return looking->bounds(partition).has_value(); });
  const auto before = looking->bounds(partition);
  ASSERT_TRUE(before);
  CROWDFLOW_ASSERT_DONE(looking->start_at({}));
  write(*writing, partition, {"c", "d"});
  CROWDFLOW_ASSERT_DONE(looking->start_at(std::vector{log::Position{partition, 0}}));
  EXPECT_FALSE(looking->bounds(partition));
  take_until(*looking, [&](const auto&) { return looking->bounds(partition).has_value(); });
  const auto after = looking->bounds(partition);
  ASSERT_TRUE(after);
  EXPECT_GT(after->high, before->high);
}

// A restore that ended at what a reader may see now would miss what is committed a moment later.
TEST_P(KafkaPositions, EndWithWhatAnOpenTransactionHasWritten) {
  const auto name = topic(1);
  const log::PartitionId partition{name, 0};
  auto writing = writer(unique_name("writer"));
  write(*writing, partition, {"before"});
  const auto before = log_->query_bounds(partition);
  CROWDFLOW_ASSERT_DONE(before);
  CROWDFLOW_ASSERT_DONE(writing->begin());
  CROWDFLOW_ASSERT_DONE(writing->append({.topic = name, .partition = 0, .value = "open"}));
  auto looking = reader();
  CROWDFLOW_ASSERT_DONE(looking->start_at(from_beginning({partition})));
  // It has arrived when the end has moved past what the reader may see.
  take_until(*looking, [&](const auto&) {
    const auto heard = looking->bounds(partition);
    return heard && heard->high > before->high;
  });
  const auto asked = log_->query_bounds(partition);
  CROWDFLOW_ASSERT_DONE(asked);
  EXPECT_GT(asked->high, before->high);
  CROWDFLOW_ASSERT_DONE(writing->commit());
}

}  // namespace
}  // namespace crowdflow::test
