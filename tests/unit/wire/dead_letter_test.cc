#include "wire/dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crowdflow::wire {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr RecordPlace kPlace{.topic = "crowdflow.readings",
                             .partition = 3,
                             .offset = 12'345'678'901,
                             .timestamp = WallTime{Span{1'518'174'000'250'000}}};

TEST(DeadLetter, SaysWhatWasRejectedWhyAndWhere) {
  const RejectedReading rejected[] = {{0, Outcome::kLate, "older than anything remembered"},
                                      {4, Outcome::kFuture, "an hour ahead"}};
  EXPECT_THAT(dead_letter_headers(kPlace, rejected),
              ElementsAre(RecordHeader{"crowdflow.reason", "LATE"},
                          RecordHeader{"crowdflow.readings", "0:LATE,4:FUTURE"},
                          RecordHeader{"crowdflow.message", "older than anything remembered"},
                          RecordHeader{"crowdflow.topic", "crowdflow.readings"},
                          RecordHeader{"crowdflow.partition", "3"},
                          RecordHeader{"crowdflow.offset", "12345678901"},
                          RecordHeader{"crowdflow.timestamp", "2018-02-09T11:00:00.250Z"}));
}

TEST(DeadLetter, SaysInWordsWhatEveryReasonMeans) {
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(rejection_in_words(outcome).empty(), !is_rejection(outcome)) << name_of(outcome);
    if (!is_rejection(outcome)) continue;
    const RejectedReading rejected[] = {{0, outcome, ""}};
    EXPECT_EQ(dead_letter_headers(kPlace, rejected)[2].value, rejection_in_words(outcome));
  }
}

TEST(DeadLetter, LeavesOutATimestampThatIsNotThere) {
  const RejectedReading rejected[] = {{0, Outcome::kMalformed, ""}};
  RecordPlace place = kPlace;
  place.timestamp = WallTime{};
  EXPECT_THAT(dead_letter_headers(place, rejected), SizeIs(6));
}

TEST(DeadLetter, ListsAsManyReadingsAsFit) {
  std::vector<RejectedReading> rejected;
  for (std::uint32_t i = 0; i < 10'000; ++i)
    rejected.push_back({i, Outcome::kUnknownSensor, ""});
  const std::string readings = dead_letter_headers(kPlace, rejected)[1].value;
  EXPECT_LE(readings.size(), kMaxDeadLetterText);
  EXPECT_GT(readings.size(), kMaxDeadLetterText - 25);
  EXPECT_TRUE(readings.starts_with("0:UNKNOWN_SENSOR,1:UNKNOWN_SENSOR,"));
  EXPECT_TRUE(readings.ends_with("UNKNOWN_SENSOR,..."));
}

TEST(DeadLetter, CutsALongMessageBetweenCharacters) {
  std::string message = "x";
  for (int i = 0; i < 1000; ++i)
    message += "강";
  const RejectedReading rejected[] = {{0, Outcome::kMalformed, message}};
  const std::string said = dead_letter_headers(kPlace, rejected)[2].value;
  EXPECT_EQ(said, message.substr(0, 1 + 3 * 341));
}

}  // namespace
}  // namespace crowdflow::wire
