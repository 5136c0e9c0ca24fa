#include "embedded/groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "embedded/batch.h"

// What the conformance tests would have to wait for, or cannot see.
namespace crowdflow::embedded {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::SizeIs;
using Word = Groups::Word;

const Groups::Clock::time_point kNow{1000h};

Membership member_of(const std::string& name) {
  Membership member;
  member.group = "engine";
  member.name = name;
  member.topics = {"readings"};
  return member;
}

TEST(EmbeddedGroups, AMemberThatGivesNoWordWhileTheOthersWaitIsForgotten) {
  Groups groups([](const std::string&) { return 4; });
  auto silent = member_of("silent");
  groups.join(silent, kNow);
  ASSERT_EQ(groups.hear(silent, kNow), Word::kAssigned);
  EXPECT_THAT(groups.receive(silent), SizeIs(4));

  auto other = member_of("other");
  groups.join(other, kNow + 1min);
  EXPECT_EQ(groups.hear(other, kNow + Groups::kSilence), Word::kNothing) << "it waits";
  EXPECT_TRUE(groups.accepts(silent).has_value()) << "nothing is lost yet";
  EXPECT_EQ(groups.hear(other, kNow + Groups::kSilence + 1s), Word::kAssigned);
  EXPECT_THAT(groups.receive(other), SizeIs(4));

  EXPECT_EQ(groups.accepts(silent).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(groups.hear(silent, kNow + 6min), Word::kForgotten);
  groups.join(silent, kNow + 6min);
  EXPECT_EQ(groups.hear(other, kNow + 6min), Word::kComeAgain);
}

TEST(EmbeddedGroups, WhoIsHeardOfKeepsItsPlaceHoweverLongItTakesToAnswer) {
  Groups groups([](const std::string&) { return 4; });
  auto busy = member_of("busy");
  groups.join(busy, kNow);
  static_cast<void>(groups.receive(busy));
  auto other = member_of("other");
  groups.join(other, kNow);
  for (auto passed = 0min; passed < 60min; passed += 1min) {
    EXPECT_EQ(groups.hear(busy, kNow + passed), Word::kComeAgain);
    EXPECT_EQ(groups.hear(other, kNow + passed), Word::kNothing);
  }
}

TEST(EmbeddedGroups, AReaderOfNoGroupMayAlwaysCommit) {
  const Groups groups([](const std::string&) { return 1; });
  EXPECT_TRUE(groups.accepts(Membership{}).has_value());
}

TEST(EmbeddedHeaders, CutAtAnyByteAreFoundToBeDamaged) {
  std::string bytes;
  const std::string long_value(300, 'x');
  const std::vector<log::Header> headers{{"one", "1"}, {"", ""}, {"two", long_value}};
  encode_headers(headers, bytes);
  std::vector<log::Header> read;
  ASSERT_TRUE(decode_headers(bytes, read));
  ASSERT_THAT(read, SizeIs(3));
  EXPECT_EQ(read[2].name, "two");
  EXPECT_EQ(read[2].value, headers[2].value);
  const std::size_t second = 2 * 4 + 3 + 1;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    read.clear();
    const bool at_a_border = size == second || size == second + 8;
    EXPECT_EQ(decode_headers(bytes.substr(0, size), read), at_a_border) << size;
  }
  read.clear();
  EXPECT_TRUE(decode_headers("", read));
  EXPECT_THAT(read, IsEmpty());
  EXPECT_FALSE(decode_headers(std::string(8, '\xff'), read)) << "lengths beyond all memory";
}

}  // namespace
}  // namespace crowdflow::embedded
