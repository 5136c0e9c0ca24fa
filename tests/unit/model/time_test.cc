#include <gmock/gmock.h>

#include <crowdflow/time.h>

namespace crowdflow {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The opening of the Winter Games of 2018: `date -u -d 2018-02-09T11:00:00Z +%s`.
constexpr EventTime kOpening{seconds{1'518'174'000}};

TEST(Time, WritesAsManyDecimalsAsNeeded) {
  EXPECT_EQ(to_rfc3339(kOpening), "2018-02-09T11:00:00Z");
  EXPECT_EQ(to_rfc3339(kOpening + milliseconds{250}), "2018-02-09T11:00:00.250Z");
  EXPECT_EQ(to_rfc3339(kOpening + microseconds{7}), "2018-02-09T11:00:00.000007Z");
  EXPECT_EQ(to_rfc3339(WallTime{kOpening.time_since_epoch()}), "2018-02-09T11:00:00Z");
}

TEST(Time, WritesTheEndsOfTheRange) {
  EXPECT_EQ(to_rfc3339(kEarliestEvent), "1970-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(kLatestEvent), "2200-01-01T00:00:00Z");
  EXPECT_EQ(to_rfc3339(kEarliestEvent - microseconds{1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339(EventTime::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339(EventTime::min()), "0000-01-01T00:00:00Z");
}

TEST(Time, ReadsAnyOffset) {
  for (const char* text : {"2018-02-09T11:00:00Z", "2018-02-09t11:00:00z", "2018-02-09 11:00:00Z",
                           "2018-02-09T20:00:00+09:00", "2018-02-09T06:30:00-04:30",
                           "2018-02-10T00:45:00+13:45", "2018-02-09T11:00:00-00:00"}) {
    EXPECT_EQ(event_time_from_rfc3339(text), kOpening) << text;
  }
}

TEST(Time, CutsDecimalsToMicroseconds) {
  EXPECT_EQ(event_time_from_rfc3339("2018-02-09T11:00:00.2Z"), kOpening + milliseconds{200});
  EXPECT_EQ(event_time_from_rfc3339("2018-02-09T11:00:00.000001Z"), kOpening + microseconds{1});
  EXPECT_EQ(event_time_from_rfc3339("2018-02-09T11:00:00.123456789Z"),
            kOpening + microseconds{123'456});
}

TEST(Time, ReadsWhatItWrites) {
  for (std::int64_t us = 0; us < 7'258'118'400'000'000; us += 9'876'543'210'987) {
    const EventTime t{microseconds{us}};
    EXPECT_EQ(event_time_from_rfc3339(to_rfc3339(t)), t) << to_rfc3339(t);
  }
}

TEST(Time, CountsALeapSecondAsTheSecondAfter) {
  const auto after = event_time_from_rfc3339("2017-01-01T00:00:00Z");
  EXPECT_EQ(event_time_from_rfc3339("2016-12-31T23:59:60Z"), after);
  EXPECT_EQ(event_time_from_rfc3339("2017-01-01T08:59:60+09:00"), after);
  EXPECT_EQ(event_time_from_rfc3339("2016-12-31T22:59:60Z"), std::nullopt);
}

TEST(Time, RefusesWhatIsNotATime) {
  for (const char* text : {"",
                           "now",
                           "1518174000",
                           "2018-02-09",
                           "2018-02-09T11:00:00",
                           "2018-02-09T11:00Z",
                           "2018-2-9T11:00:00Z",
                           "2018-02-30T11:00:00Z",
                           "2018-13-01T11:00:00Z",
                           "2018-00-01T11:00:00Z",
                           "2018-02-09T24:00:00Z",
                           "2018-02-09T11:60:00Z",
                           "2018-02-09T11:00:61Z",
                           "2018-02-09T11:00:00.Z",
                           "2018-02-09T11:00:00.1234567890Z",
                           "2018-02-09T11:00:00+9:00",
                           "2018-02-09T11:00:00+0900",
                           "2018-02-09T11:00:00+24:00",
                           "2018-02-09T11:00:00+09:60",
                           "2018-02-09T11:00:00Zx",
                           " 2018-02-09T11:00:00Z",
                           "2018-02-09T11:00:00ZZ",
                           "-018-02-09T11:00:00Z",
                           "+018-02-09T11:00:00Z"}) {
    EXPECT_EQ(event_time_from_rfc3339(text), std::nullopt) << text;
  }
}

TEST(Time, KnowsLeapYears) {
  EXPECT_TRUE(event_time_from_rfc3339("2016-02-29T00:00:00Z"));
  EXPECT_FALSE(event_time_from_rfc3339("2018-02-29T00:00:00Z"));
  EXPECT_FALSE(event_time_from_rfc3339("2100-02-29T00:00:00Z"));
}

TEST(Time, RefusesStampsOutsideTheRangeOfReadings) {
  EXPECT_TRUE(event_time_from_rfc3339("1970-01-01T00:00:00Z"));
  EXPECT_FALSE(event_time_from_rfc3339("1969-12-31T23:59:59.999999Z"));
  EXPECT_FALSE(event_time_from_rfc3339("1970-01-01T00:00:00+00:01"));
  EXPECT_TRUE(event_time_from_rfc3339("2200-01-01T00:00:00Z"));
  EXPECT_FALSE(event_time_from_rfc3339("2200-01-01T00:00:00.000001Z"));
}

TEST(Time, NumbersSecondsBySliceRoundedDown) {
  EXPECT_EQ(second_of(kOpening + microseconds{999'999}), 1'518'174'000);
  EXPECT_EQ(second_of(kEarliestEvent - microseconds{1}), -1);
  EXPECT_EQ(start_of_second(1'518'174'000), kOpening);
}

}  // namespace
}  // namespace crowdflow
