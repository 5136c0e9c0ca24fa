// In which order sensors speak changes nothing: the engine only guesses who comes next.

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "stage.h"

namespace crowdflow::testing {
namespace {

TEST(SpeakingOrder, IsGuessedAndMayBeAnyOther) {
  constexpr std::size_t kCounters = 70;
  constexpr std::uint64_t kTurns = 12;
  VenueBuilder builder;
  for (std::size_t i = 0; i < kCounters; ++i) {
    const std::string n = std::to_string(i);
    builder.zone("zone-" + n).opening("door-" + n, "", "zone-" + n);
    builder.counter(i % 3 == 0 ? "a-counter-with-a-long-name-" + n : n, "door-" + n);
  }
  Stage stage(builder);
  stage.clock(86'400);
  std::mt19937 random(3);
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < kCounters; ++i) {
    readings.push_back({.venue_id = "hall",
                        .sensor_id = stage.venue().sensors[i].id,
                        .statement = CountDelta{.entries = i}});
  }
  readings.push_back({.venue_id = "hall", .sensor_id = "nobody", .statement = CountDelta{}});
  std::vector<Outcome> outcomes(readings.size());
  for (std::uint64_t turn = 1; turn <= kTurns; ++turn) {
    // The same order for some turns, then another.
    if (turn % 4 == 0) std::ranges::shuffle(readings, random);
    for (Reading& reading : readings)
      reading.event_time = at(static_cast<double>(turn));
    stage.shard.apply(readings, outcomes, stage.out);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      EXPECT_EQ(outcomes[i],
                readings[i].sensor_id == "nobody" ? Outcome::kUnknownSensor : Outcome::kApplied);
    }
  }
  const std::vector<SensorTotals> totals = stage.shard.sensor_totals("hall");
  for (std::size_t i = 0; i < kCounters; ++i) {
    EXPECT_EQ(totals[i].readings, kTurns);
    EXPECT_EQ(totals[i].entries, kTurns * i);
  }
}

}  // namespace
}  // namespace crowdflow::testing
