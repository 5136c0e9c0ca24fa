#include "engine/alarms.h"

#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Rule dense(std::string id = "dense") {
  return {.id = std::move(id), .when = RuleKind::kDensity, .zones = {0}, .over = 2.0};
}

// What an alarm said, as "time state value".
struct Word {
  double time = 0;
  AlarmState state = AlarmState::kNormal;
  double value = 0;
  std::uint64_t occurrence = 0;
  std::uint64_t sequence = 0;
  friend bool operator==(const Word&, const Word&) = default;
};
void PrintTo(const Word& word, std::ostream* out) {
  *out << "at " << word.time << " state " << static_cast<int>(word.state) << " value " << word.value
       << " occurrence " << word.occurrence << " sequence " << word.sequence;
}
Word raised(double time, double value, std::uint64_t occurrence = 1) {
  return {time, AlarmState::kUnacknowledged, value, occurrence, 1};
}
Word cleared(double time, double value, std::uint64_t occurrence = 1) {
  return {time, AlarmState::kReturnedUnacknowledged, value, occurrence, 2};
}

// The alarms of one zone of 100 m2; a value is a density, a tenth of that in hundreds of people.
class Bell {
 public:
  explicit Bell(const Rule& rule) : Bell(VenueBuilder().zone("hall").rule(rule)) {}
  explicit Bell(const VenueBuilder& builder) : venue_(builder.build()), alarms_(*venue_) {}

  Bell& see(double time, double density, Quality quality = Quality::kGood) {
    alarms_.judge_present(0, sample(time, density, quality), wall(time + 0.1), out_);
    return *this;
  }
  Bell& see_window(const WindowSpec& window, double time, double density) {
    alarms_.judge_window(0, window, sample(time, density, Quality::kGood), wall(time), out_);
    return *this;
  }
  void adopt(const Bell& old, double time) {
    alarms_.adopt(old.alarms_, at(time), wall(time), out_);
  }
  [[nodiscard]] std::vector<Word> said() const {
    std::vector<Word> words;
    for (const auto& [venue, alert] : out_.alerts) {
      words.push_back({since_zero(alert.event_time), alert.state, alert.value, alert.occurrence,
                       alert.sequence});
    }
    return words;
  }
  [[nodiscard]] const Outputs& out() const { return out_; }
  [[nodiscard]] std::uint64_t active() const {
    return alarms_.active()[static_cast<std::size_t>(Priority::kMedium)];
  }

 private:
  static Alarms::Sample sample(double time, double density, Quality quality) {
    return {.at = at(time), .density = density, .occupancy = density * 100, .quality = quality};
  }
  std::shared_ptr<const Venue> venue_;
  Alarms alarms_;
  Outputs out_;
};

TEST(Alarms, RaiseOnceAboveTheLimitAndClearOnceBelow) {
  Bell bell(dense());
  bell.see(1, 1.9).see(2, 2.0).see(3, 2.1).see(4, 3.0).see(5, 2.5).see(6, 2.0).see(7, 0.5);
  EXPECT_THAT(bell.said(), ElementsAre(raised(3, 2.1), cleared(6, 2.0)));
}

TEST(Alarms, SayAllThatAnAlertHasToSay) {
  Bell bell(dense());
  bell.see(3, 2.5, Quality::kDegraded);
  ASSERT_EQ(bell.out().alerts.size(), 1U);
  const Alert& alert = bell.out().alerts[0].alert;
  EXPECT_EQ(bell.out().alerts[0].venue->id, "hall");
  EXPECT_EQ(alert.rule, 0U);
  EXPECT_EQ(alert.zone, 0U);
  EXPECT_TRUE(alert.condition_active);
  EXPECT_EQ(alert.event_time, at(3));
  EXPECT_EQ(alert.raised_at, wall(3.1));
  EXPECT_EQ(alert.quality, Quality::kDegraded);
}

TEST(Alarms, CountTheirOccurrences) {
  Bell bell(dense());
  bell.see(1, 3).see(2, 1).see(3, 3).see(4, 1);
  EXPECT_THAT(bell.said(),
              ElementsAre(raised(1, 3), cleared(2, 1), raised(3, 3, 2), cleared(4, 1, 2)));
  EXPECT_EQ(bell.active(), 0U);
  bell.see(5, 3);
  EXPECT_EQ(bell.active(), 1U);
}

TEST(Alarms, WaitForTheOnDelay) {
  Rule rule = dense();
  rule.on_delay = 5s;
  Bell bell(rule);
  bell.see(1, 3).see(3, 1).see(4, 3).see(8.9, 3);
  EXPECT_THAT(bell.said(), IsEmpty()) << "the condition has to hold without a break";
  bell.see(9, 3);
  EXPECT_THAT(bell.said(), ElementsAre(raised(9, 3)));
}

TEST(Alarms, WaitForTheOffDelay) {
  Rule rule = dense();
  rule.off_delay = 5s;
  Bell bell(rule);
  bell.see(1, 3).see(2, 1).see(4, 3).see(5, 1).see(9.9, 1).see(10, 1);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3), cleared(10, 1)));
}

TEST(Alarms, ClearBelowTheDeadbandOnly) {
  Rule rule = dense();
  rule.deadband = 0.5;
  Bell bell(rule);
  bell.see(1, 2.1).see(2, 1.9).see(3, 2.1).see(4, 1.6).see(5, 1.5);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 2.1), cleared(5, 1.5)));
}

TEST(Alarms, AreNotClearedByWhatIsStale) {
  Bell bell(dense());
  bell.see(1, 3).see(2, 1, Quality::kStale);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3)));
  bell.see(3, 1, Quality::kDegraded);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3), cleared(3, 1)));
}

TEST(Alarms, AreRaisedByWhatIsStale) {
  Bell bell(dense());
  bell.see(1, 3, Quality::kStale);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3)));
}

TEST(Alarms, AreNeitherRaisedNorClearedByWhatIsUnknown) {
  Bell bell(dense());
  bell.see(1, 3, Quality::kUnknown);
  EXPECT_THAT(bell.said(), IsEmpty());
  bell.see(2, 3).see(3, 0, Quality::kUnknown);
  EXPECT_THAT(bell.said(), ElementsAre(raised(2, 3)));
}

TEST(Alarms, StartADelayAnewAfterWhatDoesNotCount) {
  Rule rule = dense();
  rule.off_delay = 5s;
  Bell bell(rule);
  bell.see(1, 3).see(2, 1).see(4, 1, Quality::kStale).see(6, 1).see(10, 1);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3)));
  bell.see(11, 1);
  EXPECT_THAT(bell.said(), ElementsAre(raised(1, 3), cleared(11, 1)));
}

TEST(Alarms, JudgeOccupancyInPeople) {
  Bell bell(Rule{.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 150});
  bell.see(1, 1.5).see(2, 1.51);
  EXPECT_THAT(bell.said(), ElementsAre(raised(2, 151)));
}

TEST(Alarms, JudgeAWindowByTheRulesOnThatWindowOnly) {
  Rule present = dense("present");
  Rule windowed = dense("windowed");
  windowed.window = kTenSeconds;
  Bell bell(VenueBuilder().zone("hall").rule(present).rule(windowed));
  bell.see_window(kMinute, 1, 3);
  EXPECT_THAT(bell.said(), IsEmpty());
  bell.see_window(kTenSeconds, 2, 3);
  ASSERT_EQ(bell.out().alerts.size(), 1U);
  EXPECT_EQ(bell.out().alerts[0].alert.rule, 1U);
  bell.see(3, 4);
  ASSERT_EQ(bell.out().alerts.size(), 2U);
  EXPECT_EQ(bell.out().alerts[1].alert.rule, 0U);
}

TEST(Alarms, GoOnUnderANewVersionOfTheFile) {
  Rule rule = dense();
  rule.off_delay = 5s;
  Bell old(VenueBuilder().zone("hall").rule(rule));
  old.see(1, 3).see(2, 1);
  Bell bell(VenueBuilder().zone("hall").rule(dense("other")).rule(rule));
  bell.adopt(old, 3);
  EXPECT_THAT(bell.said(), IsEmpty());
  bell.see(7, 1);
  EXPECT_THAT(bell.said(), ElementsAre(cleared(7, 1))) << "five seconds after second 2";
  EXPECT_EQ(bell.out().alerts[0].alert.rule, 1U) << "its place in the new file";
}

TEST(Alarms, AreClearedWhenTheirRuleOrZoneIsGone) {
  Bell old(dense());
  old.see(1, 3);
  Bell bell(VenueBuilder().zone("foyer").rule(dense()));
  bell.adopt(old, 3);
  EXPECT_THAT(bell.said(), ElementsAre(Word{3, AlarmState::kNormal, 0, 1, 2}));
  EXPECT_EQ(bell.out().alerts[0].venue->zones[0].id, "hall") << "in the words of the old file";
}

TEST(Alarms, GoOnCountingWhenTheirRuleComesBack) {
  Bell first(dense());
  first.see(1, 3);
  Bell without(dense("other"));
  without.adopt(first, 3);
  Bell again(dense());
  again.adopt(without, 4);
  again.see(5, 3);
  EXPECT_THAT(again.said(), ElementsAre(raised(5, 3, 2)));
}

}  // namespace
}  // namespace crowdflow::testing
