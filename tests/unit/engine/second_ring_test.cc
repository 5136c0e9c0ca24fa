#include "engine/second_ring.h"

#include <gmock/gmock.h>

namespace crowdflow {
namespace {

TEST(SecondRing, HoldsTheLatestSeconds) {
  SecondRing<int> ring(3);
  ring.start_at(100);
  EXPECT_EQ(ring.head(), 100);
  EXPECT_EQ(ring.tail(), 98);
  EXPECT_TRUE(ring.holds(98));
  EXPECT_TRUE(ring.holds(100));
  EXPECT_FALSE(ring.holds(97));
  EXPECT_FALSE(ring.holds(101));
}

TEST(SecondRing, ForgetsTheOldestWhenTheNextSecondBegins) {
  SecondRing<int> ring(3);
  ring.start_at(100);
  ring[98] = 8;
  ring[99] = 9;
  ring[100] = 10;
  ring.advance();
  EXPECT_EQ(ring.tail(), 99);
  EXPECT_EQ(ring[99], 9);
  EXPECT_EQ(ring[100], 10);
  EXPECT_EQ(ring[101], 0) << "the new second takes the place of 98, empty";
}

TEST(SecondRing, OfOneSecondHoldsThatSecond) {
  SecondRing<int> ring(1);
  ring.start_at(5);
  ring[5] = 7;
  ring.advance();
  EXPECT_EQ(ring.tail(), 6);
  EXPECT_EQ(ring[6], 0);
}

TEST(SecondRing, ReachesBackBefore1970) {
  SecondRing<int> ring(4);
  ring.start_at(1);
  for (std::int64_t second = -2; second <= 1; ++second)
    ring[second] = static_cast<int>(second);
  EXPECT_EQ(ring[-2], -2);
  EXPECT_EQ(ring[-1], -1);
  EXPECT_EQ(ring[0], 0);
  EXPECT_EQ(ring[1], 1);
}

TEST(SecondRing, StartsAnewWithNothing) {
  SecondRing<int> ring(2);
  ring.start_at(10);
  ring[10] = 1;
  ring.start_at(50);
  EXPECT_EQ(ring.head(), 50);
  EXPECT_EQ(ring[49], 0);
  EXPECT_EQ(ring[50], 0);
}

}  // namespace
}  // namespace crowdflow
