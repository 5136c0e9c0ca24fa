#include "concurrency/latest_value.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace crowdflow::concurrency {
namespace {

TEST(LatestValue, GivesADefaultValueBeforeTheFirstPublication) {
  LatestValue<int> cell;
  EXPECT_EQ(cell.read(), 0);
  EXPECT_FALSE(cell.fresh());
}

TEST(LatestValue, GivesWhatWasPublishedOnceAsFresh) {
  LatestValue<std::string> cell;
  cell.writable() = "one";
  EXPECT_EQ(cell.read(), "") << "filled but not published";
  cell.publish();
  EXPECT_EQ(cell.read(), "one");
  EXPECT_TRUE(cell.fresh());
  EXPECT_EQ(cell.read(), "one");
  EXPECT_FALSE(cell.fresh());
}

TEST(LatestValue, SkipsWhatWasNotReadInTime) {
  LatestValue<int> cell;
  for (int i = 1; i <= 10; ++i) {
    cell.writable() = i;
    cell.publish();
  }
  EXPECT_EQ(cell.read(), 10);
}

TEST(LatestValue, KeepsTheReadersValueWhileTheWriterGoesOn) {
  LatestValue<int> cell;
  cell.writable() = 1;
  cell.publish();
  const int& seen = cell.read();
  for (int i = 2; i <= 10; ++i) {
    cell.writable() = i;
    cell.publish();
  }
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(cell.read(), 10);
}

// Any order of publications and reads, by one thread: the reader gets the newest, and says
// correctly whether it is new.
TEST(LatestValue, FollowsEveryOrderOfTwelveSteps) {
  for (unsigned order = 0; order < (1U << 12); ++order) {
    LatestValue<int> cell;
    int published = 0;
    int seen = 0;
    for (unsigned step = 0; step < 12; ++step) {
      if ((order >> step & 1U) != 0) {
        cell.writable() = ++published;
        cell.publish();
      } else {
        ASSERT_EQ(cell.read(), published) << "order " << order << ", step " << step;
        ASSERT_EQ(cell.fresh(), published != seen) << "order " << order << ", step " << step;
        seen = published;
      }
    }
  }
}

TEST(LatestValue, UsesItsSlotsAgain) {
  LatestValue<std::vector<int>> cell;
  for (int i = 0; i < 6; ++i) {
    cell.writable().assign(1000, i);
    cell.publish();
    static_cast<void>(cell.read());
  }
  const int* before = cell.writable().data();
  cell.writable().assign(1000, 7);
  EXPECT_EQ(cell.writable().data(), before);
}

// Copying it stops half-way, once, until it is allowed to go on.
struct StopsInTheMiddle {
  int first = 0;
  int second = 0;
  std::latch* reached = nullptr;
  std::latch* go_on = nullptr;

  [[nodiscard]] StopsInTheMiddle copy() const {
    StopsInTheMiddle copied;
    copied.first = first;
    if (reached != nullptr) {
      reached->count_down();
      go_on->wait();
    }
    copied.second = second;
    return copied;
  }
};

TEST(LatestValue, AReaderThatIsStoppedInTheMiddleOfAReadDoesNotDelayTheWriter) {
  constexpr int kLast = 100'000;
  std::latch reached(1);
  std::latch go_on(1);
  LatestValue<StopsInTheMiddle> cell;
  cell.writable() = {.first = 1, .second = 1, .reached = &reached, .go_on = &go_on};
  cell.publish();
  StopsInTheMiddle copied;
  std::jthread reader([&] { copied = cell.read().copy(); });

  reached.wait();
  for (int i = 2; i <= kLast; ++i) {
    cell.writable() = {.first = i, .second = i};
    cell.publish();
  }
  go_on.count_down();  // only now: a writer that waited for the reader would never come here
  reader.join();
  EXPECT_EQ(copied.first, 1);
  EXPECT_EQ(copied.second, 1) << "what it looked at was not touched";
  EXPECT_EQ(cell.read().first, kLast);
}

// A value is allowed to be seen late or never; it is not allowed to be torn, to go backwards, or to
// be missing at the end. Long enough that each of the three hand-overs happens many times under the
// thread sanitizer, and with plain (not atomic) members, so that it would report a missing order.
TEST(LatestValue, IsWholeAndNeverGoesBackBetweenTwoThreads) {
  struct Wide {
    std::array<std::uint64_t, 32> words{};
    std::vector<std::uint64_t> heap;
  };
  constexpr std::uint64_t kLast = 200'000;
  LatestValue<Wide> cell;

  std::jthread writer([&cell] {
    for (std::uint64_t i = 1; i <= kLast; ++i) {
      Wide& value = cell.writable();
      value.words.fill(i);
      value.heap.assign(4, i);
      cell.publish();
    }
  });

  std::uint64_t seen = 0;
  while (seen != kLast) {
    const Wide& value = cell.read();
    const std::uint64_t first = value.words.front();
    ASSERT_GE(first, seen);
    ASSERT_EQ(cell.fresh(), first != seen);
    for (const std::uint64_t word : value.words)
      ASSERT_EQ(word, first);
    for (const std::uint64_t word : value.heap)
      ASSERT_EQ(word, first);
    seen = first;
  }
}

}  // namespace
}  // namespace crowdflow::concurrency
