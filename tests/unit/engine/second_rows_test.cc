#include "engine/second_rows.h"

#include <gmock/gmock.h>

namespace crowdflow {
namespace {

TEST(SecondRows, HoldARowForEachOfTheLatestSeconds) {
  SecondRows<int> rows(3, 2);
  rows.start_at(100);
  EXPECT_EQ(rows.head(), 100);
  EXPECT_EQ(rows.oldest(), 98);
  for (int second = 98; second <= 100; ++second)
    rows.row(second)[1] = second;
  for (int second = 98; second <= 100; ++second) {
    EXPECT_EQ(rows.row(second)[0], 0);
    EXPECT_EQ(rows.row(second)[1], second);
  }
}

TEST(SecondRows, ForgetTheOldestWhenTheNextSecondBegins) {
  SecondRows<int> rows(3, 1);
  rows.start_at(100);
  *rows.row(98) = 8;
  *rows.row(99) = 9;
  *rows.row(100) = 10;
  rows.advance();
  EXPECT_EQ(rows.oldest(), 99);
  EXPECT_EQ(*rows.row(99), 9);
  EXPECT_EQ(*rows.row(100), 10);
  EXPECT_EQ(*rows.row(101), 0) << "the new second takes the place of 98, empty";
}

TEST(SecondRows, OfOneSecondHoldThatSecond) {
  SecondRows<int> rows(1, 1);
  rows.start_at(5);
  *rows.row(5) = 7;
  rows.advance();
  EXPECT_EQ(rows.oldest(), 6);
  EXPECT_EQ(*rows.row(6), 0);
}

TEST(SecondRows, ReachBackBefore1970) {
  SecondRows<int> rows(4, 1);
  rows.start_at(1);
  for (int second = -2; second <= 1; ++second)
    *rows.row(second) = second;
  for (int second = -2; second <= 1; ++second)
    EXPECT_EQ(*rows.row(second), second);
}

}  // namespace
}  // namespace crowdflow
