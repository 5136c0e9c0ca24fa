#include "config/values.h"

#include <gmock/gmock.h>

namespace crowdflow::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Eq;
using testing::Optional;

TEST(Values, ReadsNumbersAsWritten) {
  EXPECT_THAT(parse_number("0"), Optional(0.0));
  EXPECT_THAT(parse_number("1.8"), Optional(1.8));
  EXPECT_THAT(parse_number("-0.25"), Optional(-0.25));
  EXPECT_THAT(parse_whole("-9223372036854775808"), Optional(INT64_MIN));
  EXPECT_THAT(parse_whole("0"), Optional(0));
}

TEST(Values, RefusesNumbersThatCouldMeanSomethingElse) {
  for (const char* text : {"",     "-",    "+1",    "012", "00",    "-01", ".5", "5.",  "1e3",
                           "0x10", "0o17", "1_000", "1,5", "1.2.3", " 1",  "1 ", "1m",  ".nan",
                           "nan",  "NaN",  ".inf",  "inf", "-inf",  "yes", "~",  "1/2", "٣"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
    EXPECT_EQ(parse_whole(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_whole("1.0"), std::nullopt);
  EXPECT_EQ(parse_whole("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_number("1" + std::string(400, '0')), std::nullopt);
}

TEST(Values, ReadsDurationsWithTheirUnit) {
  EXPECT_THAT(parse_duration("0s"), Optional(Eq(seconds{0})));
  EXPECT_THAT(parse_duration("500ms"), Optional(Eq(milliseconds{500})));
  EXPECT_THAT(parse_duration("10s"), Optional(Eq(seconds{10})));
  EXPECT_THAT(parse_duration("15m"), Optional(Eq(minutes{15})));
  EXPECT_THAT(parse_duration("1h"), Optional(Eq(hours{1})));
  EXPECT_THAT(parse_duration("7d"), Optional(Eq(hours{168})));
  EXPECT_THAT(parse_duration("10000d"), Optional(Eq(hours{240'000})));
}

TEST(Values, RefusesOtherDurations) {
  for (const char* text :
       {"", "10", "s", "10 s", "10sec", "1.5s", "-1s", "+1s", "010s", "1h30m", "10S", "10us",
        "10001d", "9223372036854775807h", "99999999999999999999s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsRatesPerMinute) {
  EXPECT_THAT(parse_rate_per_minute("60/min"), Optional(60.0));
  EXPECT_THAT(parse_rate_per_minute("3600/h"), Optional(60.0));
  EXPECT_THAT(parse_rate_per_minute("0.5/s"), Optional(30.0));
  for (const char* text : {"60", "60/m", "/min", "60/", "60 / min", "x/min", "60/min/h", "60min"}) {
    EXPECT_EQ(parse_rate_per_minute(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsBytesInPowersOf1024) {
  EXPECT_THAT(parse_bytes("64KiB"), Optional(65'536));
  EXPECT_THAT(parse_bytes("512MiB"), Optional(536'870'912));
  EXPECT_THAT(parse_bytes("2GiB"), Optional(2'147'483'648));
  EXPECT_THAT(parse_bytes("0GiB"), Optional(0));
  for (const char* text : {"", "2", "GiB", "2GB", "2gib", "2 GiB", "1.5GiB", "-1GiB", "02GiB",
                           "2000000GiB", "99999999999999999999KiB"}) {
    EXPECT_EQ(parse_bytes(text), std::nullopt) << text;
  }
}

TEST(Values, ReadsWindowsBySizeAndHop) {
  EXPECT_THAT(parse_window("10s/1s"), Optional(WindowSpec{.size_s = 10, .hop_s = 1}));
  EXPECT_THAT(parse_window("1m"), Optional(WindowSpec{.size_s = 60, .hop_s = 60}));
  EXPECT_THAT(parse_window("1h/15m"), Optional(WindowSpec{.size_s = 3600, .hop_s = 900}));
  EXPECT_THAT(parse_window("2000ms"), Optional(WindowSpec{.size_s = 2, .hop_s = 2}));
  for (const char* text : {"", "/", "10s/", "/1s", "0s", "10s/0s", "10s/3s", "1s/10s", "1500ms",
                           "3s/1500ms", "10s/1s/1s", "10"}) {
    EXPECT_EQ(parse_window(text), std::nullopt) << text;
  }
}

TEST(Values, KnowsWhatAnIdIs) {
  for (const std::string& text :
       {std::string{"a"}, std::string{"0"}, std::string{"gate-a.2_b"}, std::string(64, 'x')}) {
    EXPECT_TRUE(is_id(text)) << text;
  }
  for (const std::string& text :
       {std::string{}, std::string{"-a"}, std::string{".a"}, std::string{"Gate"},
        std::string{"a b"}, std::string{"a/b"}, std::string{"é"}, std::string(65, 'x')}) {
    EXPECT_FALSE(is_id(text)) << text;
  }
}

TEST(Values, WritesTextThatReadsBack) {
  EXPECT_EQ(to_text(Span{0}), "0s");
  EXPECT_EQ(to_text(milliseconds{1500}), "1500ms");
  EXPECT_EQ(to_text(seconds{90}), "90s");
  EXPECT_EQ(to_text(minutes{15}), "15m");
  EXPECT_EQ(to_text(hours{168}), "7d");
  EXPECT_EQ(to_text(1800.0), "1800");
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(10'000'000.0), "10000000");
  EXPECT_EQ(to_short_text(1 / 0.46), "2.17");
  EXPECT_EQ(to_short_text(4.7), "4.7");
}

}  // namespace
}  // namespace crowdflow::config
