#include "wire/json.h"

#include <gtest/gtest.h>
#include <limits>

#include "unit/wire/random_readings.h"
#include "unit/wire/reference_readings.h"

// Our JSON means to protobuf's own parser what the message means.
namespace crowdflow::test {
namespace {

template <typename Message>
std::string read_back(const std::string& json) {
  Message message;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message);
  return status.ok() ? wire::to_bytes(message) : std::string(status.message());
}

TEST(Json, MeansWhatTheMessageMeans) {
  RandomReadings random(6);
  for (int i = 0; i < 2000; ++i) {
    const v1::ReadingBatch batch = random.batch();
    const std::string json = wire::to_json(batch);
    ASSERT_EQ(read_back<v1::ReadingBatch>(json), wire::to_bytes(batch)) << json;
  }
}

TEST(Json, WritesEveryFieldThatHasNoPresence) {
  EXPECT_EQ(wire::to_json(v1::ZoneStateBatch{}), R"({"venue_id":"","states":[]})");
  EXPECT_EQ(wire::to_json(v1::SpecificFlow{}),
            R"({"opening_id":"","people_per_metre_per_minute":0})");
  EXPECT_EQ(wire::to_json(v1::Heartbeat{}), "{}");
  EXPECT_EQ(wire::to_json(v1::Accounting{}),
            R"({"consumed":"0","applied":"0","late_applied":"0","duplicate":"0","revised":"0",)"
            R"("forwarded":"0","rejected":{}})");
}

TEST(Json, WritesWholeMessagesAsProtobufDoes) {
  v1::JournalRecord record;
  record.set_format(1);
  record.set_partition(-3);
  record.set_next_offset(std::numeric_limits<std::int64_t>::min());
  auto* file = record.add_entries()->mutable_venue_file();
  for (int length = 0; length < 8; ++length) {
    file->set_yaml(std::string("\xFF\0\x7F venue", 9).substr(0, static_cast<std::size_t>(length)));
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    std::string expected;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(record, &expected, options).ok());
    EXPECT_EQ(wire::to_json(record), expected);
  }
}

TEST(Json, SortsMapsByKey) {
  v1::Accounting accounting;
  for (const char* code : {"LATE", "FUTURE", "MALFORMED", "TOO_MANY", "IMPOSSIBLE"})
    (*accounting.mutable_rejected())[code] = 1;
  EXPECT_NE(
      wire::to_json(accounting)
          .find(R"({"FUTURE":"1","IMPOSSIBLE":"1","LATE":"1","MALFORMED":"1","TOO_MANY":"1"})"),
      std::string::npos);
}

TEST(Json, WritesTimesWithAsManyDecimalsAsNeeded) {
  v1::Command command;
  const std::pair<std::int32_t, const char*> cases[] = {{0, "11:00:00Z"},
                                                        {250'000'000, "11:00:00.250Z"},
                                                        {1'000, "11:00:00.000001Z"},
                                                        {1, "11:00:00.000000001Z"},
                                                        {999'999'999, "11:00:00.999999999Z"}};
  for (const auto& [nanos, text] : cases) {
    command.mutable_until()->set_seconds(1'518'174'000);
    command.mutable_until()->set_nanos(nanos);
    EXPECT_EQ(wire::to_json(command.until()), std::string("\"2018-02-09T") + text + '"');
  }
}

TEST(Json, WritesSpans) {
  google::protobuf::Duration span;
  span.set_seconds(90);
  EXPECT_EQ(wire::to_json(span), "\"90s\"");
  span.set_nanos(500'000'000);
  EXPECT_EQ(wire::to_json(span), "\"90.500s\"");
  span.set_seconds(0);
  span.set_nanos(-1000);
  EXPECT_EQ(wire::to_json(span), "\"-0.000001s\"");
}

TEST(Json, WritesNumbersThatReadBackTheSame) {
  v1::Motion motion;
  for (const double value : {0.1, 1.0 / 3.0, 1e21, 5e-324, 1.7976931348623157e308, -0.0}) {
    motion.set_mean_speed(value);
    v1::Motion back;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(wire::to_json(motion), &back).ok());
    EXPECT_EQ(back.mean_speed(), value);
  }
  motion.set_mean_speed(std::numeric_limits<double>::infinity());
  motion.set_velocity_variance(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(wire::to_json(motion), R"({"mean_speed":"Infinity","velocity_variance":"NaN"})");
}

TEST(Json, WritesAnEnumerationOfANewerVersionAsItsNumber) {
  v1::ZoneState state;
  state.set_quality(static_cast<v1::Quality>(77));
  state.add_quality_reasons(static_cast<v1::QualityReason>(78));
  EXPECT_NE(wire::to_json(state).find(R"("quality":77,"quality_reasons":[78])"), std::string::npos);
}

TEST(Json, EscapesStrings) {
  std::string out;
  wire::append_json_string("\"\\/\b\f\n\r\t\x01\x1f 강릉", out);
  EXPECT_EQ(out, R"("\"\\/\b\f\n\r\t\u0001\u001f 강릉")");
}

}  // namespace
}  // namespace crowdflow::test
