#include "kafka/embedded_broker.h"

#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "kafka/kafka_log.h"

namespace crowdflow::kafka {
namespace {

using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

constexpr std::chrono::seconds kPatience{20};

class EmbeddedBrokerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto broker = EmbeddedBroker::start(2, {"readings", "states"});
    ASSERT_TRUE(broker.has_value()) << broker.error().message;
    broker_ = std::move(*broker);
    auto made = connect({.brokers = broker_->address(),
                         .properties = {},
                         .fetch_wait = 10ms,
                         .warm_topics = {"readings", "states"}});
    ASSERT_TRUE(made.has_value()) << made.error().message;
    log_ = std::move(*made);
  }

  std::vector<std::string> take(log::Reader& reader, std::size_t count) {
    std::vector<std::string> values;
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (values.size() < count && std::chrono::steady_clock::now() < deadline) {
      const auto batch = reader.take(100, 50ms);
      EXPECT_TRUE(batch.has_value()) << batch.error().message;
      if (!batch) break;
      for (const auto& record : (*batch)->records())
        values.emplace_back(record.value);
    }
    return values;
  }

  std::unique_ptr<EmbeddedBroker> broker_;
  std::unique_ptr<log::Log> log_;
};

TEST_F(EmbeddedBrokerTest, HasTheTopicsThatItWasGiven) {
  const auto count = log_->partition_count("states");
  ASSERT_TRUE(count.has_value()) << count.error().message;
  EXPECT_EQ(*count, 2);
}

TEST_F(EmbeddedBrokerTest, CarriesTheWayOfAReadingWithPartitionsAssignedByHand) {
  auto reader = log_->reader({.group = "engine", .instance = "one"});
  ASSERT_TRUE(reader.has_value());
  const std::vector<log::Position> beginning{{{"readings", 0}, 0}, {{"readings", 1}, 0}};
  ASSERT_TRUE((*reader)->start_at(beginning).has_value());
  auto appender = log_->appender();
  ASSERT_TRUE(appender.has_value());
  ASSERT_TRUE((*appender)->append({.topic = "readings", .partition = 0, .value = "a"}).has_value());
  ASSERT_TRUE((*appender)->append({.topic = "readings", .partition = 1, .value = "b"}).has_value());
  ASSERT_TRUE((*appender)->flush(kPatience).has_value());
  EXPECT_THAT(take(**reader, 2), UnorderedElementsAre("a", "b"));

  auto writer = log_->writer("one");
  ASSERT_TRUE(writer.has_value());
  ASSERT_TRUE((*writer)->open().has_value());
  ASSERT_TRUE((*writer)->begin().has_value());
  ASSERT_TRUE((*writer)->append({.topic = "states", .partition = 1, .value = "c"}).has_value());
  const std::vector<log::Position> positions{{{"readings", 0}, 1}, {{"readings", 1}, 1}};
  const auto sent = (*writer)->send_positions(*(*reader)->assignment(), positions);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  const auto done = (*writer)->commit();
  ASSERT_TRUE(done.has_value()) << done.error().message;
  auto states = log_->reader({.group = "", .instance = ""});
  ASSERT_TRUE(states.has_value());
  const std::vector<log::Position> all{{{"states", 1}, 0}};
  ASSERT_TRUE((*states)->start_at(all).has_value());
  EXPECT_THAT(take(**states, 1), UnorderedElementsAre("c"));

  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::optional<log::OffsetBounds> bounds;
  while (std::chrono::steady_clock::now() < deadline) {
    ASSERT_TRUE((*reader)->take(10, 10ms).has_value());
    bounds = (*reader)->bounds({"readings", 0});
    if (bounds && (*reader)->position({"readings", 0}) == bounds->high) break;
  }
  ASSERT_TRUE(bounds);
  EXPECT_EQ((*reader)->position({"readings", 0}), bounds->high);
  EXPECT_TRUE(log_->health().reachable) << log_->health().reason;
}

TEST_F(EmbeddedBrokerTest, CannotLookUpTimesSoThatReadingStartsAtTheBeginning) {
  auto appender = log_->appender();
  ASSERT_TRUE(appender.has_value());
  ASSERT_TRUE((*appender)->append({.topic = "readings", .partition = 0, .value = "a"}).has_value());
  ASSERT_TRUE((*appender)->flush(kPatience).has_value());
  const auto offset =
      log_->offset_at({"readings", 0}, WallTime{std::chrono::hours{24 * 365 * 100}});
  ASSERT_TRUE(offset.has_value()) << offset.error().message;
  EXPECT_EQ(*offset, 0);
}

TEST_F(EmbeddedBrokerTest, KnowsNoCommittedPositions) {
  const std::vector<log::PartitionId> partitions{{"readings", 0}, {"readings", 1}};
  const auto committed = log_->committed("engine", partitions);
  ASSERT_TRUE(committed.has_value()) << committed.error().message;
  ASSERT_EQ(committed->size(), 2u);
  EXPECT_EQ((*committed)[0].offset, -1);
  EXPECT_EQ((*committed)[1].at, partitions[1]);
}

}  // namespace
}  // namespace crowdflow::kafka
