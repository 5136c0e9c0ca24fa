#include "wire/time_reader.h"

#include <gmock/gmock.h>

namespace crowdflow::wire {
namespace {

using testing::HasSubstr;

EventTime at(std::string_view text) { return *event_time_from_rfc3339(text); }

// London: an hour ahead from 2018-03-25T01:00Z to 2018-10-28T01:00Z.
std::vector<UtcOffset> london() {
  return {{.from = at("2017-10-29T01:00:00Z"), .seconds = std::chrono::seconds{0}},
          {.from = at("2018-03-25T01:00:00Z"), .seconds = std::chrono::seconds{3600}},
          {.from = at("2018-10-28T01:00:00Z"), .seconds = std::chrono::seconds{0}}};
}

TimeReader reader(const std::string& format,
                  std::optional<std::vector<UtcOffset>> zone = london()) {
  auto made = TimeReader::make(format, std::move(zone));
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return *made;
}

std::string read(const std::string& format, const std::string& text) {
  const auto times = reader(format).read(text);
  return times ? to_rfc3339(times->time) : "expected " + times.error();
}

TEST(TimeReader, ReadsTheUsualFormsByItself) {
  EXPECT_EQ(read("", "2018-02-09T11:00:00+09:00"), "2018-02-09T02:00:00Z");
  EXPECT_EQ(read("", "2018-02-09 11:00:00.5Z"), "2018-02-09T11:00:00.500Z");
  EXPECT_EQ(read("", "2018-02-09 11:00"), "2018-02-09T11:00:00Z");
  EXPECT_EQ(read("", "2018-07-09 11:00:30"), "2018-07-09T10:00:30Z") << "summer time";
  EXPECT_EQ(read("", "2018-07-09T11:00:30.25"), "2018-07-09T10:00:30.250Z");
  EXPECT_THAT(read("", "09/02/2018 11:00"), HasSubstr("a time format, such as %d/%m/%Y %H:%M"));
}

TEST(TimeReader, ReadsWhatAFormatSays) {
  EXPECT_EQ(read("%d/%m/%Y %H:%M", "9/2/2018  7:05"), "2018-02-09T07:05:00Z");
  EXPECT_EQ(read("%d.%m.%y %H:%M:%S", "09.02.18 07:05:59"), "2018-02-09T07:05:59Z");
  EXPECT_EQ(read("%m/%d/%Y %I:%M %p", "02/09/2018 12:30 AM"), "2018-02-09T00:30:00Z");
  EXPECT_EQ(read("%m/%d/%Y %I:%M %p", "02/09/2018 12:30 pm"), "2018-02-09T12:30:00Z");
  EXPECT_EQ(read("%e %b %Y, %R", "9 Feb 2018, 11:00"), "2018-02-09T11:00:00Z");
  EXPECT_EQ(read("%F %T.%f", "2018-02-09 11:00:00.123456789"), "2018-02-09T11:00:00.123456Z");
  EXPECT_EQ(read("%Y-%m-%d %H:%M %z", "2018-02-09 11:00 -0130"), "2018-02-09T12:30:00Z");
  EXPECT_EQ(read("%s", "1518174000"), "2018-02-09T11:00:00Z");
  EXPECT_EQ(read("%d%%%m%%%Y", "9%2%2018"), "2018-02-09T00:00:00Z");
}

TEST(TimeReader, RefusesWhatIsNoSuchTime) {
  for (const char* text : {"", "9/2/2018", "9/2/2018 7:05 ", "9/2/2018 24:00", "9/2/2018 7:60",
                           "9-2-2018 7:05", "9/2/18 7:05", "x9/2/2018 7:05"}) {
    EXPECT_EQ(read("%d/%m/%Y %H:%M", text), "expected a time as in %d/%m/%Y %H:%M") << text;
  }
  EXPECT_EQ(read("%d/%m/%Y %H:%M", "30/2/2018 7:05"), "expected a day that there is");
  EXPECT_EQ(read("%d/%m/%Y %H:%M", "1/1/1969 7:05"),
            "expected a local time that there is: the clocks skip this one when they are set "
            "forward");
  EXPECT_EQ(read("%s", "99999999999"), "expected a time in the years 1970 to 2200");
}

TEST(TimeReader, KnowsWhatClocksSkipAndWhatTheySayTwice) {
  EXPECT_THAT(read("", "2018-03-25 01:30"), HasSubstr("the clocks skip this one"));
  EXPECT_EQ(read("", "2018-03-25 00:59:59"), "2018-03-25T00:59:59Z");
  EXPECT_EQ(read("", "2018-03-25 02:00"), "2018-03-25T01:00:00Z");
  const auto twice = reader("").read("2018-10-28 01:30");
  ASSERT_TRUE(twice.has_value());
  EXPECT_EQ(to_rfc3339(twice->time), "2018-10-28T00:30:00Z");
  ASSERT_TRUE(twice->again.has_value());
  EXPECT_EQ(to_rfc3339(*twice->again), "2018-10-28T01:30:00Z");
  EXPECT_FALSE(reader("").read("2018-10-28 02:00")->again.has_value());
  EXPECT_FALSE(reader("").read("2018-10-28 00:59")->again.has_value());
}

TEST(TimeReader, RefusesLocalTimesOfAnUnknownZone) {
  EXPECT_THAT(reader("", std::nullopt).read("2018-02-09 11:00").error(),
              HasSubstr("a time with its zone"));
  EXPECT_TRUE(reader("", std::nullopt).read("2018-02-09T11:00:00Z").has_value());
  EXPECT_EQ(to_rfc3339(reader("", std::vector<UtcOffset>{}).read("2018-02-09 11:00")->time),
            "2018-02-09T11:00:00Z")
      << "UTC";
}

TEST(TimeReader, RefusesFormatsThatItDoesNotKnow) {
  for (const char* format : {"%Y-%q", "%", "%Y %"}) {
    const auto made = TimeReader::make(format, std::nullopt);
    ASSERT_FALSE(made.has_value()) << format;
    EXPECT_THAT(made.error().message, HasSubstr("expected %Y %m %d"));
  }
}

}  // namespace
}  // namespace crowdflow::wire
