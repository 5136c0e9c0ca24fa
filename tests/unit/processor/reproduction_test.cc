#include "processor/reproduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "unit/processor/committed_hall.h"

namespace crowdflow::processor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// What a reproduction of the hall gives, by topic; the error when it fails.
Result<std::map<std::string, std::vector<std::string>>> reproduced(CommittedHall& committed) {
  auto start = find_earliest_start(committed.log(), committed.options(), 0);
  if (!start) return tl::unexpected(start.error());
  ReproductionObserver nobody;
  auto reproduction =
      Reproduction::open(committed.log(), committed.options(), std::move(*start), nobody);
  if (!reproduction) return tl::unexpected(reproduction.error());
  const auto end = find_decided_end(committed.log(), committed.options(),
                                    CommittedHall::in(committed.topics().journal));
  if (!end) return tl::unexpected(end.error());
  std::map<std::string, std::vector<std::string>> values;
  while (true) {
    const auto page = reproduction->next(*end);
    if (!page) return tl::unexpected(page.error());
    if (*page == nullptr) return values;
    EXPECT_TRUE((*page)->whole);
    const auto written =
        write_records((*page)->hand_over, committed.topics(), {},
                      [&](const std::string& topic, std::int32_t, const OutRecord& record) {
                        values[topic].push_back(record.value);
                        return Result<void>{};
                      });
    EXPECT_TRUE(written);
  }
}

TEST(Reproduction, GivesTheBytesThatWereCommitted) {
  CommittedHall committed;
  committed.live(1, 15);
  committed.take("{\"venue_id\": nonsense");
  committed.take(reading_of(kStart + 3));  // a repeat
  committed.commit();
  committed.live(15, 30);

  const auto values = reproduced(committed);
  ASSERT_TRUE(values) << values.error().message;
  const log::TopicNames& topics = committed.topics();
  for (const std::string& topic : {topics.zone_states, topics.alerts, topics.alerts_current,
                                   topics.dead_letters, topics.journal}) {
    EXPECT_FALSE(values->at(topic).empty()) << topic;
    EXPECT_EQ(values->at(topic), committed.log().values(CommittedHall::in(topic))) << topic;
  }
}

TEST(Reproduction, TellsEachStepToItsObserver) {
  CommittedHall committed;
  committed.live(1, 3);
  committed.take("no reading");
  committed.commit();

  class Steps final : public ReproductionObserver {
   public:
    void after_record(const log::Record& record, const Readings&,
                      const PartitionWork& work) override {
      said.push_back("record " + std::to_string(record.offset) + ": " +
                     (work.outcomes().empty() ? std::string(name_of(work.rejected().front().reason))
                                              : std::string(name_of(work.outcomes().front()))));
    }
    void after_tick(const Tick&, const PartitionWork&) override { said.push_back("tick"); }
    void after_venue(const wire::VenueFile& file, const std::shared_ptr<const Venue>& venue,
                     const PartitionWork&) override {
      said.push_back(file.yaml + " of " + venue->id);
    }
    std::vector<std::string> said;
  } steps;
  auto start = find_earliest_start(committed.log(), committed.options(), 0);
  ASSERT_TRUE(start) << start.error().message;
  auto reproduction =
      Reproduction::open(committed.log(), committed.options(), std::move(*start), steps);
  ASSERT_TRUE(reproduction) << reproduction.error().message;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = reproduction->next(4);
    ASSERT_TRUE(page) << page.error().message;
    ASSERT_NE(*page, nullptr);
    EXPECT_EQ((*page)->journal_offset, pages);
  }
  EXPECT_THAT(steps.said, ElementsAre("the file of hall", "tick", "record 0: applied", "tick",
                                      "record 1: applied", "tick", "record 2: MALFORMED"));
}

TEST(Reproduction, GoesOnFromAStateInTheMiddleOfAJournalRecord) {
  CommittedHall committed;
  committed.live(1, 5);
  auto start = find_earliest_start(committed.log(), committed.options(), 0);
  ASSERT_TRUE(start) << start.error().message;
  // The state after the first journal record and the reading of the second.
  start->work->start({});
  start->work->put_venue({.venue_id = "hall"}, hall());
  start->work->tick({.now = wall(kStart)});
  const std::string first =
      committed.log().values(CommittedHall::in(committed.topics().readings))[0];
  start->work->take({.offset = 0, .value = first, .has_value = true});
  static_cast<void>(start->work->hand_over({}));
  start->readings_from = 1;
  start->journal_from = 1;
  start->first_entry = 1;

  ReproductionObserver nobody;
  auto reproduction =
      Reproduction::open(committed.log(), committed.options(), std::move(*start), nobody);
  ASSERT_TRUE(reproduction) << reproduction.error().message;
  const auto part = reproduction->next(5);
  ASSERT_TRUE(part) << part.error().message;
  ASSERT_NE(*part, nullptr);
  EXPECT_FALSE((*part)->whole);
  EXPECT_THAT((*part)->hand_over.pending.entries, SizeIs(1));  // the tick
  const auto whole = reproduction->next(5);
  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_NE(*whole, nullptr);
  EXPECT_TRUE((*whole)->whole);
  EXPECT_EQ((*whole)->hand_over.pending.accounting.of(Outcome::kApplied), 1U);
}

TEST(Reproduction, RefusesAJournalWhoseBeginningHasExpired) {
  CommittedHall committed;
  committed.live(1, 5);
  committed.log().expire_before(CommittedHall::in(committed.topics().journal), 0);
  ASSERT_TRUE(reproduced(committed));
  committed.log().expire_before(CommittedHall::in(committed.topics().journal), 2);
  const auto values = reproduced(committed);
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(values.error().message, HasSubstr("does not reach back"));
  EXPECT_THAT(values.error().message,
              HasSubstr("crowdflow.journal partition 0 is kept from offset 2 on"));
}

TEST(Reproduction, RefusesReadingsThatHaveExpired) {
  CommittedHall committed;
  committed.live(1, 5);
  committed.log().expire_before(CommittedHall::in(committed.topics().readings), 1);
  const auto values = reproduced(committed);
  ASSERT_FALSE(values);
  EXPECT_THAT(values.error().message, HasSubstr("crowdflow.readings partition 0 from offset 1 on"));
}

TEST(Reproduction, FindsNothingWhereNobodyHasCommitted) {
  test::MemoryLog log;
  ProcessorOptions options;
  log.create(options.topics.journal, 1);
  log.create(options.topics.readings, 1);
  const auto start = find_earliest_start(log, options, 0);
  ASSERT_FALSE(start);
  EXPECT_EQ(start.error().code, ErrorCode::kNotFound);
}

TEST(Reproduction, NoticesReadingsThatAreNoLongerThoseOfThen) {
  CommittedHall committed;
  committed.live(1, 5);
  committed.log().change(CommittedHall::in(committed.topics().readings), 2, reading_of(kStart + 1));
  const auto values = reproduced(committed);
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(values.error().message, HasSubstr("crowdflow.journal partition 0 offset 3"));
  EXPECT_THAT(values.error().message, HasSubstr("0 applied now, expected 1"));
}

TEST(Reproduction, SaysWhenTheJournalDoesNotTellWhichVenuesWereConfigured) {
  CommittedHall committed;
  committed.live(1, 3);
  const log::PartitionId journal = CommittedHall::in(committed.topics().journal);
  auto first = wire::parse_journal(committed.log().values(journal)[0]);
  ASSERT_TRUE(first);
  std::erase_if(first->entries, [](const wire::JournalEntry& entry) {
    return std::holds_alternative<wire::ConfiguredVenues>(entry);
  });
  committed.log().change(journal, 0, wire::to_bytes(*first));
  // One of a venue that the engine of then knew, and another partition took.
  committed.configure({"annex", "hall"});
  committed.take(R"({"venue_id":"annex","sensor_id":"door","heartbeat":{}})");
  committed.commit();

  auto start = find_earliest_start(committed.log(), committed.options(), 0);
  ASSERT_TRUE(start) << start.error().message;
  ReproductionObserver nobody;
  auto reproduction =
      Reproduction::open(committed.log(), committed.options(), std::move(*start), nobody);
  ASSERT_TRUE(reproduction);
  std::vector<bool> known;
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = reproduction->next(4);
    ASSERT_TRUE(page) << page.error().message;
    known.push_back((*page)->configuration_known);
  }
  // The first took nothing.
  EXPECT_THAT(known, ElementsAre(true, false, false, true));
}

TEST(Reproduction, ListsTheVenuesThatTheJournalKnows) {
  CommittedHall committed;
  const auto venues = list_journalled_venues(committed.log(), committed.options());
  ASSERT_TRUE(venues) << venues.error().message;
  EXPECT_THAT(*venues, ElementsAre("hall"));
}

}  // namespace
}  // namespace crowdflow::processor
