#include "sim/crowd.h"

#include <gmock/gmock.h>
#include <numeric>

#include "halls.h"

namespace crowdflow::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A crowd that lives in sub-steps of 100 ms.
struct Walk {
  explicit Walk(const Venue& venue, std::vector<std::int64_t> room)
      : routes(venue, std::nullopt), crowd(venue, routes, std::move(room), 7) {}

  void go_on(Span span) {
    for (const EventTime end = now + span; now < end;) {
      now += milliseconds{100};
      crowd.move(now, milliseconds{100});
    }
  }

  Routes routes;
  Crowd crowd;
  EventTime now = kNoon;
};

Venue one_room(double gate_m) {
  Venue venue = empty_hall();
  add_opening(venue, kOutside, add_zone(venue, "room", ZoneKind::kOther, 100), gate_m);
  return venue;
}

TEST(Crowd, PassesAnOpeningAsFastAsItsWidthAllows) {
  // 3 m x 82 people/min/m = 246 people a minute.
  const Venue venue = one_room(3);
  Walk walk(venue, {1000});
  for (int i = 0; i < 400; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{60});
  EXPECT_EQ(walk.crowd.people()[0], 246);
}

TEST(Crowd, PassesStepsSlower) {
  Venue venue = one_room(2);
  venue.zones[0].kind = ZoneKind::kStairs;
  Walk walk(venue, {1000});
  for (int i = 0; i < 400; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{60});
  EXPECT_EQ(walk.crowd.people()[0], 132);
}

TEST(Crowd, PassesNotMoreThanTheSensorHoldsPossible) {
  Venue venue = one_room(2);
  venue.sensors[0].max_rate_per_minute = 60;
  Walk walk(venue, {1000});
  for (int i = 0; i < 400; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{60});
  EXPECT_EQ(walk.crowd.people()[0], 60);
}

TEST(Crowd, DoesNotSaveUpWhatNobodyUsed) {
  const Venue venue = one_room(2);
  Walk walk(venue, {1000});
  walk.go_on(seconds{600});
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0}, walk.now));
  walk.go_on(seconds{1});
  EXPECT_LE(walk.crowd.people()[0], 4);
}

TEST(Crowd, WaitsOutsideWhereThereIsNoRoom) {
  const Venue venue = one_room(2);
  Walk walk(venue, {10});
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{600});
  EXPECT_EQ(walk.crowd.people()[0], 10);
  EXPECT_EQ(walk.crowd.inside(), 10);
}

TEST(Crowd, StaysAtTheGoalAndLeaves) {
  const Venue venue = one_room(2);
  Walk walk(venue, {1000});
  ASSERT_TRUE(walk.crowd.arrive(0, {.goal = 0, .stay = seconds{100}}, walk.now));
  // 60 to 120 % of 10 m at 1.34 m/s to the place.
  walk.go_on(seconds{2});
  EXPECT_EQ(walk.crowd.people()[0], 1);
  walk.go_on(seconds{100});
  EXPECT_EQ(walk.crowd.people()[0], 1);
  walk.go_on(seconds{20});
  EXPECT_EQ(walk.crowd.people()[0], 0);
  EXPECT_EQ(walk.crowd.passed()[0].entries, 1);
  EXPECT_EQ(walk.crowd.passed()[0].exits, 1);
  EXPECT_EQ(walk.crowd.bound_for(0), 0);
}

TEST(Crowd, RefusesAGoalThatCannotBeReached) {
  Venue venue = one_room(2);
  add_zone(venue, "cellar", ZoneKind::kOther, 50);
  Walk walk(venue, {100, 100});
  EXPECT_FALSE(walk.crowd.arrive(0, {.goal = 1}, walk.now));
  EXPECT_EQ(walk.crowd.bound_for(1), 0);
}

TEST(Crowd, TurnsBackWhereItCannotGetOn) {
  // The back room has room for one, who stays for an hour.
  Venue venue = one_room(2);
  const ZoneIndex back = add_zone(venue, "back", ZoneKind::kOther, 20);
  add_opening(venue, 0, back, 2);
  Walk walk(venue, {20, 1});
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = back, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{600});
  EXPECT_EQ(walk.crowd.people()[0], 0);
  EXPECT_EQ(walk.crowd.people()[back], 1);
}

TEST(Crowd, CannotLockItself) {
  // A ring of three full zones: each is the way to the next one's goal.
  Venue venue = empty_hall();
  for (const char* id : {"a", "b", "c"})
    add_zone(venue, id, ZoneKind::kOther, 20);
  for (ZoneIndex zone = 0; zone < 3; ++zone) {
    add_opening(venue, kOutside, zone, 1);
    add_opening(venue, zone, (zone + 1) % 3, 1);
  }
  Walk walk(venue, {5, 5, 5});
  for (int i = 0; i < 200; ++i) {
    for (const OpeningIndex gate : {0U, 2U, 4U})
      ASSERT_TRUE(walk.crowd.arrive(gate, {.goal = (gate / 2 + 1) % 3}, walk.now));
  }
  walk.go_on(seconds{3600});
  EXPECT_EQ(walk.crowd.inside(), 0);
}

TEST(Crowd, HoldsInAJamWhoComesInByItsGateAndLetsGoAfterwards) {
  Venue venue = one_room(4);
  const ZoneIndex back = add_zone(venue, "back", ZoneKind::kOther, 200);
  add_opening(venue, 0, back, 4);
  Walk walk(venue, {30, 1000});
  walk.crowd.jam({.gate = 0, .zone = 0, .room = 150});
  for (int i = 0; i < 300; ++i)
    ASSERT_TRUE(walk.crowd.arrive(0, {.goal = back, .stay = seconds{3600}}, walk.now));
  walk.go_on(seconds{60});
  EXPECT_EQ(walk.crowd.people()[0], 150);
  EXPECT_EQ(walk.crowd.people()[back], 0);
  EXPECT_EQ(walk.crowd.bound_for(back), 300);

  walk.crowd.end_jam(walk.now);
  walk.go_on(seconds{60});
  EXPECT_EQ(walk.crowd.people()[0], 0);
  // Both openings are as wide, so about every second person goes home.
  EXPECT_THAT(walk.crowd.people()[back], testing::AllOf(testing::Gt(50), testing::Lt(100)));
}

}  // namespace
}  // namespace crowdflow::sim
