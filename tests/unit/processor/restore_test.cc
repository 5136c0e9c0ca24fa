#include "processor/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processor/committed_log.h"
#include "unit/processor/held_log.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

// Offsets that no tzdata has.
const std::vector<UtcOffset> kThere{{.from = start_of_second(0), .seconds = seconds{1234}}};
const std::vector<UtcOffset> kHere{{.from = start_of_second(0), .seconds = seconds{4321}}};

std::shared_ptr<const Venue> hall(const std::vector<UtcOffset>& offsets) {
  auto venue = std::make_shared<Venue>();
  venue->id = "hall";
  venue->version = "0123456789abcdef";
  venue->utc_offsets = offsets;
  venue->profiles = {*built_in_profile("fruin-walkway")};
  venue->zones = {{.id = "hall", .area_m2 = 9}};
  venue->windows = {{10, 1}};
  return venue;
}

// A partition whose journal has a hall, read where local time was kThere.
class Restore : public testing::Test {
 protected:
  Restore() {
    options_.parse_venue = [](const wire::VenueFile& file) { return hall(file.utc_offsets); };
    log_.records().create(options_.topics.readings, 1);
    log_.records().create(options_.topics.journal, 1);
    log_.records().create(options_.topics.snapshots, 1);
    wire::Journal journal;
    journal.entries = {wire::ShardStart{},
                       wire::ConfiguredVenues{.venue_ids = {"hall"}, .partitions = 1},
                       wire::VenueFile{.venue_id = "hall",
                                       .version = "0123456789abcdef",
                                       .yaml = "the file",
                                       .utc_offsets = kThere}};
    put(journal);
  }
  void put(const wire::Journal& journal) {
    log_.records().put({options_.topics.journal, 0}, WallTime{}, "0", wire::to_bytes(journal));
  }

  static std::shared_ptr<const wire::ConfiguredVenues> configured(
      const std::vector<std::string>& venues) {
    return std::make_shared<const wire::ConfiguredVenues>(
        wire::ConfiguredVenues{.venue_ids = venues, .partitions = 1});
  }
  std::unique_ptr<PartitionWork> restored(const std::vector<std::string>& venues = {"hall"}) {
    auto work = restore_partition(log_, options_, configured(venues), 0);
    EXPECT_TRUE(work) << work.error().message;
    return work ? std::move(work->work) : nullptr;
  }

  CommittedLog log_;
  ProcessorOptions options_;
};

TEST_F(Restore, TakesLocalTimeFromTheJournalAndNotFromTheMachine) {
  const auto work = restored();
  ASSERT_NE(work, nullptr);
  ASSERT_THAT(work->shard().progress(), SizeIs(1));
  EXPECT_EQ(work->shard().progress()[0].venue->utc_offsets, kThere);
  EXPECT_THAT(work->pending().entries, IsEmpty());
}

TEST_F(Restore, PutsTheSameFileAnewWhenLocalTimeIsAnotherHere) {
  options_.venues = {{.yaml = "the file", .venue = hall(kHere)}};
  const auto work = restored();
  ASSERT_NE(work, nullptr);
  EXPECT_EQ(work->shard().progress()[0].venue->utc_offsets, kHere);
  ASSERT_THAT(work->pending().entries, SizeIs(1));
  EXPECT_EQ(std::get<wire::VenueFile>(work->pending().entries[0]).utc_offsets, kHere);
}

TEST_F(Restore, LeavesAFileInForceThatMeansTheSame) {
  options_.venues = {{.yaml = "the file", .venue = hall(kThere)}};
  const auto work = restored();
  ASSERT_NE(work, nullptr);
  EXPECT_THAT(work->pending().entries, IsEmpty());
}

TEST_F(Restore, GivesSeveralPartitionsInTheOrderInWhichTheyWereAskedFor) {
  CommittedLog log;
  for (const std::string& topic :
       {options_.topics.readings, options_.topics.journal, options_.topics.snapshots})
    log.records().create(topic, 7);
  for (std::int32_t p = 0; p < 7; ++p) {
    const auto page = wire::to_bytes(wire::Journal{.partition = p,
                                                   .entries = {wire::ShardStart{}},
                                                   .next_offset = 0,
                                                   .accounting = {},
                                                   .snapshot = std::nullopt,
                                                   .page = 0});
    log.records().put({options_.topics.journal, p}, WallTime{}, std::to_string(p), page);
  }
  const std::vector<std::int32_t> wanted{4, 0, 6, 1, 5, 2};
  for (const std::size_t threads : {0U, 1U}) {
    options_.engine_threads = threads;
    const auto restored = restore_partitions(log, options_, configured({}), wanted);
    ASSERT_THAT(restored, SizeIs(wanted.size()));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_TRUE(restored[i]) << restored[i].error().message;
      EXPECT_EQ(restored[i]->work->partition(), wanted[i]);
    }
  }
  EXPECT_THAT(restore_partitions(log, options_, configured({}), {}), IsEmpty());
}

TEST_F(Restore, IsGivenUpWhenItIsToStop) {
  std::stop_source stop;
  stop.request_stop();
  const auto restored = restore_partition(log_, options_, configured({}), 0, stop.get_token());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(restored.error().message, testing::HasSubstr("given up"));
}

TEST_F(Restore, JournalsWhichVenuesAreConfiguredWhenTheyAreOthersThanBefore) {
  EXPECT_THAT(restored()->pending().entries, IsEmpty());
  const auto work = restored({"annex", "hall"});
  ASSERT_THAT(work->pending().entries, SizeIs(1));
  EXPECT_EQ(std::get<wire::ConfiguredVenues>(work->pending().entries[0]).venue_ids,
            (std::vector<std::string>{"annex", "hall"}));
  EXPECT_EQ(work->home_of("annex"), 0);
  EXPECT_EQ(work->home_of("attic"), -1);
}

TEST_F(Restore, JournalsThemWhenAnEarlierVersionDidNot) {
  wire::Journal journal;
  journal.entries = {wire::ShardStart{}};
  put(journal);
  ASSERT_THAT(restored()->pending().entries, SizeIs(1));
}

TEST(ConfiguredVenues, AreListedInTheOrderOfTheirIds) {
  ProcessorOptions options;
  for (const char* id : {"hall", "annex"}) {
    auto venue = std::make_shared<Venue>();
    venue->id = id;
    options.venues.push_back({.yaml = "", .venue = std::move(venue)});
  }
  const auto configured = configured_venues(options, 6);
  EXPECT_EQ(configured->venue_ids, (std::vector<std::string>{"annex", "hall"}));
  EXPECT_EQ(configured->partitions, 6);
}

// The journal ends where nothing had come yet, so no range of it is missing.
TEST(RestoreAfterAQuietTime, KnowsNoLevelsWhenWhatCameNextHasExpired) {
  HeldLog log;
  ProcessorOptions options;
  const log::PartitionId readings{options.topics.readings, 0};
  for (const std::string& topic : options.topics.all())
    log.records().create(topic, 1);
  wire::Journal journal;
  journal.entries = {wire::ShardStart{}, Tick{.now = WallTime{seconds{1}}}};
  log.records().put({options.topics.journal, 0}, WallTime{}, "0", wire::to_bytes(journal));
  const auto start = [&]() -> std::optional<wire::ShardStart> {
    const auto restored =
        restore_partition(log, options, std::make_shared<const wire::ConfiguredVenues>(), 0);
    EXPECT_TRUE(restored) << restored.error().message;
    const auto& entries = restored->work->pending().entries;
    if (entries.empty() || !std::holds_alternative<wire::ShardStart>(entries[0])) return {};
    return std::get<wire::ShardStart>(entries[0]);
  };
  for (int i = 0; i < 5; ++i)
    log.records().put(readings, WallTime{}, "", "?");
  EXPECT_FALSE(start()) << "nothing has expired";
  log.records().expire_before(readings, 3);
  const auto anew = start();
  ASSERT_TRUE(anew);
  EXPECT_EQ(anew->first_offset, 3);
  EXPECT_TRUE(anew->history_missing);
}

}  // namespace
}  // namespace crowdflow::processor
