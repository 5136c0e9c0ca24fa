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
    return explain(committed_.log(), committed_.options(), 0, alert);
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
  const auto why = explain(other.log(), other.options(), 0, *search->raise);
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

// A hall that stands empty until second 200; its alarm is raised at second 209. Snapshots lie
// before and behind second 119, a minute before the first reading that is told.
class ExplainLater : public ::testing::Test {
 protected:
  ExplainLater() {
    hall_.live(1, 50, 0);
    first_cut_ = hall_.cut();
    hall_.live(50, 100, 0);
    second_cut_ = hall_.cut();
    hall_.live(100, 150, 0);
    late_cut_ = hall_.cut();
    hall_.live(150, 200, 0);
    hall_.live(200, 220);
  }
  Explanation explained() {
    const auto search = find_raise(hall_.log(), hall_.options(), 0, "hall", kAlarm, {});
    EXPECT_TRUE(search && search->raise);
    const auto why = explain(hall_.log(), hall_.options(), 0, *search->raise);
    EXPECT_TRUE(why) << why.error().message;
    return why.value_or(Explanation{});
  }
  // From second 179, half a minute before, to the alarm.
  static void tells_all(const Explanation& why) {
    ASSERT_EQ(why.statements.size(), 31U);
    EXPECT_EQ(why.statements.front().reading.event_time().seconds(), kStart + 179);
    EXPECT_EQ(why.levels.size(), 31U);
    EXPECT_FALSE(why.untold_until);
    EXPECT_EQ(why.record_offset, 208);
  }
  void change_snapshot(std::int64_t offset, std::string bytes) {
    hall_.log().change(CommittedHall::in(hall_.topics().snapshots), offset, std::move(bytes));
  }

  CommittedHall hall_;
  std::int64_t first_cut_ = 0;
  std::int64_t second_cut_ = 0;
  std::int64_t late_cut_ = 0;
};

TEST_F(ExplainLater, BeginsAtTheLatestSnapshotBeforeAllThatItTells) {
  const Explanation why = explained();
  EXPECT_EQ(why.journal_from, second_cut_);
  tells_all(why);
}

TEST_F(ExplainLater, BeginsEarlierWhenThatSnapshotIsGone) {
  change_snapshot(1, "");
  const Explanation why = explained();
  EXPECT_EQ(why.journal_from, first_cut_);
  tells_all(why);
}

TEST_F(ExplainLater, BeginsEarlierWhenThatSnapshotCannotBeRead) {
  const std::string genuine = hall_.log().values(CommittedHall::in(hall_.topics().snapshots))[1];
  change_snapshot(1, std::string(genuine.size(), 'x'));
  EXPECT_EQ(explained().journal_from, first_cut_);
  change_snapshot(0, "");
  const Explanation why = explained();
  EXPECT_EQ(why.journal_from, 0);  // with the engine's work
  tells_all(why);
}

TEST(ExplainBusyEngine, BeginsAtASnapshotThatWasNamedAfterTheTickThatRaisedTheAlarm) {
  CommittedHall hall;
  hall.live(1, 120, 0);
  const std::int64_t cut = hall.cut();
  hall.commit(std::chrono::seconds{110});  // by the clock, the alarm is raised 10 s before this
  hall.live(120, 210, 0);
  hall.live(210, 230);
  const auto search = find_raise(hall.log(), hall.options(), 0, "hall", kAlarm, {});
  ASSERT_TRUE(search && search->raise);
  const auto why = explain(hall.log(), hall.options(), 0, *search->raise);
  ASSERT_TRUE(why) << why.error().message;
  EXPECT_EQ(why->journal_from, cut);
}

TEST_F(ExplainLater, SaysWhenTheLogReachesBackToAPartOfItOnly) {
  const std::int64_t cut = hall_.cut();
  hall_.live(220, 250, 0);
  hall_.take(reading_of(kStart + 250, 0));
  const log::PartitionId journal = CommittedHall::in(hall_.topics().journal);
  hall_.log().expire_before(journal, late_cut_);
  tells_all(explained());
  // Now the only snapshot that is left was cut after the alarm.
  hall_.log().expire_before(journal, cut);
  const auto search = find_raise(hall_.log(), hall_.options(), 0, "hall", kAlarm, {});
  EXPECT_FALSE(explain(hall_.log(), hall_.options(), 0, *search->raise));
}

TEST(ExplainSoonAfterTheBeginning, SaysThatNotAllReadingsAreTold) {
  CommittedHall hall;
  hall.live(1, 190, 0);
  const std::int64_t cut = hall.cut();
  hall.live(190, 200, 0);
  hall.live(200, 220);
  hall.log().expire_before(CommittedHall::in(hall.topics().journal), cut);
  const auto search = find_raise(hall.log(), hall.options(), 0, "hall", kAlarm, {});
  ASSERT_TRUE(search && search->raise);
  const auto why = explain(hall.log(), hall.options(), 0, *search->raise);
  ASSERT_TRUE(why) << why.error().message;
  EXPECT_EQ(why->journal_from, cut);
  EXPECT_EQ(why->statements.size(), 20U);  // from second 190 on
  EXPECT_EQ(why->untold_until, wall(kStart + 189) + std::chrono::milliseconds{250});
}

}  // namespace
}  // namespace crowdflow::processor
