#include "concurrency/spsc_ring.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <vector>

#include "concurrency/doorbell.h"

namespace crowdflow::concurrency {
namespace {

TEST(SpscRing, GivesBackWhatWasPushedInOrder) {
  SpscRing<int> ring(4);
  int value = 0;
  EXPECT_FALSE(ring.try_pop(value));
  for (int i = 1; i <= 3; ++i)
    EXPECT_TRUE(ring.try_push(int{i}));
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(ring.try_pop(value));
    EXPECT_EQ(value, i);
  }
  EXPECT_FALSE(ring.try_pop(value));
}

TEST(SpscRing, LeavesAValueThatDoesNotFitWithItsOwner) {
  SpscRing<std::unique_ptr<int>> ring(1);
  EXPECT_TRUE(ring.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(ring.try_push(std::move(second)));
  ASSERT_NE(second, nullptr);  // NOLINT(bugprone-use-after-move): that is what is promised
  std::unique_ptr<int> first;
  ASSERT_TRUE(ring.try_pop(first));
  EXPECT_EQ(*first, 1);
  EXPECT_TRUE(ring.try_push(std::move(second)));
}

TEST(SpscRing, SaysHowMuchRoomThereIs) {
  SpscRing<int> ring(4);
  EXPECT_EQ(ring.capacity(), 4u);
  for (std::size_t room = 4; room > 0; --room) {
    EXPECT_EQ(ring.room(), room);
    EXPECT_TRUE(ring.try_push(1));
  }
  EXPECT_EQ(ring.room(), 0u);
  int value = 0;
  ASSERT_TRUE(ring.try_pop(value));
  EXPECT_EQ(ring.room(), 1u);
}

TEST(SpscRing, LetsGoOfWhatWasPopped) {
  SpscRing<std::shared_ptr<int>> ring(2);
  auto value = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = value;
  ASSERT_TRUE(ring.try_push(std::move(value)));
  std::shared_ptr<int> popped;
  ASSERT_TRUE(ring.try_pop(popped));
  popped.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(SpscRing, FollowsEveryOrderOfFourteenSteps) {
  for (unsigned order = 0; order < (1U << 14); ++order) {
    SpscRing<int> ring(4);
    int pushed = 0;
    int popped = 0;
    for (unsigned step = 0; step < 14; ++step) {
      if ((order >> step & 1U) != 0) {
        const bool fits = pushed - popped < 4;
        ASSERT_EQ(ring.try_push(pushed + 1), fits) << "order " << order << ", step " << step;
        pushed += fits ? 1 : 0;
      } else {
        int value = 0;
        const bool some = pushed > popped;
        ASSERT_EQ(ring.try_pop(value), some) << "order " << order << ", step " << step;
        popped += some ? 1 : 0;
        ASSERT_EQ(value, some ? popped : 0) << "order " << order << ", step " << step;
      }
    }
  }
}

TEST(SpscRingDeathTest, RefusesACapacityThatIsNoPowerOfTwo) {
  EXPECT_DEATH(SpscRing<int>(3), "power of two");
  EXPECT_DEATH(SpscRing<int>(0), "power of two");
}

// Plain (not atomic) members, so that the thread sanitizer would report a missing order.
struct Wide {
  std::array<std::uint64_t, 8> words{};
  std::vector<std::uint64_t> heap;
};

TEST(SpscRing, LosesNothingBetweenTwoThreadsThatSpin) {
  constexpr std::uint64_t kLast = 200'000;
  SpscRing<Wide> ring(8);
  std::jthread producer([&ring] {
    for (std::uint64_t i = 1; i <= kLast; ++i) {
      Wide value;
      value.words.fill(i);
      value.heap.assign(2, i);
      while (!ring.try_push(std::move(value)))
        std::this_thread::yield();
    }
  });
  Wide value;
  for (std::uint64_t i = 1; i <= kLast; ++i) {
    while (!ring.try_pop(value))
      std::this_thread::yield();
    for (const std::uint64_t word : value.words)
      ASSERT_EQ(word, i);
    ASSERT_EQ(value.heap, (std::vector<std::uint64_t>{i, i}));
  }
  EXPECT_FALSE(ring.try_pop(value));
}

// Both sides sleep whenever they cannot go on, a capacity of one makes them do so at nearly every
// step; a ring that is lost leaves both asleep for ever, and the test's time-out says so.
TEST(SpscRing, LosesNothingBetweenTwoThreadsThatSleep) {
  constexpr std::uint64_t kLast = 50'000;
  SpscRing<std::uint64_t> ring(1);
  Doorbell<> filled;
  Doorbell<> emptied;
  std::jthread producer([&] {
    for (std::uint64_t i = 1; i <= kLast; ++i) {
      while (true) {
        const auto heard = emptied.heard();
        if (ring.try_push(std::uint64_t{i})) break;
        emptied.wait(heard);
      }
      filled.ring();
    }
  });
  for (std::uint64_t i = 1; i <= kLast; ++i) {
    std::uint64_t value = 0;
    while (true) {
      const auto heard = filled.heard();
      if (ring.try_pop(value)) break;
      filled.wait(heard);
    }
    emptied.ring();
    ASSERT_EQ(value, i);
  }
}

TEST(Doorbell, ARingBeforeTheWaitEndsItAtOnce) {
  Doorbell<> bell;
  const auto heard = bell.heard();
  bell.ring();
  bell.ring();
  bell.wait(heard);
  EXPECT_NE(bell.heard(), heard);
}

}  // namespace
}  // namespace crowdflow::concurrency
