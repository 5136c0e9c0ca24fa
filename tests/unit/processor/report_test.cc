#include "processor/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processor/hall.h"

namespace crowdflow::processor {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Report, SaysNothingOfAVenueWhosePartitionHasGoneToAnotherEngine) {
  StatusCell cell;
  Report report(cell, {hall()});
  const auto told = [&]() -> const telemetry::VenueStatus& {
    report.publish();
    return cell.read().venues.at(0);
  };
  const auto work = work_of(0);
  work->take(run_of(0, 0, 1)->records().front());
  report.begin(wall(kStart));
  report.partition(0, progress_of(*work), 1);
  EXPECT_THAT(told().zones, SizeIs(1));
  EXPECT_TRUE(told().progress.started);

  report.begin(wall(kStart + 1));
  EXPECT_THAT(told().zones, IsEmpty());
  EXPECT_FALSE(told().progress.started);
  EXPECT_EQ(told().venue->id, "hall");
}

}  // namespace
}  // namespace crowdflow::processor
