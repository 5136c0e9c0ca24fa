#include "engine/opening_slices.h"

#include <gmock/gmock.h>
#include <map>
#include <random>

#include "stage.h"

namespace crowdflow::testing {
namespace {

constexpr std::int64_t kRing = 20;
constexpr std::int64_t kSize = 30;  // of the tumbling window

Crossing crossing(std::int64_t second, std::int64_t people) {
  return {.start = at(static_cast<double>(second)),
          .end = at(static_cast<double>(second) + 1),
          .entered = people};
}
std::int64_t in_second(const OpeningSlices& slices, OpeningSlices::Column opening,
                       std::int64_t second) {
  return slices.people(opening, kZero + second, kZero + second + 1, 0);
}
OpeningSlices slices_at(std::int64_t second, std::size_t openings) {
  OpeningSlices slices(kRing, openings, {kSize});
  slices.start_at(kZero + second);
  return slices;
}

TEST(OpeningSlices, CountMorePeopleInASecondThan16BitsHold) {
  OpeningSlices slices = slices_at(5, 2);
  slices.add(0, crossing(4, 65'535), 1);
  slices.add(1, crossing(4, 3), 1);
  EXPECT_EQ(in_second(slices, 0, 4), 65'535);
  slices.add(0, crossing(4, 1), 1);
  slices.add(0, crossing(5, 1'000'000), 1);
  EXPECT_EQ(in_second(slices, 0, 4), 65'536);
  EXPECT_EQ(in_second(slices, 0, 5), 1'000'000);
  EXPECT_EQ(in_second(slices, 1, 4), 3);
  slices.add(0, crossing(4, 40'000), -1);
  EXPECT_EQ(in_second(slices, 0, 4), 25'536);
}

// Against a map of seconds, with few and very many people, and with another that takes over.
TEST(OpeningSlices, AreWhatWasAddedWhateverTheNumbers) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
    };
    constexpr std::size_t kOpenings = 3;
    OpeningSlices slices = slices_at(0, kOpenings);
    std::array<std::map<std::int64_t, std::int64_t>, kOpenings> expected;
    const std::int64_t flood = 30 + below(30);  // from then on there are many
    for (std::int64_t head = 0; head < 120; ++head) {
      for (int n = 0; n < 6; ++n) {
        const auto opening = static_cast<OpeningSlices::Column>(below(kOpenings));
        const std::int64_t second = std::max(head - below(kRing - 1), std::int64_t{0});
        std::int64_t people = below(head < flood ? 500 : 90'000);
        int sign = 1;
        if (below(3) == 0) {
          sign = -1;
          people = std::min(people, expected[opening][second]);
        }
        slices.add(opening, crossing(second, people), sign);
        expected[opening][second] += sign * people;
      }
      if (head == 90) {
        OpeningSlices heir = slices_at(head, kOpenings);
        for (OpeningSlices::Column opening = 0; opening < kOpenings; ++opening)
          heir.adopt(opening, slices, opening);
        slices = std::move(heir);
      }
      const std::int64_t start = std::max(head - 9, std::int64_t{0});
      slices.sum_up(0, kZero + start, kZero + head + 1);
      const std::int64_t tumbling = (kZero + head) / kSize * kSize;
      for (OpeningSlices::Column opening = 0; opening < kOpenings; ++opening) {
        const auto people = [&](std::int64_t from) {
          std::int64_t sum = 0;
          for (std::int64_t second = from; second <= head; ++second)
            sum += expected[opening][second];
          return sum;
        };
        ASSERT_EQ(slices.people(opening, kZero + start, kZero + head + 1, 0), people(start));
        ASSERT_EQ(slices.people(opening, tumbling, tumbling + kSize, kSize),
                  people(std::max(tumbling - kZero, std::int64_t{0})));
      }
      slices.forget_sums();
      slices.advance();
    }
  }
}

}  // namespace
}  // namespace crowdflow::testing
