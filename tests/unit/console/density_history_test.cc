#include "console/density_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace crowdflow::console {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsNan;

constexpr EventTime kBegin{std::chrono::seconds{1'518'177'600}};  // a multiple of 5 s
EventTime after(int seconds) { return kBegin + std::chrono::seconds{seconds}; }

TEST(DensityHistory, IsEmptyBeforeAnythingIsKnown) {
  DensityHistory history;
  EXPECT_THAT(history.points(after(0)).density, IsEmpty());
  history.add(after(0), {});
  EXPECT_THAT(history.points(after(0)).density, IsEmpty());
}

TEST(DensityHistory, HoldsWhatWasSaidLastWithinEachStep) {
  DensityHistory history;
  for (int second = 0; second <= 11; ++second)
    history.add(after(second), second);
  const auto points = history.points(after(11));
  EXPECT_EQ(points.end, after(10));
  EXPECT_THAT(points.density, ElementsAre(4, 9, 11));
}

TEST(DensityHistory, HoldsAValueForTenSecondsOfSilence) {
  DensityHistory history;
  history.add(after(0), 1);
  EXPECT_THAT(history.points(after(10)).density, ElementsAre(1, 1, 1));
  EXPECT_THAT(history.points(after(15)).density, ElementsAre(1, 1, 1, IsNan()));
  history.add(after(20), 2);
  EXPECT_THAT(history.points(after(20)).density, ElementsAre(1, 1, 1, IsNan(), 2));
}

TEST(DensityHistory, DoesNotHoldWhatIsNotKnown) {
  DensityHistory history;
  history.add(after(0), 1);
  history.add(after(5), {});
  history.add(after(15), 2);
  EXPECT_THAT(history.points(after(15)).density, ElementsAre(1, IsNan(), IsNan(), 2));
}

TEST(DensityHistory, IgnoresWhatIsOlderThanTheNewestStep) {
  DensityHistory history;
  history.add(after(10), 1);
  history.add(after(4), 9);
  EXPECT_THAT(history.points(after(10)).density, ElementsAre(1));
}

TEST(DensityHistory, KeepsFifteenMinutes) {
  DensityHistory history;
  for (int step = 0; step < 500; ++step)
    history.add(after(step * 5), step);
  const auto points = history.points(after(499 * 5));
  ASSERT_EQ(points.density.size(), DensityHistory::kSteps);
  EXPECT_EQ(points.density.front(), 320);
  EXPECT_EQ(points.density.back(), 499);
}

TEST(DensityHistory, ForgetsAllAfterALongSilence) {
  DensityHistory history;
  for (int step = 0; step < 200; ++step)
    history.add(after(step * 5), step);
  history.add(after(100'000), 7);
  EXPECT_THAT(history.points(after(100'000)).density, ElementsAre(7));
  EXPECT_THAT(history.points(after(200'000)).density, IsEmpty());
}

}  // namespace
}  // namespace crowdflow::console
