#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/decode.h"

// How a record's encoding is found out.
namespace crowdflow::test {
namespace {

using testing::ElementsAre;

const std::string kFrame("\0\0\0\1\xA7", 5);
constexpr std::string_view kJson = R"({"venue_id":"hall","readings":[{"sequence":7}]})";
constexpr std::string_view kSaid = "hall||7|0|-1|0|nothing";

std::string batch_bytes() { return "\x0a\x04hall\x1a\x02\x18\x07"; }
std::string reading_bytes() { return "\x0a\x04hall\x18\x07"; }
std::string with(std::string_view before, std::string_view value) {
  return std::string(before) + std::string(value);
}

TEST(ContentType, DecidesWhateverTheBytesLookLike) {
  for (const char* type : {"application/x-protobuf", "application/protobuf",
                           "Application/X-Protobuf; proto=crowdflow.v1.ReadingBatch"}) {
    EXPECT_THAT(decoded(batch_bytes(), type), ElementsAre(kSaid)) << type;
    EXPECT_THAT(decoded(kJson, type),
                ElementsAre("MALFORMED: byte 0: field 15 of ReadingBatch is a group, which the "
                            "contract does not use"))
        << type;
  }
  for (const char* type : {"application/json", "application/json ; charset=utf-8",
                           "APPLICATION/JSON", "application/x-ndjson"}) {
    EXPECT_THAT(decoded(kJson, type), ElementsAre(kSaid)) << type;
    EXPECT_THAT(decoded(batch_bytes(), type),
                ElementsAre("MALFORMED: line 2 column 1: found the control character 0x04, "
                            "expected '{' or '['"))
        << type;
  }
}

TEST(ContentType, IsRefusedWhenItIsNoneOfOurs) {
  EXPECT_THAT(decoded(kJson, "text/csv"),
              ElementsAre("MALFORMED: the content-type \"text/csv\" is none of "
                          "application/x-protobuf, application/protobuf, application/json, "
                          "application/x-ndjson"));
}

TEST(Sniffing, TellsJsonFromProtobuf) {
  EXPECT_THAT(decoded(batch_bytes()), ElementsAre(kSaid));
  for (const char* before : {"", " ", "\n", "\r\n\t ", "\n\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    EXPECT_THAT(decoded(with(before, kJson)), ElementsAre(kSaid)) << before;
    EXPECT_THAT(decoded(with(before, with("[", "{\"sequence\":7}]"))),
                ElementsAre("||7|0|-1|0|nothing"))
        << before;
  }
}

// A venue id of 123 bytes makes protobuf begin with "\n{", one of 91 bytes with "\n[".
TEST(Sniffing, TakesALongVenueIdForWhatItIs) {
  for (const std::size_t length : {123U, 91U}) {
    const std::string venue(length, 'v');
    v1::ReadingBatch batch;
    batch.set_venue_id(venue);
    batch.add_readings()->set_sequence(7);
    EXPECT_THAT(decoded(batch.SerializeAsString()), ElementsAre(venue + "||7|0|-1|0|nothing"));
  }
}

TEST(Sniffing, TakesBytesThatCouldBeBothForJson) {
  // No venue file can name such a venue; the content type makes it protobuf all the same.
  const std::string venue = "\"" + std::string(122, 'v');
  v1::ReadingBatch batch;
  batch.set_venue_id(venue);
  batch.add_readings()->set_sequence(7);
  EXPECT_THAT(decoded(batch.SerializeAsString()),
              ElementsAre(testing::StartsWith("MALFORMED: line 2 column ")));
  EXPECT_THAT(decoded(batch.SerializeAsString(), "application/x-protobuf"),
              ElementsAre(venue + "||7|0|-1|0|nothing"));
}

TEST(Sniffing, SaysOfOtherBytesThatTheyAreNeither) {
  EXPECT_THAT(decoded("ts-17,12,3\n"),
              ElementsAre("MALFORMED: not JSON, and as protobuf: byte 0: field 14 of ReadingBatch "
                          "is a group, which the contract does not use"));
  EXPECT_THAT(decoded("   "), ElementsAre(testing::StartsWith("MALFORMED: not JSON, and as ")));
}

TEST(ConfluentFrame, IsTakenOff) {
  EXPECT_THAT(decoded(with(kFrame, kJson)), ElementsAre(kSaid));
  EXPECT_THAT(decoded(with(kFrame, kJson), "application/json"), ElementsAre(kSaid));
  const std::string only(1, '\0');
  EXPECT_THAT(decoded(kFrame + only + batch_bytes()), ElementsAre(kSaid));
  EXPECT_THAT(decoded(kFrame + only + batch_bytes(), "application/x-protobuf"), ElementsAre(kSaid));
}

TEST(ConfluentFrame, NamesTheMessageByItsIndex) {
  EXPECT_THAT(decoded(kFrame + std::string("\x02\x00", 2) + batch_bytes()), ElementsAre(kSaid));
  EXPECT_THAT(decoded(kFrame + "\x02\x02" + reading_bytes()), ElementsAre(kSaid));
  // Without zigzag, as old Python clients write it.
  EXPECT_THAT(decoded(kFrame + std::string("\x01\x00", 2) + batch_bytes()), ElementsAre(kSaid));
  EXPECT_THAT(decoded(kFrame + "\x01\x01" + reading_bytes()), ElementsAre(kSaid));
}

TEST(ConfluentFrame, IsRefusedWhenItNamesAnotherMessage) {
  for (const char* index : {"\x02\x04", "\x04\x02\x02", "\x02", "\x0a\x04"}) {
    EXPECT_THAT(decoded(kFrame + index, "application/x-protobuf"),
                ElementsAre("MALFORMED: byte 5: the message index of the Confluent frame names "
                            "neither ReadingBatch (0) nor Reading (1)"))
        << index;
  }
}

TEST(ConfluentFrame, IsRefusedWhenNothingFollows) {
  EXPECT_THAT(decoded(kFrame),
              ElementsAre("MALFORMED: the value has 5 bytes, expected a ReadingBatch after the 5 "
                          "bytes of the Confluent frame"));
  EXPECT_THAT(decoded(kFrame.substr(0, 3)),
              ElementsAre("MALFORMED: the value has 3 bytes, expected a ReadingBatch after the 5 "
                          "bytes of the Confluent frame"));
  EXPECT_THAT(decoded(kFrame + std::string(1, '\0')),
              ElementsAre("MALFORMED: there is no reading in it"));
}

TEST(ConfluentFrame, IsCountedInTheBytesOfAnError) {
  EXPECT_THAT(decoded(kFrame + std::string(1, '\0') + "\x08\x01", "application/protobuf"),
              ElementsAre("MALFORMED: byte 6: ReadingBatch.venue_id is a varint, expected "
                          "length-delimited"));
}

TEST(Excerpt, HasNoFrameAndSaysItsContentType) {
  wire::ReadingsDecoder decoder;
  const std::uint32_t first[] = {0};
  const std::string framed = kFrame + "\x02\x02" + reading_bytes();
  ASSERT_TRUE(decoder.decode(framed, "").has_value());
  EXPECT_EQ(decoder.excerpt(first).value, "\x1a\x08" + reading_bytes());
  EXPECT_EQ(decoder.excerpt(first).content_type, "application/x-protobuf");

  const std::string json = with(
      kFrame, R"({"venueId":"강\"릉","readings":[{"sequence":7},{ "sequence":8 }]} {"boot_id":1})");
  ASSERT_TRUE(decoder.decode(json, "").has_value());
  const std::uint32_t last_two[] = {1, 2};
  EXPECT_EQ(decoder.excerpt(last_two).value,
            "{\"venue_id\":\"강\\\"릉\",\"readings\":[{ \"sequence\":8 }]}\n"
            "{\"readings\":[{\"boot_id\":1}]}\n");
  EXPECT_EQ(decoder.excerpt(last_two).content_type, "application/json");
}

TEST(Excerpt, NamesTheVenueOfReadingsThatNameNone) {
  wire::ReadingsDecoder decoder;
  const std::uint32_t both[] = {0, 1};
  ASSERT_TRUE(decoder.decode(R"({"boot_id":1}{"venue_id":"annex","readings":[{}]})", ""));
  EXPECT_EQ(decoder.excerpt(both, "hall").value,
            "{\"venue_id\":\"hall\",\"readings\":[{\"boot_id\":1}]}\n"
            "{\"venue_id\":\"annex\",\"readings\":[{}]}\n");

  v1::ReadingBatch batch;
  batch.add_readings()->set_sequence(1);
  batch.add_readings()->set_venue_id("annex");
  const std::string bytes = batch.SerializeAsString();
  ASSERT_TRUE(decoder.decode(bytes, "application/x-protobuf"));
  const wire::Excerpt excerpt = decoder.excerpt(both, "hall");
  wire::ReadingsDecoder second;
  const auto readings = second.decode(excerpt.value, excerpt.content_type);
  ASSERT_TRUE(readings.has_value());
  EXPECT_EQ((*readings)[0].venue_id, "hall");
  EXPECT_EQ((*readings)[1].venue_id, "annex");
}

TEST(SourceOf, IsTheReadingAsItStandsInTheRecord) {
  wire::ReadingsDecoder decoder;
  const std::string json = R"( {"sensor_id":"s","readings":[{"sequence":7}, { }]} {"boot_id":1})";
  ASSERT_TRUE(decoder.decode(json, "").has_value());
  EXPECT_EQ(decoder.source_of(0), R"({"sequence":7})");
  EXPECT_EQ(decoder.source_of(1), "{ }");
  EXPECT_EQ(decoder.source_of(2), R"({"boot_id":1})");
  EXPECT_EQ(decoder.source_of(0).data(), json.data() + json.find(R"({"sequence":7})"));
}

}  // namespace
}  // namespace crowdflow::test
