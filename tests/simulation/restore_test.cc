#include "processor/restore.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <vector>

#include "processor/cursor.h"
#include "simulation/simulated_log.h"
#include "wire/journal.h"
#include "wire/snapshot.h"

namespace crowdflow::simulation {
namespace {

// A log with one partition, and a process that talks to it.
class SimulatedRestore : public testing::Test {
 protected:
  SimulatedRestore() {
    options_.steady_now = [this] {
      return std::chrono::steady_clock::time_point{clockwork_.now()};
    };
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
    ASSERT_TRUE(writer_->begin());
    commit_position(0, note);
  }
  void commit_position(std::int64_t offset, const std::string& note) {
    std::vector<log::Position> positions(1);
    positions[0].at.topic = options_.topics.readings;
    positions[0].offset = offset;
    positions[0].note = note;
    const auto reader = *log_.reader({.group = options_.group, .instance = "engine"});
    ASSERT_TRUE(reader->start_at(positions));
    ASSERT_TRUE(writer_->send_positions(*reader->assignment(), positions));
    ASSERT_TRUE(writer_->commit());
  }
  // Of a reading, and a snapshot after it.
  void commit_a_page_that_names_a_snapshot() {
    broker_->partition({options_.topics.readings, 0}).append({}, broker_->wall(), 0);
    const std::string bytes = "a snapshot";
    wire::Journal page{
        .entries = {wire::ShardStart{}, wire::OffsetRange{.first = 0, .end = 1},
                    wire::SnapshotCut{1}},
        .next_offset = 1,
        .snapshot = wire::SnapshotName{.generation = 1, .chunks = 1, .bytes = bytes.size()},
        .page = 1};
    ASSERT_TRUE(writer_->open() && writer_->begin());
    ASSERT_TRUE(writer_->append({.topic = options_.topics.snapshots,
                                 .partition = 0,
                                 .key = wire::chunk_key(0, 1, 0),
                                 .value = bytes}));
    ASSERT_TRUE(writer_->append(
        {.topic = options_.topics.journal, .partition = 0, .value = wire::to_bytes(page)}));
    commit_position(1, "1");
  }
  Result<processor::RestoredPartition> restore() {
    return processor::restore_partition(log_, options_, processor::configured_venues(options_, 1),
                                        0);
  }
  static void expect_no_history(const Result<processor::RestoredPartition>& restored) {
    ASSERT_TRUE(restored) << restored.error().message;
    const wire::ShardStart unknown{.first_offset = 1, .history_missing = true};
    EXPECT_EQ(std::get<wire::ShardStart>(restored->work->pending().entries.front()), unknown);
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

TEST_F(SimulatedRestore, BeginsWithoutHistoryWhenTheSnapshotHasExpired) {
  commit_a_page_that_names_a_snapshot();
  broker_->partition({options_.topics.readings, 0}).forget_before(1, broker_->wall());
  Partition& snapshots = broker_->partition({options_.topics.snapshots, 0});
  snapshots.forget_before(snapshots.high(), broker_->wall());
  expect_no_history(restore());
}

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

// Its end was told too early, and what it seems to hold was taken back.
TEST_F(SimulatedRestore, WaitsWhileAJournalSeemsToHaveExpired) {
  take_back_the_first_commit();
  commit_a_page_that_names_a_snapshot();
  Partition& journal = broker_->partition({options_.topics.journal, 0});
  journal.forget_before(1, broker_->wall());
  journal.believed_high = 2;
  clockwork_.after(std::chrono::seconds{1}, [&] { journal.believed_high.reset(); });
  const auto restored = restore();
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kUnavailable) << restored.error().message;
}

// Its end was told for one that lies before what is left of it.
TEST_F(SimulatedRestore, WaitsWhileAJournalSeemsToEndBeforeItBegins) {
  take_back_the_first_commit();
  commit_a_page_that_names_a_snapshot();
  Partition& journal = broker_->partition({options_.topics.journal, 0});
  journal.forget_before(1, broker_->wall());
  journal.believed_high = 0;
  clockwork_.after(std::chrono::seconds{1}, [&] { journal.believed_high.reset(); });
  const auto restored = restore();
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kUnavailable) << restored.error().message;
}

TEST_F(SimulatedRestore, BeginsWithoutHistoryWhenTheJournalHasExpired) {
  commit_a_page_that_names_a_snapshot();
  Partition& journal = broker_->partition({options_.topics.journal, 0});
  journal.forget_before(journal.high(), broker_->wall());
  expect_no_history(restore());
}

TEST_F(SimulatedRestore, IsToBeTriedAgainWhenRetentionOvertakesIt) {
  const log::PartitionId readings{options_.topics.readings, 0};
  broker_->partition(readings).append({}, broker_->wall(), 0);
  auto cursor = processor::Cursor::open(log_, options_, readings, 0);
  ASSERT_TRUE(cursor);
  broker_->partition(readings).forget_before(1, broker_->wall());
  const auto record = cursor->next(1);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::kUnavailable) << record.error().message;
}

}  // namespace
}  // namespace crowdflow::simulation
