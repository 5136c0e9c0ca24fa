#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/decode.h"
#include "wire/record_headers.h"

namespace crowdflow::test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::string batch_of(int readings) {
  v1::ReadingBatch batch;
  batch.set_venue_id("hall");
  for (int i = 0; i < readings; ++i)
    batch.add_readings()->set_sequence(static_cast<std::uint64_t>(i));
  return batch.SerializeAsString();
}

TEST(ProtobufReadings, FillsWhatTheBatchSaysWhereverItStands) {
  v1::ReadingBatch readings;
  readings.add_readings()->set_sequence(1);
  readings.add_readings()->set_venue_id("own");
  v1::ReadingBatch defaults;
  defaults.set_venue_id("hall");
  defaults.set_sensor_id("ts-17");
  EXPECT_THAT(
      decoded(readings.SerializeAsString() + defaults.SerializeAsString(), "application/protobuf"),
      ElementsAre("hall|ts-17|1|0|-1|0|nothing", "own|ts-17|0|0|-1|0|nothing"));
}

TEST(ProtobufReadings, GivesTheEngineImpossibleTimesToRefuse) {
  v1::ReadingBatch batch;
  auto* time = batch.add_readings()->mutable_event_time();
  time->set_seconds(std::numeric_limits<std::int64_t>::max());
  time = batch.add_readings()->mutable_event_time();
  time->set_nanos(-1);
  time = batch.add_readings()->mutable_event_time();
  time->set_nanos(1'000'000'000);
  auto* interval = batch.add_readings()->mutable_interval();
  interval->set_seconds(std::numeric_limits<std::int64_t>::min());
  interval = batch.add_readings()->mutable_interval();
  interval->set_nanos(-5);
  EXPECT_THAT(decoded(batch.SerializeAsString()),
              ElementsAre("||0|0|-1|0|nothing", "||0|0|-1|0|nothing", "||0|0|-1|0|nothing",
                          "||0|0|-1|-1|nothing", "||0|0|-1|-1|nothing"));
}

TEST(ProtobufReadings, TakesAnEmptyTimeForTheEpoch) {
  v1::ReadingBatch batch;
  batch.add_readings()->mutable_event_time();
  EXPECT_THAT(decoded(batch.SerializeAsString()), ElementsAre("||0|0|0|0|nothing"));
}

TEST(ProtobufReadings, MergesFieldsThatAreSaidTwiceAsProtobufDoes) {
  // One reading whose bytes are those of three: the last scalar and the last kind count, messages
  // of the same kind are merged.
  v1::Reading first;
  first.set_sequence(1);
  first.mutable_event_time()->set_seconds(100);
  first.mutable_access()->set_admitted(1);
  (*first.mutable_access()->mutable_refused())["late"] = 1;
  v1::Reading second;
  second.mutable_event_time()->set_nanos(5000);
  second.mutable_access()->set_admitted(2);
  (*second.mutable_access()->mutable_refused())["late"] = 7;
  (*second.mutable_access()->mutable_refused())["lost"] = 1;
  v1::Reading third;
  third.mutable_occupancy()->set_people(3);

  const auto bytes_of = [](const std::string& reading) {
    std::string batch = "\x1a";
    batch += static_cast<char>(reading.size());
    return batch + reading;
  };
  const std::string two = bytes_of(first.SerializeAsString() + second.SerializeAsString());
  EXPECT_THAT(decoded(two), ElementsAre("||1|0|100000005|0|access 2 8"));
  EXPECT_EQ(decoded(two), describe(*parse_reference(two)));
  const std::string three =
      bytes_of(first.SerializeAsString() + third.SerializeAsString() + second.SerializeAsString());
  EXPECT_EQ(decoded(three), describe(*parse_reference(three)));
}

TEST(ProtobufReadings, PassesOverAndForwardsFieldsOfNewerVersions) {
  // Field 99 of the batch (a varint) and field 60 of the reading (bytes).
  const std::string value =
      std::string("\x98\x06\x07\x0a\x01h", 6) + "\x1a\x07\x18\x09\xe2\x03\x02zz";
  wire::ReadingsDecoder decoder;
  const auto readings = decoder.decode(value, wire::kProtobufContentType);
  ASSERT_TRUE(readings.has_value()) << readings.error().message;
  EXPECT_THAT(describe(*readings), ElementsAre("h||9|0|-1|0|nothing"));
  const std::uint32_t all[] = {0};
  EXPECT_EQ(decoder.excerpt(all).value, value);
}

TEST(ProtobufReadings, TakesTenThousandReadingsAndNotOneMore) {
  EXPECT_THAT(decoded(batch_of(10'000)), SizeIs(10'000));
  EXPECT_THAT(decoded(batch_of(10'001)),
              ElementsAre("TOO_MANY: 10001 readings in one record, at most 10000"));

  wire::ReadingsDecoder decoder;
  const std::string value = batch_of(12'345);
  EXPECT_EQ(decoder.decode(value, "").error().readings, 12'345U);
}

TEST(ProtobufReadings, RefusesAnEmptyValue) {
  EXPECT_THAT(decoded(""), ElementsAre("MALFORMED: the value is empty, expected a ReadingBatch"));
  EXPECT_THAT(decoded("", "application/json"),
              ElementsAre("MALFORMED: the value is empty, expected a ReadingBatch"));
}

TEST(ProtobufReadings, RefusesABatchWithoutReadings) {
  EXPECT_THAT(decoded(batch_of(0)), ElementsAre("MALFORMED: there is no reading in it"));
}

struct Malformed {
  std::string bytes;
  std::string message;
};

class MalformedProtobuf : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedProtobuf, IsRefusedWithThePlaceAndWhatWasExpected) {
  EXPECT_THAT(decoded(GetParam().bytes, "application/x-protobuf"),
              ElementsAre("MALFORMED: " + GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, MalformedProtobuf,
    testing::Values(
        Malformed{"\x0a\x14hall",
                  "byte 0: ReadingBatch.venue_id says that it has 20 bytes, but only 4 follow"},
        Malformed{"\x0a\x01h\x1a\x04\x2a\x09\x08\x01",
                  "byte 5: Reading.event_time says that it has 9 bytes, but only 2 follow"},
        Malformed{"\x08\x01",
                  "byte 0: ReadingBatch.venue_id is a varint, expected length-delimited"},
        Malformed{"\x1a\x02\x28\x01",
                  "byte 2: Reading.event_time is a varint, expected length-delimited"},
        Malformed{"\x1a\x05\x1d\x01\x02\x03\x04",
                  "byte 2: Reading.sequence is 4 fixed bytes, expected a varint"},
        Malformed{"\x1a\x05\x62\x03\x10\x96\x01",
                  "byte 4: Occupancy.stddev is a varint, expected 8 fixed bytes"},
        Malformed{"\x1a\x06\x62\x04\x11\x01\x02\x03",
                  "byte 4: Occupancy.stddev is cut off by the end"},
        Malformed{"\x1a\x02\x18\x96", "byte 3: a varint that the end cuts off"},
        Malformed{"\x1a\x0c\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
                  "byte 3: a varint of more than 10 bytes"},
        Malformed{"\x0a\x02h\xff", "byte 3: ReadingBatch.venue_id is not UTF-8"},
        Malformed{"\x1a\x05\x72\x03\x0a\x01\xc0", "byte 6: Anchor.zone_id is not UTF-8"},
        Malformed{"\x1a\x07\x7a\x05\x12\x03\x0a\x01\x80",
                  "byte 8: field 1 of Access.RefusedEntry is not UTF-8"},
        Malformed{"\x0b",
                  "byte 0: ReadingBatch.venue_id is a group, which the contract does not use"},
        Malformed{"\x3c",
                  "byte 0: field 7 of ReadingBatch is a group, which the contract does not use"},
        Malformed{"\x0e",
                  "byte 0: ReadingBatch.venue_id has the wire type 6, which does not exist"},
        Malformed{std::string("\x1a\x01\0", 3), "byte 2: a field with the number 0"},
        Malformed{"\xff\xff\xff\xff\x7f", "byte 0: a field number of more than 29 bits"},
        Malformed{"\x80\x80\x80\x80\x80\x01", "byte 0: a varint of more than 5 bytes"}));

}  // namespace
}  // namespace crowdflow::test
