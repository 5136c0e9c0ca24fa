#include <array>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "engine/reading_memory.h"
#include "stage.h"

namespace crowdflow::testing {
namespace {

using std::chrono_literals::operator""h;

struct Pace {
  std::string name;
  StatementKind kind = StatementKind::kCountDelta;
  Span every{};
  Span jitter{};
  std::int64_t most_counted = 0;
  ReadingMemory::Says says = ReadingMemory::Says::kAnything;
};
void PrintTo(const Pace& pace, std::ostream* out) { *out << pace.name; }

class ReadingMemoryPace : public ::testing::TestWithParam<Pace> {};

TEST_P(ReadingMemoryPace, HoldsTheReadingsThatItIsFor) {
  const Pace& pace = GetParam();
  std::mt19937_64 random(7);
  const auto below = [&](std::int64_t n) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
  };
  for (const std::int64_t readings : {1, 16, 80, 1000}) {
    std::vector<std::uint8_t> room(ReadingMemory::room_for(readings, pace.says));
    ReadingMemory memory(room, pace.every);
    Taken taken{.kind = pace.kind};
    EventTime regular = at(0);
    for (std::int64_t i = 0; i < 3 * readings + 100; ++i) {
      regular += pace.every;
      const EventTime last = taken.stamp;
      taken.stamp = regular + Span{below(2 * pace.jitter.count() + 1)} - pace.jitter;
      taken.time = taken.stamp;
      ++taken.sequence;
      const bool total = pace.kind == StatementKind::kCountTotal;
      if (!total && i > 0) taken.interval = taken.stamp - last;
      taken.first = (total ? taken.first : 0) + below(pace.most_counted + 1);
      taken.second = (total ? taken.second : 0) + below(pace.most_counted + 1);
      memory.add(taken);
    }
    EXPECT_GE(memory.size(), static_cast<std::size_t>(readings)) << readings;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Paces, ReadingMemoryPace,
    ::testing::Values(Pace{.name = "Round",
                           .every = 1s,
                           .most_counted = 40,
                           .says = ReadingMemory::Says::kLittle},
                      Pace{.name = "Irregular",
                           .every = 1s,
                           .jitter = 400ms,
                           .most_counted = 40,
                           .says = ReadingMemory::Says::kLittle},
                      Pace{.name = "Slow", .every = 24h, .jitter = 60min, .most_counted = 40},
                      Pace{.name = "Fast",
                           .every = 100ms,
                           .jitter = 49ms,
                           .most_counted = 40,
                           .says = ReadingMemory::Says::kLittle},
                      Pace{.name = "Register",
                           .kind = StatementKind::kCountTotal,
                           .every = 10s,
                           .jitter = 4s,
                           .most_counted = 40},
                      Pace{.name = "Occupancy",
                           .kind = StatementKind::kOccupancy,
                           .every = 1s,
                           .jitter = 400ms,
                           .most_counted = 2000}),
    [](const auto& param) { return param.param.name; });

TEST(ReadingMemoryRoom, HoldsOneReadingWhateverItSays) {
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
  std::vector<std::uint8_t> room(ReadingMemory::room_for(0, ReadingMemory::Says::kAnything));
  ReadingMemory memory(room, 1s);
  for (int i = 0; i < 3; ++i) {
    const Taken extreme{.sequence = std::numeric_limits<std::uint64_t>::max() / 3,
                        .boot_id = std::numeric_limits<std::uint64_t>::max() - i,
                        .stamp = EventTime{Span{kHighest - i}},
                        .time = EventTime{Span{kLowest}},
                        .interval = Span{kLowest},
                        .kind = StatementKind::kCountTotal,
                        .capped = true,
                        .late = true,
                        .zone = kOutside - 1,
                        .first = kLowest,
                        .second = kHighest};
    memory.add(extreme);
    ASSERT_TRUE(memory.find(extreme));
    EXPECT_TRUE(memory.find(extreme)->taken.same_content(extreme));
  }
}

TEST(ReadingMemoryRoomDeathTest, RefusesARoomThatOneReadingMayNotFitIn) {
  std::array<std::uint8_t, 64> room{};
  EXPECT_DEATH(ReadingMemory(room, 1s), "no room for one reading");
}

}  // namespace
}  // namespace crowdflow::testing
