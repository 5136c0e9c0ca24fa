#include "processor/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processor/committed_hall.h"

namespace crowdflow::processor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kAlarm = "hall/full/hall";

// A hall that has raised its alarm with its tenth reading, and gone on.
class Explain : public ::testing::Test {
 protected:
  Explain() { committed_.live(1, 20); }

  HeldAlert held(std::optional<std::uint64_t> occurrence = {}) {
    const auto search =
        find_raise(committed_.log(), committed_.options(), 0, "hall", kAlarm, occurrence);
    EXPECT_TRUE(search) << search.error().message;
    EXPECT_TRUE(search->raise);
    return search->raise.value_or(HeldAlert{});
  }
  Result<Explanation> explained(const HeldAlert& alert) {
    auto start = find_earliest_start(committed_.log(), committed_.options(), 0);
    if (!start) return tl::unexpected(start.error());
    return explain(committed_.log(), committed_.options(), std::move(*start), alert);
  }

  CommittedHall committed_;
};

TEST_F(Explain, NamesTheStepThatRaisedIt) {
  const auto why = explained(held());
  ASSERT_TRUE(why) << why.error().message;
  EXPECT_EQ(why->record_offset, 9);
  EXPECT_EQ(why->journal_offset, 10);
  EXPECT_EQ(why->venue_time, start_of_second(kStart + 10));
  EXPECT_EQ(why->tick.now, wall(kStart + 9) + std::chrono::milliseconds{250});
  EXPECT_EQ(why->file.yaml, "the file");
  EXPECT_EQ(why->venue->rules[why->rule].id, "full");
}

TEST_F(Explain, TellsTheReadingsAndTheLevelsUpToIt) {
  committed_.live(20, 21);  // what follows is no reason
  const auto why = explained(held());
  ASSERT_TRUE(why) << why.error().message;
  ASSERT_EQ(why->statements.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto second = kStart + 1 + static_cast<std::int64_t>(i);
    EXPECT_EQ(why->statements[i].reading.sensor_id(), "counter");
    EXPECT_EQ(why->statements[i].reading.event_time().seconds(), second);
    EXPECT_EQ(why->statements[i].reading.count_delta().entries(), 1U);
    EXPECT_EQ(why->statements[i].offset, static_cast<std::int64_t>(i));
    EXPECT_EQ(why->statements[i].outcome, Outcome::kApplied);
    ASSERT_LT(i, why->levels.size());
    EXPECT_EQ(why->levels[i].venue_time, start_of_second(second));
    EXPECT_EQ(why->levels[i].state.occupancy().mean(), static_cast<double>(i + 1));
  }
  EXPECT_EQ(why->levels.size(), 10U);
}

TEST_F(Explain, TellsAlsoWhatBecameOfReadingsThatChangedNothing) {
  CommittedHall other;
  other.live(1, 6);
  other.take(reading_of(kStart + 5));
  other.live(6, 12);
  const auto search = find_raise(other.log(), other.options(), 0, "hall", kAlarm, {});
  ASSERT_TRUE(search && search->raise);
  auto start = find_earliest_start(other.log(), other.options(), 0);
  const auto why = explain(other.log(), other.options(), std::move(*start), *search->raise);
  ASSERT_TRUE(why) << why.error().message;
  ASSERT_EQ(why->statements.size(), 11U);
  EXPECT_EQ(why->statements[5].outcome, Outcome::kDuplicate);
}

TEST_F(Explain, FindsWhichAlarmsAndWhichOccurrencesThereAre) {
  const auto search =
      find_raise(committed_.log(), committed_.options(), 0, "hall", "hall/ful/hall", std::nullopt);
  ASSERT_TRUE(search);
  EXPECT_FALSE(search->raise);
  EXPECT_THAT(search->alert_ids, ElementsAre(kAlarm));
  const auto second =
      find_raise(committed_.log(), committed_.options(), 0, "hall", kAlarm, std::uint64_t{2});
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->raise);
  EXPECT_THAT(second->occurrences, ElementsAre(1U));
}

TEST_F(Explain, RefusesAnAlertThatIsNotAsItWasSaid) {
  HeldAlert forged = held();
  forged.alert.set_value(99);
  forged.value = wire::to_bytes(forged.alert);
  const auto why = explained(forged);
  ASSERT_FALSE(why);
  EXPECT_EQ(why.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(why.error().message, HasSubstr("is not what crowdflow.journal"));
}

TEST_F(Explain, RefusesAnAlertThatTheJournalNeverRaised) {
  HeldAlert forged = held();
  forged.alert.set_occurrence(7);
  forged.value = wire::to_bytes(forged.alert);
  const auto why = explained(forged);
  ASSERT_FALSE(why);
  EXPECT_EQ(why.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(why.error().message, HasSubstr("does not raise it"));
}

TEST_F(Explain, DoesNotGuessWhenTheJournalHasExpired) {
  const HeldAlert alert = held();
  committed_.log().expire_before(CommittedHall::in(committed_.topics().journal), 3);
  const auto why = explained(alert);
  ASSERT_FALSE(why);
  EXPECT_THAT(why.error().message, HasSubstr("does not reach back"));
}

TEST_F(Explain, DoesNotGuessWhatASnapshotForgot) {
  committed_.cut();
  committed_.live(20, 25);
  const HeldAlert alert = held();
  committed_.log().expire_before(CommittedHall::in(committed_.topics().journal), 12);
  const auto why = explained(alert);
  ASSERT_FALSE(why);
  EXPECT_EQ(why.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(why.error().message, HasSubstr("the journal that is kept goes back to"));
}

}  // namespace
}  // namespace crowdflow::processor
