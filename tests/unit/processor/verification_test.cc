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
    auto verification = Verification::open(committed_.log(), committed_.options(), at_,
                                           start->said_after, look_for_states("hall", range));
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
  EXPECT_EQ(verification.difference()->held, changed);
  EXPECT_EQ(verification.difference()->expected, genuine);
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
  EXPECT_EQ(verification.difference()->held, forged);
}

TEST_F(Verify, NamesARecordInBetweenThatNoJournalRecordExplains) {
  committed_.log().put(at_, wall(kStart), "hall", "forged");
  committed_.live(30, 33);
  const Verification verification = compared();
  EXPECT_EQ(verification.same(), states_);
  ASSERT_TRUE(verification.difference());
  EXPECT_EQ(verification.difference()->kind, Kind::kUnexplained);
  EXPECT_EQ(verification.difference()->held, "forged");
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
  EXPECT_EQ(verification.difference()->expected, last);
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

}  // namespace
}  // namespace crowdflow::processor
