#include "processor/session.h"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "unit/processor/hall.h"
#include "unit/processor/held_log.h"

namespace crowdflow::processor {
namespace {

using std::chrono_literals::operator""ms;

// A session on threads of its own, and the log that it works on.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    options_.instance = "one";
    options_.assign_by_hand = true;
    options_.venues.push_back({.yaml = "the file", .venue = hall()});
    options_.commit_interval = 5ms;
    options_.now = [] { return wall(kStart); };
    create_topics(1);
  }
  ~SessionTest() override { log_.let_go(); }

  void create_topics(std::int32_t partitions) {
    for (const std::string& topic : topics_.all())
      log_.records().create(topic, partitions);
  }
  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      Session session(log_, options_, report_);
      auto ended = session.run(stop);
      const std::lock_guard lock(mutex_);
      ended_ = std::move(ended);
    });
  }
  [[nodiscard]] bool ended() const {
    const std::lock_guard lock(mutex_);
    return ended_.has_value();
  }
  void publish(std::int64_t seconds) {
    for (; seconds > 0; --seconds) {
      log_.records().put({topics_.readings, 0}, wall(kStart), "hall",
                         reading_of(kStart + published_++));
    }
  }
  // How far the readings were taken, and how far committed.
  [[nodiscard]] std::int64_t taken(std::int32_t partition = 0) const {
    return log_.records().taken({topics_.readings, partition});
  }
  [[nodiscard]] std::int64_t committed() const {
    const auto pages = log_.records().values({topics_.journal, 0});
    return pages.empty() ? 0 : wire::parse_journal(pages.back())->next_offset;
  }
  template <typename Condition>
  [[nodiscard]] static bool comes_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  void hold_a_commit() {
    log_.hold();
    publish(1);
    ASSERT_TRUE(comes_true([&] { return log_.waiting() == 1; }));
  }

  const log::TopicNames topics_;
  HeldLog log_;
  ProcessorOptions options_;
  StatusCell cell_;
  Report report_{cell_, {}};
  std::int64_t published_ = 0;
  mutable std::mutex mutex_;
  std::optional<Result<void>> ended_;
  std::jthread thread_;
};

TEST_F(SessionTest, TakesOnWhileACommitIsUnderWayAndCommitsThatNext) {
  start();
  publish(3);
  ASSERT_TRUE(comes_true([&] { return committed() == 3; }));

  hold_a_commit();
  publish(5);
  EXPECT_TRUE(comes_true([&] { return taken() == 9; }));
  EXPECT_EQ(log_.waiting(), 1) << "one commit at a time";
  EXPECT_EQ(committed(), 3);
  log_.let_go();
  EXPECT_TRUE(comes_true([&] { return committed() == 9; }));
}

TEST_F(SessionTest, TakesOnWhileEachCommitLeavesAnotherPartitionOver) {
  create_topics(2);
  options_.states_in_commit = 0;  // one partition is enough
  const auto put = [&](std::int32_t partition, std::size_t bytes) {
    log_.records().put({topics_.readings, partition}, wall(kStart), "", std::string(bytes, '?'));
  };
  log_.hold();
  start();
  ASSERT_TRUE(comes_true([&] { return log_.waiting() == 1; }));
  // More than may wait for a commit, and no more than that in either.
  constexpr std::int64_t kRecords = 9;
  for (std::int64_t i = 0; i < kRecords; ++i) {
    for (const std::int32_t partition : {0, 1})
      put(partition, std::size_t{4} << 20U);
  }
  ASSERT_TRUE(comes_true([&] { return taken(0) + taken(1) > 2 * kRecords - 2; }));
  log_.let_one_go();
  for (const std::int32_t partition : {0, 1})
    put(partition, 1);
  EXPECT_TRUE(comes_true([&] { return taken(0) == kRecords + 1 && taken(1) == kRecords + 1; }));
  EXPECT_TRUE(comes_true([&] { return log_.waiting() == 1; }));
}

// That partition's first journal record is still to come, and a position is that of a record.
TEST_F(SessionTest, CommitsNoPositionOfAPartitionThatItLeavesOver) {
  create_topics(2);
  options_.states_in_commit = 0;  // one partition is enough
  log_.hold();
  start();
  ASSERT_TRUE(comes_true([&] { return log_.waiting() == 1; }));
  EXPECT_EQ(log_.positions().size(), 1u);
}

TEST_F(SessionTest, CommitsAnAlarmThatIsRaisedDuringACommitRightAfterIt) {
  options_.commit_interval = std::chrono::hours{1};  // nothing but an alarm makes a commit due
  start();
  log_.hold();
  publish(11);  // ten people are too many
  ASSERT_TRUE(comes_true([&] { return log_.waiting() == 1; }));
  const log::PartitionId alerts{topics_.alerts, 0};
  EXPECT_TRUE(log_.records().values(alerts).empty());
  // Nobody is left, and the alarm is over.
  for (std::int64_t i = 0; i < 11; ++i) {
    log_.records().put({topics_.readings, 0}, wall(kStart), "hall",
                       reading_of(kStart + published_++, 0, 1));
  }
  EXPECT_TRUE(comes_true([&] { return taken() == 22; }));
  log_.let_go();
  EXPECT_TRUE(comes_true([&] { return log_.records().values(alerts).size() == 2; }));
}

TEST_F(SessionTest, SendsTheSameAgainWhenATransactionCameToNothing) {
  start();
  publish(3);
  ASSERT_TRUE(comes_true([&] { return committed() == 3; }));
  log_.abort_next();
  publish(3);
  ASSERT_TRUE(comes_true([&] { return committed() == 6; }));
  EXPECT_EQ(log_.aborted(), 1);
  EXPECT_FALSE(ended());
}

TEST_F(SessionTest, ForwardsMoreThanAnAppenderQueues) {
  create_topics(2);
  const std::int32_t home = log::home_partition("hall", 2);
  constexpr std::int64_t kRecords = 3 * HeldLog::kQueued + 1;
  for (std::int64_t i = 0; i < kRecords; ++i) {
    log_.records().put({topics_.readings, 1 - home}, wall(kStart), "",
                       reading_of(kStart + published_++));
  }
  start();
  EXPECT_TRUE(comes_true([&] { return taken(home) == kRecords; }));
  EXPECT_FALSE(ended());
}

TEST_F(SessionTest, EndsWithTheCommitUnderWayAndOneOfAllThatWasTaken) {
  start();
  publish(3);
  ASSERT_TRUE(comes_true([&] { return committed() == 3; }));
  hold_a_commit();
  publish(5);
  ASSERT_TRUE(comes_true([&] { return taken() == 9; }));
  thread_.request_stop();
  EXPECT_FALSE(ended());
  log_.let_go();
  ASSERT_TRUE(comes_true([&] { return ended(); }));
  EXPECT_TRUE(ended_->has_value()) << ended_->error().message;
  EXPECT_EQ(committed(), 9);
}

TEST_F(SessionTest, TakesNoMoreThanMayWaitWhileACommitIsHeld) {
  const auto put = [&](int records) {
    for (; records > 0; --records) {
      log_.records().put({topics_.readings, 0}, wall(kStart), "",
                         std::string(std::size_t{4} << 20U, '?'));
    }
  };
  start();
  publish(1);
  ASSERT_TRUE(comes_true([&] { return committed() == 1; }));
  hold_a_commit();
  put(17);  // 68 MiB, and 64 may wait
  ASSERT_TRUE(comes_true([&] { return taken() == 19; }));
  put(9);
  std::this_thread::sleep_for(200ms);  // long enough to take them
  EXPECT_EQ(taken(), 19);
  log_.let_go();
  EXPECT_TRUE(comes_true([&] { return committed() == 28; }));
}

}  // namespace
}  // namespace crowdflow::processor
