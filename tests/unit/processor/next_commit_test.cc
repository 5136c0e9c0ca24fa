#include "processor/next_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crowdflow::processor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The position tells hand-overs apart.
HandOver hand_over(std::int32_t partition, std::int64_t position, std::size_t states,
                   std::size_t alerts = 0) {
  HandOver made;
  made.partition = partition;
  made.position = position;
  made.pending.outputs.states.resize(states);
  made.pending.outputs.alerts.resize(alerts);
  return made;
}

std::vector<std::int64_t> positions(const std::vector<HandOver>& hand_overs) {
  std::vector<std::int64_t> result;
  for (const HandOver& hand_over : hand_overs)
    result.push_back(hand_over.position);
  return result;
}

class NextCommit : public testing::Test {
 protected:
  template <typename... Parts>
  void collect(Parts... parts) {
    (collected_.push_back(std::move(parts)), ...);
  }
  std::vector<HandOver> collected_;
};

TEST_F(NextCommit, HasNothingWhenNothingWasCollected) {
  EXPECT_THAT(take_next_commit(collected_, 10), IsEmpty());
}

TEST_F(NextCommit, HasEverythingWhenThereAreFewStates) {
  collect(hand_over(0, 1, 3), hand_over(2, 2, 3), hand_over(1, 3, 3));
  EXPECT_THAT(positions(take_next_commit(collected_, 10)), ElementsAre(1, 2, 3));
  EXPECT_THAT(collected_, IsEmpty());
}

TEST_F(NextCommit, LeavesOtherPartitionsOnceThereAreStatesEnough) {
  collect(hand_over(0, 1, 6), hand_over(1, 2, 6), hand_over(2, 3, 6));
  EXPECT_THAT(positions(take_next_commit(collected_, 10)), ElementsAre(1, 2));
  EXPECT_THAT(positions(collected_), ElementsAre(3));
}

TEST_F(NextCommit, HasAllOfAPartitionInItsOrderHoweverMuchThatIs) {
  collect(hand_over(0, 1, 50), hand_over(1, 2, 1), hand_over(0, 3, 50), hand_over(1, 4, 1));
  EXPECT_THAT(positions(take_next_commit(collected_, 10)), ElementsAre(1, 3));
  EXPECT_THAT(positions(collected_), ElementsAre(2, 4));
}

TEST_F(NextCommit, HasAlertsBeforeOthersAndWhoHasWaitedLongest) {
  collect(hand_over(0, 1, 20), hand_over(1, 2, 20), hand_over(2, 3, 20), hand_over(2, 4, 0, 1));
  EXPECT_THAT(positions(take_next_commit(collected_, 10)), ElementsAre(1, 3, 4));
  EXPECT_THAT(positions(take_next_commit(collected_, 10)), ElementsAre(2));
  EXPECT_THAT(collected_, IsEmpty());
}

}  // namespace
}  // namespace crowdflow::processor
