#include "processor/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processor/reproduction.h"
#include "unit/processor/committed_hall.h"
#include "wire/messages.h"

namespace crowdflow::processor {
namespace {

using Kind = Verification::Difference::Kind;

// A hall of thirty seconds, whose states are compared.
class Verify : public ::testing::Test {
 protected:
  Verify() {
    committed_.live(1, 30);
    states_ = committed_.log().values(at_).size();
  }

  // Opens the comparison; `meanwhile` happens before the end of the journal is fixed.
  Verification compared(EventRange range = {}, const std::function<void()>& meanwhile = {}) {
    auto start = find_earliest_start(committed_.log(), committed_.options(), 0);
    EXPECT_TRUE(start) << start.error().message;
    std::optional<std::int64_t> said_after;
    if (start->said_after) said_after = place_of(*start->said_after);
    auto verification = Verification::open(committed_.log(), committed_.options(), at_, said_after,
                                           look_for_states("hall", range));
    EXPECT_TRUE(verification);
    if (meanwhile) meanwhile();
    const auto end = find_decided_end(committed_.log(), committed_.options(),
                                      CommittedHall::in(committed_.topics().journal));
    EXPECT_TRUE(verification->fix_end());
    ReproductionObserver nobody;
    auto reproduction =
        Reproduction::open(committed_.log(), committed_.options(), std::move(*start), nobody);
    EXPECT_TRUE(reproduction);
    while (true) {
      const auto page = reproduction->next(*end);
      EXPECT_TRUE(page) << page.error().message;
      if (!page || *page == nullptr) break;
      const auto done = write_records(
          (*page)->hand_over, committed_.topics(), {},
          [&](const std::string& topic, std::int32_t, const OutRecord& record) {
            return topic == at_.topic ? verification->expect(record, (*page)->journal_offset)
                                      : Result<void>{};
          });
      EXPECT_TRUE(done);
    }
    EXPECT_TRUE(verification->finish());
    return std::move(*verification);
  }

  // The value of the record at this offset, said of another number of states.
  std::string without_states(std::size_t offset) {
    v1::ZoneStateBatch batch;
    EXPECT_TRUE(wire::parse(committed_.log().values(at_).at(offset), batch));
    batch.clear_states();
    return wire::to_bytes(batch);
  }

  CommittedHall committed_;
  const log::PartitionId at_ = CommittedHall::in(committed_.topics().zone_states);
  std::size_t states_ = 0;
};

TEST_F(Verify, FindsEveryRecordTheSame) {
  const Verification verification = compared();
  EXPECT_GT(states_, 20U);
  EXPECT_EQ(verification.same(), states_);
  EXPECT_FALSE(verification.difference());
}

TEST_F(Verify, NamesTheFirstRecordThatIsNotAsItWasSaid) {
  const std::string changed = without_states(7);
  const std::string genuine = committed_.log().values(at_)[7];
  committed_.log().change(at_, 7, changed);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), 7U);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kDiffers);
  EXPECT_EQ(verification.difference()->offset, 7);
  EXPECT_EQ(verification.difference()->held->value, changed);
  EXPECT_EQ(verification.difference()->expected->value, genuine);
  EXPECT_GT(verification.difference()->journal_offset, 0);
}

TEST_F(Verify, NamesARecordAtTheEndThatNoJournalRecordExplains) {
  const std::string forged = without_states(7);
  committed_.log().put(at_, wall(kStart), "hall", forged);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), states_);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kUnexplained);
  EXPECT_EQ(verification.difference()->offset, static_cast<std::int64_t>(states_));
  EXPECT_EQ(verification.difference()->held->value, forged);
}

TEST_F(Verify, NamesARecordInBetweenThatNoJournalRecordExplains) {
  committed_.log().put(at_, wall(kStart), "hall", "forged");
  committed_.live(30, 33);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), states_);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kUnexplained);
  EXPECT_EQ(verification.difference()->held->value, "forged");
  EXPECT_EQ(verification.difference()->offset, static_cast<std::int64_t>(states_));
}

TEST_F(Verify, IsNotFooledByARecordWithoutTheVenuesKey) {
  committed_.log().put(at_, wall(kStart), "", without_states(7));
  const Verification verification = compared();
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kUnexplained);
}

TEST_F(Verify, LeavesOtherVenuesAlone) {
  v1::ZoneStateBatch other;
  other.set_venue_id("arena");
  committed_.log().put(at_, wall(kStart), "arena", wire::to_bytes(other));
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), states_);
  EXPECT_FALSE(verification.difference());
}

TEST_F(Verify, NamesARecordThatIsMissing) {
  const std::string last = committed_.log().values(at_).back();
  committed_.log().drop_last(at_);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), states_ - 1);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kMissing);
  EXPECT_EQ(verification.difference()->expected->value, last);
}

TEST_F(Verify, BeginsBehindWhatHasExpired) {
  committed_.log().expire_before(at_, 10);
  const Verification verification = compared();
  EXPECT_FALSE(verification.difference());
  EXPECT_GT(verification.same(), 0U);
  EXPECT_GE(verification.expired(), 11U);  // and what was said with the first that is kept
  EXPECT_EQ(verification.same() + verification.expired(), states_);
}

TEST_F(Verify, GoesOnFromASnapshotWhenTheJournalBeforeItHasExpired) {
  committed_.take(reading_of(kStart + 30));
  committed_.cut();  // in the middle of what is committed together
  committed_.live(31, 40);
  const auto cut_at = static_cast<std::int64_t>(
      committed_.log().values(CommittedHall::in(committed_.topics().journal)).size() - 10);
  committed_.log().expire_before(CommittedHall::in(committed_.topics().journal), cut_at);
  committed_.log().expire_before(CommittedHall::in(committed_.topics().readings), 30);
  const Verification verification = compared();
  EXPECT_FALSE(verification.difference());
  // All that was said from the first tick on that is kept.
  std::size_t later = 0;
  for (const std::string& value : committed_.log().values(at_)) {
    v1::ZoneStateBatch batch;
    ASSERT_TRUE(wire::parse(value, batch));
    if (wire::wall_time(batch.now()) >= wall(kStart + 31)) ++later;
  }
  EXPECT_GE(later, 7U);
  EXPECT_EQ(verification.same(), later);
}

TEST_F(Verify, ComparesOnlyWhatWasSaidInTheTimeAskedFor) {
  committed_.log().change(at_, 0, without_states(0));
  const EventRange range{.from = start_of_second(kStart + 10), .to = start_of_second(kStart + 20)};
  const Verification verification = compared(range);
  EXPECT_FALSE(verification.difference());
  EXPECT_EQ(verification.same(), 10U);
}

TEST_F(Verify, TakesWhatAnEngineSaysMeanwhileForNoDifference) {
  const Verification after_opening = compared({}, [&] { committed_.live(30, 40); });
  EXPECT_FALSE(after_opening.difference());
  EXPECT_EQ(after_opening.same(), committed_.log().values(at_).size());
}

// A partition with dead letters of all kinds, at offsets 29 and later of its readings.
class VerifyLetters : public ::testing::Test {
 protected:
  VerifyLetters() {
    committed_.live(1, 30);
    committed_.take("no reading");
    committed_.take(reading_of_venue("nowhere"));
    committed_.live(30, 35);
    committed_.configure({"annex", "hall"});  // the annex is at home elsewhere
    committed_.take(reading_of_venue("annex"));
    committed_.commit();
    committed_.configure({"hall"});
    committed_.take(reading_of_venue("annex"));
    committed_.commit();
  }
  static std::string reading_of_venue(const std::string& id) {
    return R"({"venue_id":")" + id +
           R"(","sensor_id":"door","event_time":"2018-02-09T11:00:00Z","heartbeat":{}})";
  }

  Verification compared(std::int64_t from = 0, std::optional<std::int64_t> untold_until = {}) {
    auto verification = Verification::open(committed_.log(), committed_.options(), at_, from - 1,
                                           look_for_dead_letters(committed_.topics().readings, 0));
    EXPECT_TRUE(verification);
    EXPECT_TRUE(verification->fix_end());
    if (untold_until) verification->pass_over(*untold_until - 1);
    const auto end = find_decided_end(committed_.log(), committed_.options(),
                                      CommittedHall::in(committed_.topics().journal));
    EXPECT_TRUE(end);
    auto start = find_earliest_start(committed_.log(), committed_.options(), 0);
    EXPECT_TRUE(start) << start.error().message;
    ReproductionObserver nobody;
    auto reproduction =
        Reproduction::open(committed_.log(), committed_.options(), std::move(*start), nobody);
    EXPECT_TRUE(reproduction);
    while (true) {
      const auto page = reproduction->next(*end);
      EXPECT_TRUE(page) << page.error().message;
      if (!page || *page == nullptr) break;
      EXPECT_TRUE((*page)->configuration_known);
      EXPECT_TRUE(write_records(
          (*page)->hand_over, committed_.topics(), {},
          [&](const std::string& topic, std::int32_t, const OutRecord& record) {
            return topic == at_.topic ? verification->expect(record, (*page)->journal_offset)
                                      : Result<void>{};
          }));
    }
    EXPECT_TRUE(verification->finish());
    return std::move(*verification);
  }

  CommittedHall committed_;
  const log::PartitionId at_ = CommittedHall::in(committed_.topics().dead_letters);
};

TEST_F(VerifyLetters, FindsEveryOneTheSameWhateverVenuesWereConfigured) {
  const Verification verification = compared();
  EXPECT_FALSE(verification.difference());
  // The annex's reading is one only while the annex is not configured.
  EXPECT_EQ(verification.same(), 3U);
}

TEST_F(VerifyLetters, NamesOneThatIsMissing) {
  committed_.log().drop_last(at_);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), 2U);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kMissing);
  EXPECT_EQ(verification.difference()->expected->value, reading_of_venue("annex"));
}

TEST_F(VerifyLetters, NamesOneWhoseHeadersAreOthers) {
  committed_.log().drop_last(at_);
  committed_.log().put(at_, wall(kStart), "hall", reading_of_venue("annex"),
                       {{"crowdflow.reason", "LATE"},
                        {"crowdflow.topic", committed_.topics().readings},
                        {"crowdflow.partition", "0"},
                        {"crowdflow.offset", "37"}});
  const Verification verification = compared();
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kDiffers);
}

TEST_F(VerifyLetters, LeavesThoseOfOtherPartitionsAlone) {
  committed_.log().put(at_, wall(kStart), "hall", "x",
                       {{"crowdflow.topic", committed_.topics().readings},
                        {"crowdflow.partition", "1"},
                        {"crowdflow.offset", "40"}});
  EXPECT_FALSE(compared().difference());
}

TEST_F(VerifyLetters, BeginsWhereTheJournalCanGiveThemAgain) {
  const Verification verification = compared(0, 31);
  EXPECT_FALSE(verification.difference());
  EXPECT_EQ(verification.same(), 1U);
}

TEST_F(VerifyLetters, BeginsBehindWhatHasExpired) {
  committed_.log().expire_before(at_, 1);
  const Verification verification = compared();
  EXPECT_FALSE(verification.difference());
  EXPECT_EQ(verification.same(), 1U);
}

}  // namespace
}  // namespace crowdflow::processor
