// Snapshots: cut, sent in pieces, named in the journal, and found again by a restore.
#include "wire/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processor/records_to_commit.h"
#include "processor/restore.h"
#include "processor/snapshot_sender.h"
#include "unit/processor/committed_log.h"
#include "unit/processor/hall.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

using std::chrono::steady_clock;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""min;

constexpr steady_clock::time_point kBegun{};

TEST(SnapshotSender, IsDueWhenRedoingWouldTakeTooLong) {
  const ProcessorOptions options;
  SnapshotSender sender(0, {}, 600ms, kBegun);
  EXPECT_FALSE(sender.due(options, kBegun));
  sender.worked(600ms);
  EXPECT_TRUE(sender.due(options, kBegun));
}

TEST(SnapshotSender, IsDueEveryHourInWhichAnythingCame) {
  const ProcessorOptions options;
  SnapshotSender sender(0, {}, 0ms, kBegun);
  EXPECT_FALSE(sender.due(options, kBegun + 61min));
  sender.worked(1ms);
  EXPECT_FALSE(sender.due(options, kBegun + 59min));
  EXPECT_TRUE(sender.due(options, kBegun + 60min));
}

TEST(SnapshotSender, TakesATenthOfTheTimeAtMost) {
  const ProcessorOptions options;
  SnapshotSender sender(0, {}, 2s, kBegun);
  const auto generation = sender.begin({.generation = 1});
  sender.cut({.generation = generation, .bytes = "x", .took = 300ms}, kBegun);
  std::vector<SnapshotChunk> chunks;
  sender.add_chunks(chunks);
  EXPECT_TRUE(sender.committed());
  sender.worked(2500ms);
  EXPECT_FALSE(sender.due(options, kBegun));
  sender.worked(600ms);
  EXPECT_TRUE(sender.due(options, kBegun));
}

TEST(SnapshotSender, SendsAllBytesOnceInAFewCommitsAndNamesThemAfterTheLast) {
  SnapshotSender sender(3, wire::SnapshotName{.generation = 8}, 2s, kBegun);
  EXPECT_EQ(sender.begin({.generation = 9, .snapshots_from = 70, .journal_from = 50}), 9U);
  std::string bytes(5'000'000, 'a');
  for (std::size_t i = 0; i < bytes.size(); i += 1000)
    bytes[i] = static_cast<char>('b' + i % 13);
  sender.cut({.generation = 9, .bytes = bytes}, kBegun);

  std::string sent;
  std::vector<SnapshotChunk> chunks;
  sender.add_chunks(chunks);  // a commit that came to nothing takes the same again
  const std::size_t first = chunks.size();
  chunks.clear();
  std::uint32_t number = 0;
  for (bool last = false; !last;) {
    ASSERT_TRUE(sender.sending());
    EXPECT_EQ(sender.newest()->generation, 8U);
    chunks.clear();
    sender.add_chunks(chunks);
    if (sent.empty()) {
      EXPECT_THAT(chunks, SizeIs(first));
    }
    for (const SnapshotChunk& chunk : chunks) {
      EXPECT_EQ(chunk.partition, 3);
      EXPECT_EQ(chunk.key, "3/9/" + std::to_string(number++));
      EXPECT_LE(chunk.bytes.size(), 512U * 1024);
      sent += chunk.bytes;
    }
    last = sender.committed();
  }
  EXPECT_EQ(sent, bytes);
  EXPECT_FALSE(sender.sending());
  EXPECT_EQ(sender.newest(), (wire::SnapshotName{.generation = 9,
                                                 .chunks = number,
                                                 .bytes = bytes.size(),
                                                 .snapshots_from = 70,
                                                 .journal_from = 50}));
}

// A partition whose first life took ten readings, was cut, and took ten more.
class RestoreFromSnapshot : public ::testing::Test {
 protected:
  RestoreFromSnapshot() {
    options_.parse_venue = [](const wire::VenueFile&) { return hall(); };
    for (const std::string* topic :
         {&options_.topics.readings, &options_.topics.journal, &options_.topics.snapshots}) {
      log_.records().create(*topic, 1);
    }
    first_life_.start({});
    first_life_.configure(configured_);
    first_life_.put_venue({.venue_id = "hall", .version = hall()->version}, hall());
    first_life_.tick({.now = wall(kStart)});
    take(0, 10);
    commit({});
    const auto generation = sender_.begin({.generation = 1, .journal_from = 1});
    sender_.cut(std::move(first_life_.cut(generation)), kBegun);
    take(10, 5);
    commit({});
    std::vector<SnapshotChunk> chunks;
    sender_.add_chunks(chunks);
    for (const SnapshotChunk& chunk : chunks)
      put(options_.topics.snapshots, chunk.key, std::string(chunk.bytes));
    EXPECT_TRUE(sender_.committed());
    take(15, 5);
    commit(sender_.newest());
  }

  void put(const std::string& topic, const std::string& key, const std::string& value) {
    log_.records().put({topic, 0}, WallTime{}, key, value);
  }
  void take(std::int64_t first, std::int64_t count) {
    const auto run = run_of(0, first, count);
    for (const log::Record& record : run->records()) {
      put(options_.topics.readings, "hall", std::string(record.value));
      first_life_.take(record);
    }
    first_life_.tick({.now = wall(kStart + first + count)});
  }
  void commit(const std::optional<wire::SnapshotName>& newest) {
    const HandOver hand_over{.pending = first_life_.hand_over({}),
                             .position = first_life_.position(),
                             .newest_snapshot = newest};
    const auto written = write_records(
        hand_over, options_.topics, {},
        [&](const std::string& topic, std::int32_t, const OutRecord& record) -> Result<void> {
          if (topic == options_.topics.journal) put(topic, record.key, record.value);
          return {};
        });
    ASSERT_TRUE(written);
  }
  RestoredPartition restored() {
    auto restored = restore_partition(log_, options_, configured_, 0);
    EXPECT_TRUE(restored) << restored.error().message;
    return restored ? std::move(*restored) : RestoredPartition{};
  }
  static std::string state_of(const PartitionWork& work) {
    std::string bytes;
    work.shard().save(bytes);
    return bytes;
  }

  CommittedLog log_;
  ProcessorOptions options_;
  const std::shared_ptr<const wire::ConfiguredVenues> configured_ =
      std::make_shared<const wire::ConfiguredVenues>(
          wire::ConfiguredVenues{.venue_ids = {"hall"}, .partitions = 1});
  PartitionWork first_life_{0};
  SnapshotSender sender_{0, {}, 2s, kBegun};
};

TEST_F(RestoreFromSnapshot, GivesTheStateThatWasThere) {
  const auto restored = this->restored();
  const auto& work = restored.work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(restored.snapshot, sender_.newest());
  EXPECT_EQ(work->position(), 20);
  EXPECT_EQ(state_of(*work), state_of(first_life_));
  EXPECT_THAT(work->pending().entries, IsEmpty());
  EXPECT_THAT(work->in_force(), SizeIs(1));
  ASSERT_NE(work->configured(), nullptr);
  EXPECT_EQ(*work->configured(), *configured_);
}

TEST_F(RestoreFromSnapshot, NeedsNothingFromBeforeTheCut) {
  log_.records().expire_before({options_.topics.readings, 0}, 10);
  log_.records().expire_before({options_.topics.journal, 0}, 1);
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(state_of(*work), state_of(first_life_));
}

TEST_F(RestoreFromSnapshot, ReadsItWhereABrokerDoesNotKnowOfItYet) {
  log_.records().expire_before({options_.topics.readings, 0}, 10);
  log_.tell_end({options_.topics.snapshots, 0}, 0);
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(state_of(*work), state_of(first_life_));
}

TEST_F(RestoreFromSnapshot, DoesNotWaitForEverForOneThatIsNotThere) {
  commit(wire::SnapshotName{.generation = 9, .chunks = 1, .bytes = 5, .snapshots_from = 1});
  steady_clock::time_point now{};
  options_.steady_now = [&now] { return now += 10s; };
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(state_of(*work), state_of(first_life_));
}

TEST_F(RestoreFromSnapshot, RedoesEverythingWhenTheSnapshotIsNotWhole) {
  log_.records().expire_before({options_.topics.snapshots, 0}, 1);
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(state_of(*work), state_of(first_life_));
}

TEST_F(RestoreFromSnapshot, BeginsANewLifeOfUnknownLevelsWhenReadingsAfterItHaveExpired) {
  log_.records().expire_before({options_.topics.readings, 0}, 12);
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(work->position(), 20);
  ASSERT_THAT(work->pending().entries, SizeIs(2));
  EXPECT_EQ(work->pending().entries[0],
            (wire::JournalEntry{wire::ShardStart{.first_offset = 20, .history_missing = true}}));
  EXPECT_EQ(work->pending().entries[1], wire::JournalEntry{*configured_});
}

TEST_F(RestoreFromSnapshot, GoesOnFromANewLifeThatTheJournalTellsOf) {
  log_.records().expire_before({options_.topics.readings, 0}, 12);
  auto second = restored();
  ASSERT_NE(second.work, nullptr);
  second.work->put_venue({.venue_id = "hall", .version = hall()->version}, hall());
  const HandOver hand_over{.pending = second.work->hand_over({}),
                           .position = second.work->position()};
  put(options_.topics.journal, "0",
      wire::to_bytes(wire::Journal{.entries = hand_over.pending.entries, .next_offset = 20}));
  const auto work = restored().work;
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(state_of(*work), state_of(*second.work));
  EXPECT_THAT(work->pending().entries, IsEmpty());
}

TEST(SnapshotBytes, AreRefusedWhenTheyAreOfAnotherPartition) {
  PartitionWork work(4);
  work.start({});
  const auto loaded = PartitionWork::load(5, work.cut(1).bytes, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message, "a snapshot of partition 4, expected 5");
}

TEST(SnapshotBytes, AreRefusedWhereverTheyAreCut) {
  PartitionWork work(0);
  work.start({});
  const std::string bytes = work.cut(1).bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(PartitionWork::load(0, std::string_view(bytes).substr(0, size), {}));
}

}  // namespace
}  // namespace crowdflow::processor
