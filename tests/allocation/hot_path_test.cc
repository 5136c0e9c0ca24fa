// After its first minutes a shard takes nothing from the heap, and it never holds more than it did.

#include <gmock/gmock.h>

#include "busy_venue.h"
#include "counted_heap.h"

namespace crowdflow::testing {
namespace {

constexpr std::int64_t kQuarter = 900;
constexpr std::int64_t kHour = 3600;

TEST(HotPath, AllocatesNothingOnceItIsWarm) {
  BusyVenue busy;
  Shard shard;
  Outputs out;
  shard.put_venue(busy.venue(), out);
  busy.pass(0, 2 * kQuarter, shard);
  const Accounting before = busy.accounting();
  const std::uint64_t alerts = busy.alerts();
  const std::uint64_t finals = busy.finals();

  const std::uint64_t allocations = heap().allocations;
  busy.pass(2 * kQuarter, 4 * kQuarter, shard);
  EXPECT_EQ(heap().allocations, allocations);

  EXPECT_TRUE(busy.accounting().balanced());
  for (const Outcome outcome :
       {Outcome::kApplied, Outcome::kDuplicate, Outcome::kRevised, Outcome::kUnknownSensor,
        Outcome::kImpossible, Outcome::kFuture, Outcome::kLate}) {
    EXPECT_GT(busy.accounting().of(outcome), before.of(outcome)) << name_of(outcome);
  }
  EXPECT_GT(busy.alerts(), alerts) << "alarms were raised and cleared";
  EXPECT_GT(busy.finals(), finals);
}

TEST(Memory, IsAfterADayWhatItWasAfterAnHour) {
  BusyVenue busy;
  Shard shard;
  Outputs out;
  shard.put_venue(busy.venue(), out);
  busy.pass(0, kHour, shard);
  const std::int64_t bytes = heap().live_bytes;
  for (std::int64_t hour = 1; hour < 24; ++hour) {
    busy.pass(hour * kHour, (hour + 1) * kHour, shard);
    ASSERT_EQ(heap().live_bytes, bytes) << "after " << hour + 1 << " hours";
  }
  EXPECT_GT(busy.accounting().of(Outcome::kApplied), 24U * kHour * 5);
}

}  // namespace
}  // namespace crowdflow::testing
