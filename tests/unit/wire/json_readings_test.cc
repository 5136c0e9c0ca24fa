#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/decode.h"

namespace crowdflow::test {
namespace {

using testing::ElementsAre;

constexpr std::string_view kDelta = "hall|ts-17|5|0|1518174000250000|10000000|count_delta 12 3";

TEST(JsonReadings, ReadsABatch) {
  EXPECT_THAT(decoded(R"({
    "venue_id": "hall",
    "sensor_id": "ts-17",
    "readings": [
      {"sequence": "5", "event_time": "2018-02-09T11:00:00.250Z", "interval": "10s",
       "count_delta": {"entries": "12", "exits": "3"}}
    ]
  })"),
              ElementsAre(kDelta));
}

TEST(JsonReadings, ReadsNamesInCamelCaseToo) {
  EXPECT_THAT(decoded(R"({"venueId":"hall","sensorId":"ts-17","readings":[
      {"sequence":5,"eventTime":"2018-02-09T11:00:00.250Z","interval":"10s",
       "countDelta":{"entries":12,"exits":3}}]})"),
              ElementsAre(kDelta));
}

TEST(JsonReadings, ReadsOneReading) {
  EXPECT_THAT(decoded(R"({"venue_id":"hall","sensor_id":"ts-17","sequence":5,"interval":"10s",
      "event_time":"2018-02-09T20:00:00.25+09:00","count_delta":{"entries":12,"exits":3}})"),
              ElementsAre(kDelta));
}

TEST(JsonReadings, ReadsAnArrayOfReadings) {
  EXPECT_THAT(decoded(R"([{"venue_id":"a","heartbeat":{}}, {"venue_id":"b","heartbeat":{}}])"),
              ElementsAre("a||0|0|-1|0|heartbeat", "b||0|0|-1|0|heartbeat"));
}

TEST(JsonReadings, ReadsLinesOfReadingsAndBatches) {
  EXPECT_THAT(decoded("{\"venue_id\":\"a\",\"heartbeat\":{}}\n"
                      "{\"venue_id\":\"b\",\"readings\":[{\"heartbeat\":{}},{\"sequence\":2}]}\r\n"
                      "\n"
                      "[{\"venue_id\":\"c\"}]\n",
                      "application/x-ndjson"),
              ElementsAre("a||0|0|-1|0|heartbeat", "b||0|0|-1|0|heartbeat", "b||2|0|-1|0|nothing",
                          "c||0|0|-1|0|nothing"));
}

TEST(JsonReadings, KeepsABatchsDefaultsToThatBatch) {
  EXPECT_THAT(decoded(R"({"readings":[{"sequence":1}],"venue_id":"a"}
                         {"readings":[{"sequence":2,"venue_id":"own"}],"sensor_id":"s"})"),
              ElementsAre("a||1|0|-1|0|nothing", "own|s|2|0|-1|0|nothing"));
}

TEST(JsonReadings, ReadsEveryKind) {
  EXPECT_THAT(decoded(R"([
    {"count_total":{"entries":"9007199254740992","exits":1}},
    {"occupancy":{"people":40,"stddev":1.5,"capped_at":60}},
    {"motion":{"mean_speed":1.25,"velocity_variance":"NaN"}},
    {"anchor":{"zone_id":"plaza","people":0,"stddev":"0.5"}},
    {"access":{"admitted":7,"refused":{"expired":2,"wrong gate":"3"}}},
    {"heartbeat":{}}])"),
              ElementsAre("||0|0|-1|0|count_total 9007199254740992 1",
                          "||0|0|-1|0|occupancy 40 0x1.8p+0 60", "||0|0|-1|0|motion 0x1.4p+0 nan",
                          "||0|0|-1|0|anchor plaza 0 0x1p-1", "||0|0|-1|0|access 7 5",
                          "||0|0|-1|0|heartbeat"));
}

TEST(JsonReadings, TakesNullAsAbsent) {
  EXPECT_THAT(decoded(R"({"venue_id":null,"readings":null,"sequence":null,"occupancy":null,
                          "count_delta":{"entries":null}})"),
              ElementsAre("||0|0|-1|0|count_delta 0 0"));
}

TEST(JsonReadings, ReadsWholeNumbersHoweverTheyAreWritten) {
  EXPECT_THAT(decoded(R"([{"sequence":1.0},{"sequence":"1e3"},{"sequence":-0},
                          {"sequence":18446744073709551615},{"sequence":"12"}])"),
              ElementsAre("||1|0|-1|0|nothing", "||1000|0|-1|0|nothing", "||0|0|-1|0|nothing",
                          "||18446744073709551615|0|-1|0|nothing", "||12|0|-1|0|nothing"));
}

TEST(JsonReadings, UnderstandsEscapes) {
  EXPECT_THAT(decoded(R"({"venue_id":"\u0041\"\\\/\b\f\n\r\t","sensor_id":"\uAC15\ud83d\ude00"})"),
              ElementsAre("A\"\\/\b\f\n\r\t|강😀|0|0|-1|0|nothing"));
}

TEST(JsonReadings, GivesTheEngineImpossibleTimesToRefuse) {
  for (const char* time : {"2300-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2018-02-30T00:00:00Z",
                           "2018-02-09T25:00:00Z", "0000-00-00T00:00:00+99:99"}) {
    EXPECT_THAT(decoded(std::string(R"({"event_time":")") + time + "\"}"),
                ElementsAre("||0|0|-1|0|nothing"))
        << time;
  }
  for (const char* interval : {"-1s", "-0.000001s", "999999999999999999999s", "315576000001s"}) {
    EXPECT_THAT(decoded(std::string(R"({"interval":")") + interval + "\"}"),
                ElementsAre("||0|0|-1|-1|nothing"))
        << interval;
  }
}

TEST(JsonReadings, ReadsSpans) {
  EXPECT_THAT(
      decoded(R"([{"interval":"0.5s"},{"interval":"1.0000019s"},{"interval":"-0s"},
                          {"interval":"86400s"},{"interval":"315576000000s"}])"),
      ElementsAre("||0|0|-1|500000|nothing", "||0|0|-1|1000001|nothing", "||0|0|-1|0|nothing",
                  "||0|0|-1|86400000000|nothing", "||0|0|-1|315576000000000000|nothing"));
}

TEST(JsonReadings, RefusesMoreRefusalReasonsThanAreAllowed) {
  std::string text = R"({"access":{"refused":{)";
  for (int i = 0; i < 33; ++i)
    text += (i == 0 ? "\"r" : ",\"r") + std::to_string(i) + "\":1";
  EXPECT_THAT(decoded(text + "}}}"), ElementsAre("||0|0|-1|0|access 0 18446744073709551615"));
}

struct Malformed {
  std::string_view text;
  std::string_view message;
};

class MalformedJson : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedJson, IsRefusedWithThePlaceAndWhatWasExpected) {
  EXPECT_THAT(decoded(GetParam().text, "application/json"),
              ElementsAre("MALFORMED: " + std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, MalformedJson,
    testing::Values(
        Malformed{" ", "line 1 column 2: found the end of the text, expected '{' or '['"},
        Malformed{"5", "line 1 column 1: found 5, expected '{' or '['"},
        Malformed{"null", "line 1 column 1: found null, expected '{' or '['"},
        Malformed{"{\"readings\":[\n  {\"sequence\":1},\n  {\"sequence\":}\n]}",
                  "line 3 column 15: found '}', expected a whole number from 0 to "
                  "18446744073709551615"},
        Malformed{R"({"venue_id":"hall")",
                  "line 1 column 19: found the end of the text, "
                  "expected ',' or '}'"},
        Malformed{R"({"venue_id":"hall)",
                  "line 1 column 18: found the end of the text, expected '\"' at the end of the "
                  "string"},
        Malformed{"{\"venue_id\":\"ha\nll\"}",
                  "line 1 column 16: found the control character 0x0A, expected '\"' at the end "
                  "of the string"},
        Malformed{R"({"venue_id" "hall"})", "line 1 column 13: found \"hall\", expected ':'"},
        Malformed{R"({venue_id:"hall"})",
                  "line 1 column 2: found venue_id, expected a field's name in quotes"},
        Malformed{R"({"sequence":1,})",
                  "line 1 column 15: found '}', expected a field's name in quotes"},
        Malformed{R"({"readings":[{"sequence":1} {"sequence":2}]})",
                  "line 1 column 29: found '{', expected ',' or ']'"},
        Malformed{R"([{"sequence":1},])", "line 1 column 17: found ']', expected '{'"},
        Malformed{R"({"sequence":1},{"sequence":2})",
                  "line 1 column 15: found ',', expected '{' or '['"},
        Malformed{std::string_view("{\"sequence\":1}\0", 15),
                  "line 1 column 15: found the control character 0x00, expected '{' or '['"},
        Malformed{"{\"venue_id\":\"h\xE4ll\"}", "line 1 column 15: found a byte that is not UTF-8"},
        Malformed{R"({"venue_id":"강릉\x"})",
                  "line 1 column 16: found '\\', expected one of the escapes \\\" \\\\ \\/ \\b \\f "
                  "\\n \\r \\t \\uXXXX"},
        Malformed{R"({"venue_id":"\u12"})",
                  "line 1 column 14: found '\\', expected four hexadecimal digits after \\u"},
        Malformed{R"({"venue_id":"\ud800x"})",
                  "line 1 column 14: found '\\', expected a pair of surrogates"},
        Malformed{R"({"venue_id":"\ude00"})",
                  "line 1 column 14: found '\\', expected a pair of surrogates"},
        Malformed{"[]", "there is no reading in it"},
        Malformed{R"({"venue_id":"hall","readings":[]})", "there is no reading in it"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, MalformedJson,
    testing::Values(
        Malformed{R"({"readings":[{"count_delta":{"entrys":1}}]})",
                  "line 1 column 30: found \"entrys\", expected one of entries, exits"},
        Malformed{R"({"sensor":"a"})",
                  "line 1 column 2: found \"sensor\", expected one of venue_id, sensor_id, "
                  "readings, sequence, boot_id, event_time, interval, count_delta, count_total, "
                  "occupancy, motion, anchor, access, heartbeat"},
        Malformed{R"({"heartbeat":{"on":true}})",
                  "line 1 column 15: found \"on\", expected an object without fields"},
        Malformed{R"({"sequence":1,"sequence":2})",
                  "line 1 column 15: found \"sequence\", expected sequence only once"},
        Malformed{R"({"venue_id":"a","venueId":"b"})",
                  "line 1 column 17: found \"venueId\", expected venue_id only once"},
        Malformed{R"({"heartbeat":{},"motion":{}})",
                  "line 1 column 17: found \"motion\", expected only one kind of statement in a "
                  "reading"},
        Malformed{R"({"sequence":1,"readings":[]})",
                  "line 1 column 15: found \"readings\", expected only venue_id and sensor_id "
                  "beside readings"},
        Malformed{R"({"readings":[],"sequence":1})",
                  "line 1 column 16: found \"sequence\", expected only venue_id and sensor_id "
                  "beside readings"},
        Malformed{R"({"readings":[{"readings":[]}]})",
                  "line 1 column 15: found \"readings\", expected the fields of a reading"},
        Malformed{R"({"readings":{"sequence":1}})", "line 1 column 13: found '{', expected '['"},
        Malformed{R"([[]])", "line 1 column 2: found '[', expected '{'"},
        Malformed{R"({"venue_id":5})", "line 1 column 13: found 5, expected a venue id in quotes"},
        Malformed{R"({"sensor_id":[]})",
                  "line 1 column 14: found '[', expected a sensor id in quotes"},
        Malformed{R"({"anchor":{"zone_id":7}})",
                  "line 1 column 22: found 7, expected a zone id in quotes"},
        Malformed{R"({"access":{"refused":{"late":null}}})",
                  "line 1 column 30: found null, expected a whole number from 0 to "
                  "18446744073709551615"}));

INSTANTIATE_TEST_SUITE_P(
    Values, MalformedJson,
    testing::Values(
        Malformed{R"({"count_delta":{"entries":-5}})",
                  "line 1 column 27: found -5, expected a whole number from 0 to "
                  "18446744073709551615"},
        Malformed{R"({"sequence":1.5})",
                  "line 1 column 13: found 1.5, expected a whole number from 0 to "
                  "18446744073709551615"},
        Malformed{R"({"sequence":18446744073709551616})",
                  "line 1 column 13: found 18446744073709551616, expected a whole number from 0 "
                  "to 18446744073709551615"},
        Malformed{R"({"sequence":"1e30"})",
                  "line 1 column 13: found \"1e30\", expected a whole number from 0 to "
                  "18446744073709551615"},
        Malformed{R"({"sequence":""})",
                  "line 1 column 13: found \"\", expected a whole number "
                  "from 0 to 18446744073709551615"},
        Malformed{R"({"sequence":01})",
                  "line 1 column 13: found 01, expected a whole number from "
                  "0 to 18446744073709551615"},
        Malformed{R"({"sequence":true})",
                  "line 1 column 13: found true, expected a whole number "
                  "from 0 to 18446744073709551615"},
        Malformed{R"({"occupancy":{"stddev":"wide"}})",
                  "line 1 column 24: found \"wide\", expected a number"},
        Malformed{R"({"occupancy":{"stddev":1e999}})",
                  "line 1 column 24: found 1e999, expected a number that 64-bit floating point "
                  "can hold"},
        Malformed{R"({"occupancy":{"stddev":.5}})",
                  "line 1 column 24: found .5, expected a number"},
        Malformed{R"({"event_time":"yesterday"})",
                  "line 1 column 15: found \"yesterday\", expected an RFC 3339 time with its zone "
                  "such as \"2018-02-09T11:00:00.250Z\""},
        Malformed{R"({"event_time":"2018-02-09T11:00:00"})",
                  "line 1 column 15: found \"2018-02-09T11:00:00\", expected an RFC 3339 time with "
                  "its zone such as \"2018-02-09T11:00:00.250Z\""},
        Malformed{R"({"event_time":1518174000})",
                  "line 1 column 15: found 1518174000, expected an RFC 3339 time with its zone "
                  "such as \"2018-02-09T11:00:00.250Z\""},
        Malformed{R"({"interval":"10"})",
                  "line 1 column 13: found \"10\", expected a span in seconds such as \"10s\" or "
                  "\"0.5s\""},
        Malformed{R"({"interval":"1.s"})",
                  "line 1 column 13: found \"1.s\", expected a span in seconds such as \"10s\" or "
                  "\"0.5s\""},
        Malformed{R"({"interval":10})",
                  "line 1 column 13: found 10, expected a span in seconds such as \"10s\" or "
                  "\"0.5s\""},
        Malformed{R"({"venue_id":"0123456789012345678901234567890123456789012","x":1})",
                  "line 1 column 59: found \"x\", expected one of venue_id, sensor_id, readings, "
                  "sequence, boot_id, event_time, interval, count_delta, count_total, occupancy, "
                  "motion, anchor, access, heartbeat"},
        Malformed{
            R"({"sequence":"0123456789012345678901234567890123456789012"})",
            "line 1 column 13: found \"012345678901234567890123456789012345678..., expected a "
            "whole number from 0 to 18446744073709551615"}));

TEST(JsonReadings, RefusesTheWholeRecordForOneBadLine) {
  EXPECT_THAT(
      decoded("{\"sequence\":1}\n{\"sequence\":x}\n{\"sequence\":3}\n", "application/x-ndjson"),
      ElementsAre("MALFORMED: line 2 column 13: found x, expected a whole number from 0 to "
                  "18446744073709551615"));
}

TEST(JsonReadings, CountsFromWhereTheTextBegins) {
  wire::ReadingsDecoder decoder;
  EXPECT_EQ(decoder.decode_json("{\"x\":1}", 7, 100).error().message.substr(0, 27),
            "line 7 column 101: found \"x");
  EXPECT_EQ(decoder.decode_json("{\n\"x\":1}", 7, 100).error().message.substr(0, 25),
            "line 8 column 1: found \"x");
}

}  // namespace
}  // namespace crowdflow::test
