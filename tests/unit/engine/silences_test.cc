#include "engine/silences.h"

#include <array>
#include <gmock/gmock.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

// Waited for since second 0; five seconds without a word are no silence.
class Heard {
 public:
  Heard& span(double start, double end) {
    silences_.hear(at(start), at(end), kAllowed, room_.data());
    return *this;
  }
  Heard& instant(double time) { return span(time, time); }
  [[nodiscard]] bool silent(int second) const {
    return silences_.silent_at(kZero + second, kZero, kAllowed, room_.data());
  }
  [[nodiscard]] bool said_nothing_about(EventTime time) const {
    return silences_.said_nothing_about(time, room_.data());
  }
  [[nodiscard]] std::vector<double> silent_seconds(int first, int last) const {
    std::vector<double> seconds;
    for (int second = first; second <= last; ++second) {
      if (silent(second)) seconds.push_back(second);
    }
    return seconds;
  }
  Silences& operator*() { return silences_; }

 private:
  static constexpr std::uint32_t kAllowed = 5;

  std::array<Silences::Kept, Silences::kPauses> room_{};
  Silences silences_;
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Silences, BeginWhenNothingWasHeardForLongerThanAllowed) {
  Heard heard;
  heard.instant(10);
  EXPECT_FALSE(heard.silent(15));
  EXPECT_TRUE(heard.silent(16));
}

TEST(Silences, CountFromTheBeginningForWhoWasNeverHeard) {
  const Heard heard;
  EXPECT_FALSE(heard.silent(5));
  EXPECT_TRUE(heard.silent(6));
}

TEST(Silences, AreRememberedWhenTheyAreOver) {
  Heard heard;
  heard.span(0, 10).span(20, 21);
  EXPECT_THAT(heard.silent_seconds(1, 26), ElementsAre(16, 17, 18, 19, 20));
}

TEST(Silences, EndWithWhatIsSpokenOfNotWithWhenItIsSaid) {
  Heard heard;
  heard.instant(10).span(10, 100);
  EXPECT_THAT(heard.silent_seconds(11, 100), IsEmpty());
}

TEST(Silences, AreTheSameInWhateverOrderThingsAreHeard) {
  Heard in_order;
  in_order.instant(1).instant(20).instant(22).instant(40).instant(50);
  Heard out_of_order;
  out_of_order.instant(40).instant(20).instant(50).instant(1).instant(22);
  EXPECT_EQ(in_order.silent_seconds(0, 60), out_of_order.silent_seconds(0, 60));
  EXPECT_THAT(in_order.silent_seconds(40, 50), ElementsAre(46, 47, 48, 49));
}

TEST(Silences, AreFilledByWhatComesLate) {
  Heard heard;
  heard.instant(10).instant(30);
  heard.span(14, 24);
  EXPECT_THAT(heard.silent_seconds(11, 30), IsEmpty());
}

TEST(Silences, AreForgottenWhenThereAreMany) {
  Heard heard;
  for (int i = 1; i <= 10; ++i)
    heard.instant(10 * i);
  EXPECT_FALSE(heard.silent(19)) << "the ninth before the latest";
  EXPECT_TRUE(heard.silent(29));
  EXPECT_TRUE(heard.silent(99));
}

TEST(Silences, KnowWhetherAnythingWasHeardYet) {
  Heard heard;
  EXPECT_FALSE((*heard).heard_by(kZero + 10));
  heard.span(9.5, 10.5);
  EXPECT_FALSE((*heard).heard_by(kZero + 9));
  EXPECT_TRUE((*heard).heard_by(kZero + 10));
  heard.instant(3);
  EXPECT_FALSE((*heard).heard_by(kZero + 2));
  EXPECT_TRUE((*heard).heard_by(kZero + 3)) << "a count on the stroke of 3 tells about 3";
}

TEST(Silences, KnowOfWhichTimesNothingWasSaid) {
  Heard heard;
  EXPECT_TRUE(heard.said_nothing_about(at(1)));
  heard.span(9, 10).span(19, 20);
  EXPECT_TRUE(heard.said_nothing_about(at(20.5))) << "newer than all";
  EXPECT_TRUE(heard.said_nothing_about(at(11))) << "in the pause";
  EXPECT_TRUE(heard.said_nothing_about(at(19))) << "up to where the next begins";
  EXPECT_FALSE(heard.said_nothing_about(at(10)));
  EXPECT_FALSE(heard.said_nothing_about(at(19.5)));
  EXPECT_FALSE(heard.said_nothing_about(at(8))) << "before all: perhaps a repeat";
  heard.instant(15);
  EXPECT_FALSE(heard.said_nothing_about(at(15)));
}

TEST(Silences, KeepTheLast101DaysOfALongerPause) {
  Heard heard;
  heard.instant(0).instant(200.0 * 86'400);
  EXPECT_FALSE(heard.said_nothing_about(at(98.0 * 86'400)));
  EXPECT_TRUE(heard.said_nothing_about(at(99.0 * 86'400)));
  EXPECT_TRUE(heard.said_nothing_about(at(199.0 * 86'400)));
  EXPECT_TRUE(heard.silent(200 * 86'400 - 1));
}

TEST(Silences, KeepPausesToTheMicrosecondAtBothEndsOfTime) {
  const EventTime first =
      kEarliestEvent - Span{1};  // what spoke of the first instant came after it
  for (const EventTime until : {kEarliestEvent + 77min + Span{7}, kLatestEvent}) {
    const EventTime from = std::max(first, until - std::chrono::hours{1000} - Span{3});
    const Silences::Pause pause = Silences::Kept({.from = from, .until = until}).pause();
    EXPECT_EQ(pause.from, from);
    EXPECT_EQ(pause.until, until);
  }
}

}  // namespace
}  // namespace crowdflow::testing
