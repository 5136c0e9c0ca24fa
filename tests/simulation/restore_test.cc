#include "processor/restore.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "simulation/simulated_log.h"
#include "wire/journal.h"

namespace crowdflow::simulation {
namespace {

// A log with one partition, and a process that talks to it.
class SimulatedRestore : public testing::Test {
 protected:
  SimulatedRestore() {
    for (const std::string* topic :
         {&options_.topics.readings, &options_.topics.journal, &options_.topics.snapshots}) {
      broker_->make_topic(*topic, 1);
    }
  }

  // The first page of the journal, and its end.
  void take_back_the_first_commit() {
    ASSERT_TRUE(writer_->open() && writer_->begin());
    wire::Journal page;
    page.entries = {wire::ShardStart{}};
    ASSERT_TRUE(writer_->append(
        {.topic = options_.topics.journal, .partition = 0, .value = wire::to_bytes(page)}));
    ASSERT_TRUE(writer_->abort());
  }

  void commit_the_first_position(const std::string& note) {
    const log::Position first{
        .at = {.topic = options_.topics.readings, .partition = 0}, .offset = 0, .note = note};
    const auto reader = *log_.reader({.group = options_.group, .instance = "engine"});
    ASSERT_TRUE(reader->start_at({&first, 1}) && writer_->begin());
    ASSERT_TRUE(writer_->send_positions(*reader->assignment(), {&first, 1}));
    ASSERT_TRUE(writer_->commit());
  }
  Result<processor::RestoredPartition> restore() {
    return processor::restore_partition(log_, options_, processor::configured_venues(options_, 1),
                                        0);
  }
  static void expect_a_beginning(const Result<processor::RestoredPartition>& restored) {
    ASSERT_TRUE(restored) << restored.error().message;
    const auto& entries = restored->work->pending().entries;
    ASSERT_EQ(entries.size(), 2u);  // and which venues are configured
    EXPECT_EQ(std::get<wire::ShardStart>(entries.front()), wire::ShardStart{});
    EXPECT_EQ(restored->work->position(), 0);
  }

  Clockwork clockwork_;
  Faults faults_{1, {}};
  std::shared_ptr<Broker> broker_ =
      std::make_shared<Broker>(clockwork_, faults_, WallTime{std::chrono::hours{400'000}});
  SimulatedLog log_{broker_, std::make_shared<Process>()};
  processor::ProcessorOptions options_;
  std::unique_ptr<log::Writer> writer_ = *log_.writer("engine");
};

TEST_F(SimulatedRestore, BeginsAnewWhenTheFirstCommitWasTakenBack) {
  take_back_the_first_commit();
  expect_a_beginning(restore());
}

// Pieces of a snapshot were once committed before the page that they belong to.
TEST_F(SimulatedRestore, BeginsAnewWhenAPositionWasCommittedBeforeTheFirstPage) {
  take_back_the_first_commit();
  commit_the_first_position("0");
  expect_a_beginning(restore());
}

// As after a broker that came back and does not know its end yet: not as if history had expired.
TEST_F(SimulatedRestore, WaitsWhileAWholeJournalEndsBeforeThePageThatTheGroupHasCommitted) {
  take_back_the_first_commit();
  commit_the_first_position("1");
  const auto restored = restore();
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kUnavailable) << restored.error().message;
}

}  // namespace
}  // namespace crowdflow::simulation
