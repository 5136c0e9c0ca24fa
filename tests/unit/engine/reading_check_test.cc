#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <random>

#include <crowdflow/reading_check.h>

#include "stage.h"

namespace crowdflow::testing {
namespace {

using ::testing::HasSubstr;

VenueBuilder every_kind() {
  VenueBuilder builder = VenueBuilder()
                             .zone("plaza", 200)
                             .zone("corridor", 50)
                             .opening("gate", "", "plaza", 3.0)
                             .opening("side", "", "plaza", 1.0)
                             .opening("door", "plaza", "corridor", 1.5)
                             .counter("turnstile", "gate")
                             .access("scanner", "gate")
                             .access("side-scanner", "side")
                             .gauge("lidar", "plaza")
                             .motion("radar", "corridor")
                             .register_of("narrow", "door");
  builder.sensor().bits = 16;
  builder.counter("slow", "door", 10s);
  builder.sensor().max_rate_per_minute = 60;
  return builder;
}

constexpr Span kDay = std::chrono::hours{24};

// Draws readings of which most have something wrong with them.
class OddReadings {
 public:
  explicit OddReadings(unsigned seed) : random_(seed) {}

  Reading next() {
    Reading reading{
        .venue_id = pick<std::string_view>({"hall", "hall", "hall", "hall", "hal", ""}),
        .sensor_id = pick<std::string_view>(
            {"turnstile", "scanner", "side-scanner", "lidar", "radar", "narrow", "slow", "", "x"}),
        .event_time =
            pick<EventTime>({at(0), at(0), at(0), at(60), at(61), at(59.5), kEarliestEvent,
                             kLatestEvent, kEarliestEvent - Span{1}, kLatestEvent + Span{1}}),
        .interval = pick<Span>({0s, 1s, 1s, 10s, kDay, kDay + Span{1}, Span{-1}})};
    reading.statement = statement();
    return reading;
  }

 private:
  template <typename T>
  T pick(std::initializer_list<T> from) {
    return from.begin()[random_() % from.size()];
  }
  std::uint64_t number() {
    return pick<std::uint64_t>({0, 1, 2, 11, 12, 61, 62, 65'535, 65'536, 1'000'000, 1'000'001,
                                std::uint64_t{1} << 53, (std::uint64_t{1} << 53) + 1,
                                std::numeric_limits<std::uint64_t>::max()});
  }
  double real() {
    return pick<double>({0, 1, 20, 20.001, 400, 401, 1e9, 1.1e9, -0.001,
                         std::numeric_limits<double>::quiet_NaN(),
                         std::numeric_limits<double>::infinity()});
  }
  Statement statement() {
    switch (random_() % 8) {
      case 0:
        return CountDelta{.entries = number(), .exits = number()};
      case 1:
        return CountTotal{.entries = number(), .exits = number()};
      case 2:
        return Occupancy{.people = number(), .stddev = real(), .capped_at = number()};
      case 3:
        return Motion{.mean_speed = real(), .velocity_variance = real()};
      case 4:
        return Anchor{.zone_id = pick<std::string_view>({"", "plaza", "corridor", "roof"}),
                      .people = number(),
                      .stddev = real()};
      case 5:
        return Access{.admitted = number(),
                      .refused = pick<std::uint64_t>({0, 32'000'000, 32'000'001})};
      case 6:
        return Heartbeat{};
      default:
        return std::monostate{};
    }
  }

  std::mt19937 random_;
};

TEST(ReadingCheck, FindsAFaultExactlyWhereTheEngineRefuses) {
  const auto venue = every_kind().build();
  const ReadingCheck check({venue});
  OddReadings readings(1);
  std::map<Outcome, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    const Reading reading = readings.next();
    Stage stage(venue);
    stage.clock(0);
    const Outcome outcome = stage.say(reading);
    const auto fault = check.fault_of(reading, wall(0));
    ASSERT_EQ(fault.has_value(), is_rejection(outcome))
        << i << ": " << name_of(outcome) << (fault ? ", but " + fault->message : "");
    ++seen[outcome];
    if (!fault) continue;
    ASSERT_EQ(name_of(fault->reason), name_of(outcome)) << i << ": " << fault->message;
    ASSERT_FALSE(fault->message.empty());
  }
  for (const Outcome outcome : {Outcome::kApplied, Outcome::kUnknownVenue, Outcome::kUnknownSensor,
                                Outcome::kImpossible, Outcome::kFuture}) {
    EXPECT_GT(seen[outcome], 20) << name_of(outcome) << " was tried";
  }
}

TEST(ReadingCheck, SaysWhatWasFoundAndWhatWasExpected) {
  const ReadingCheck check({every_kind().build()});
  const auto fault = [&](Reading reading) { return *check.fault_of(reading, wall(0)); };
  Reading reading{.venue_id = "hall",
                  .sensor_id = "lidr",
                  .event_time = at(0),
                  .statement = Occupancy{.people = 2'000'000}};
  EXPECT_EQ(fault(reading).field, "sensor_id");
  EXPECT_EQ(fault(reading).message,
            "found \"lidr\", expected a sensor of venue hall: turnstile, scanner, side-scanner, "
            "lidar, radar, ...");
  reading.sensor_id = "lidar";
  EXPECT_EQ(fault(reading).field, "occupancy.people");
  EXPECT_EQ(fault(reading).message, "found 2000000, expected 0 to 1000000");
  reading.statement = CountDelta{};
  EXPECT_EQ(fault(reading).message, "expected occupancy of this sensor, or heartbeat");
  reading.statement = Heartbeat{};
  reading.event_time = at(61);
  EXPECT_EQ(fault(reading).field, "event_time");
  EXPECT_THAT(fault(reading).message, HasSubstr("expected at most 60 s ahead of the clock"));
}

TEST(ReadingCheck, ChecksValuesAloneWhereNoVenueIsKnown) {
  const ReadingCheck check({});
  Reading reading{.venue_id = "anywhere",
                  .sensor_id = "anything",
                  .event_time = at(0),
                  .statement = CountDelta{.entries = 1}};
  EXPECT_FALSE(check.fault_of(reading, wall(0)));
  reading.statement = CountDelta{.entries = 1'000'001};
  EXPECT_EQ(check.fault_of(reading, wall(0))->reason, Outcome::kImpossible);
  reading.venue_id = "";
  EXPECT_EQ(check.fault_of(reading, wall(0))->reason, Outcome::kUnknownVenue);
}

}  // namespace
}  // namespace crowdflow::testing
