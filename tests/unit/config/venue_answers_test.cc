#include "config/venue_answers.h"

#include <gmock/gmock.h>

#include "config/time_zone.h"
#include "config/venue_parts.h"
#include "config/venue_sketch.h"

namespace crowdflow::config {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

template <typename T>
std::string expected_by(const Answer<T>& answer) {
  return answer ? "" : answer.error();
}

TEST(VenueAnswers, MakeAnIdOfAName) {
  EXPECT_EQ(id_from_name("Village hall"), "village-hall");
  EXPECT_EQ(id_from_name("  St. John's & St. Mary's  "), "st-john-s-st-mary-s");
  EXPECT_EQ(id_from_name("B\u00fcrgerhaus \u00c5s"), "burgerhaus-as");
  EXPECT_EQ(id_from_name("\ub300\uc804 2"), "2");
  EXPECT_EQ(id_from_name("\ub300\uc804"), "");
  EXPECT_EQ(id_from_name(std::string(49, 'a') + " bc"), std::string(49, 'a'));
}

TEST(VenueAnswers, TakeAnAreaAsItIsWritten) {
  for (const char* text : {"220", "220m2", "220 m\u00b2", " 20x11 ", "20 x 11 m", "20m X 11m"})
    EXPECT_EQ(answer_area(text), 220) << text;
  EXPECT_EQ(answer_area("3.1x2.5"), 7.75);
  for (const char* text : {"", "0", "-4", "20x", "x20", "20x11x2", "22O", "0.5", "1e3", "200001"})
    EXPECT_THAT(expected_by(answer_area(text)), HasSubstr("square metres such as 220m2")) << text;
}

TEST(VenueAnswers, RefuseACapacityThatWouldBeACrush) {
  EXPECT_EQ(answer_capacity("400", ZoneKind::kStanding, 220), 400);
  EXPECT_EQ(answer_capacity("-", ZoneKind::kStanding, 220), std::nullopt);
  EXPECT_EQ(answer_capacity("", ZoneKind::kStanding, 220), std::nullopt);
  // Level F of green-guide-standing begins at 4.7 people/m2, which are 1034.
  EXPECT_EQ(answer_capacity("1033", ZoneKind::kStanding, 220), 1033);
  EXPECT_THAT(expected_by(answer_capacity("1034", ZoneKind::kStanding, 220)),
              HasSubstr("1 to 1033: on 220 m2 more are at level F of green-guide-standing"));
  EXPECT_FALSE(answer_capacity("0", ZoneKind::kStanding, 220));
  EXPECT_FALSE(answer_capacity("many", ZoneKind::kStanding, 220));
}

TEST(VenueAnswers, KnowTheLimitOfEachKindOfPlace) {
  EXPECT_EQ(answer_limit("", ZoneKind::kWalkway), 2.1);   // F of 0.46 m2 per person
  EXPECT_EQ(answer_limit("-", ZoneKind::kStairs), 2.7);   // F of 0.37
  EXPECT_EQ(answer_limit("", ZoneKind::kQueue), 3.5);     // E of 0.28
  EXPECT_EQ(answer_limit("", ZoneKind::kStanding), 3.5);  // the same
  EXPECT_EQ(answer_limit("2.5/m2", ZoneKind::kStanding), 2.5);
  EXPECT_THAT(expected_by(answer_limit("2.2", ZoneKind::kWalkway)),
              HasSubstr("0.1 to 2.17, where level F of fruin-walkway begins"));
}

TEST(VenueAnswers, SayWhatWasExpected) {
  EXPECT_EQ(answer_kind("Sitting"), ZoneKind::kSeating);
  EXPECT_THAT(expected_by(answer_kind("dancing")), HasSubstr("sitting, standing, queue"));
  EXPECT_EQ(answer_width("1.8 m"), 1.8);
  EXPECT_EQ(answer_width("-"), std::nullopt);
  EXPECT_THAT(expected_by(answer_width("wide")), HasSubstr("metres such as 1.8m"));
  EXPECT_EQ(answer_every("90s"), Span{seconds{90}});
  EXPECT_THAT(expected_by(answer_every("90")), HasSubstr("a whole number and its unit"));
  EXPECT_THAT(expected_by(answer_counts("occupancy", true)), HasSubstr("is of a place"));
  EXPECT_THAT(expected_by(answer_counts("delta", false)), HasSubstr("are at a door"));
  EXPECT_THAT(expected_by(answer_time_zone("Europe/Londn")), HasSubstr("Europe/London"));
}

VenueSketch hall() {
  VenueSketch sketch{.name = "Hall", .id = "hall", .time_zone = "UTC"};
  EXPECT_TRUE(add_zone(sketch, "hall,220m2,400,standing"));
  EXPECT_TRUE(add_door(sketch, "front,1.8m,hall"));
  return sketch;
}

TEST(VenueParts, AreReadFromOneTextEach) {
  VenueSketch sketch = hall();
  EXPECT_TRUE(add_zone(sketch, "Small foyer, 4x6, -, walkway, 1.5"));
  EXPECT_TRUE(add_door(sketch, "left,,hall,small foyer"));
  EXPECT_TRUE(add_counter(sketch, "door-1,front,total,10s"));
  EXPECT_TRUE(add_counter(sketch, "cam,left"));
  EXPECT_TRUE(add_counter(sketch, "area,hall,occupancy"));
  ASSERT_EQ(sketch.zones.size(), 2U);
  EXPECT_EQ(sketch.zones[1].id, "small-foyer");
  EXPECT_EQ(sketch.zones[1].limit_per_m2, 1.5);
  EXPECT_EQ(sketch.doors[1].from, 1U);
  EXPECT_EQ(sketch.counters[0].counts, CountKind::kTotal);
  EXPECT_EQ(sketch.counters[1].every, Span{minutes{1}});
  EXPECT_EQ(sketch.counters[2].counts, CountKind::kOccupancy);
  EXPECT_EQ(missing_in(sketch), "");
}

TEST(VenueParts, AreRefusedWithWhatWasExpected) {
  VenueSketch sketch = hall();
  EXPECT_THAT(expected_by(add_zone(sketch, "HALL,20")), HasSubstr("\"hall\" is taken"));
  EXPECT_THAT(expected_by(add_zone(sketch, "Outside,20")), HasSubstr("another name"));
  EXPECT_THAT(expected_by(add_zone(sketch, "bar,wide")), HasSubstr("its area: square metres"));
  EXPECT_THAT(expected_by(add_zone(sketch, "bar,20,,queue,2,7")), HasSubstr("no more"));
  EXPECT_THAT(expected_by(add_door(sketch, "back,1m,cellar")), HasSubstr("leads to: one of hall"));
  EXPECT_THAT(expected_by(add_door(sketch, "back,1m,hall,hall")), HasSubstr("another place"));
  EXPECT_THAT(expected_by(add_counter(sketch, "c,cellar")), HasSubstr("one of front (a door)"));
  EXPECT_THAT(expected_by(add_counter(sketch, "c,hall,delta")), HasSubstr("are at a door"));
  EXPECT_TRUE(add_counter(sketch, "c,front"));
  EXPECT_THAT(expected_by(add_counter(sketch, "c,hall,occupancy")), HasSubstr("\"c\" is taken"));
  EXPECT_THAT(expected_by(add_counter(sketch, "d,front")), HasSubstr("another place"));
  EXPECT_EQ(sketch.zones.size(), 1U);
  EXPECT_EQ(sketch.doors.size(), 1U);
  EXPECT_EQ(sketch.counters.size(), 1U);
}

TEST(VenueParts, MustTellOfEveryPlaceAndDoor) {
  VenueSketch sketch = hall();
  EXPECT_THAT(missing_in(sketch), HasSubstr("a counter at \"front\""));
  ASSERT_TRUE(add_counter(sketch, "c,front"));
  EXPECT_EQ(missing_in(sketch), "");
  ASSERT_TRUE(add_zone(sketch, "attic,20"));
  EXPECT_THAT(missing_in(sketch), HasSubstr("a door to \"attic\""));
  EXPECT_THAT(missing_in(VenueSketch{}), HasSubstr("a place"));
}

}  // namespace
}  // namespace crowdflow::config
