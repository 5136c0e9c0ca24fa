#include "wire/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/wire/golden.h"
#include "unit/wire/sample_venue.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using wire::Journal;

Journal sample() {
  Journal journal;
  journal.partition = 3;
  journal.entries = {wire::ShardStart{40, true},
                     wire::VenueFile{"hall",
                                     "89abcdef01234567",
                                     std::string("\xFFyaml\0", 6),
                                     {{start_of_second(946'684'800), std::chrono::seconds{34'200}},
                                      {at(0), std::chrono::seconds{-9000}}}},
                     wire::OffsetRange{40, 52}, Tick{wall(10, 250'000), true},
                     wire::OffsetRange{52, 60}};
  journal.next_offset = 60;
  journal.accounting.consumed = 21;
  for (std::size_t i = 0; i < kOutcomeCount; ++i)
    journal.accounting.by_outcome[i] = i % 4;
  return journal;
}

TEST(Journal, ReadsBackWhatItWrote) {
  const Journal written = sample();
  const Result<Journal> read = wire::parse_journal(wire::to_bytes(written));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->partition, 3);
  EXPECT_EQ(read->next_offset, 60);
  EXPECT_EQ(read->accounting.consumed, 21U);
  EXPECT_EQ(read->accounting.by_outcome, written.accounting.by_outcome);
  ASSERT_THAT(read->entries, SizeIs(5));
  EXPECT_EQ(std::get<wire::ShardStart>(read->entries[0]), (wire::ShardStart{40, true}));
  EXPECT_EQ(std::get<wire::VenueFile>(read->entries[1]),
            std::get<wire::VenueFile>(written.entries[1]));
  EXPECT_EQ(std::get<wire::OffsetRange>(read->entries[2]), (wire::OffsetRange{40, 52}));
  EXPECT_EQ(std::get<Tick>(read->entries[3]).now, wall(10, 250'000));
  EXPECT_TRUE(std::get<Tick>(read->entries[3]).proven);
}

TEST(Journal, IsWrittenAsTheContractHasIt) {
  EXPECT_TRUE(is_golden("journal.hex", hex(wire::to_bytes(sample()))));
}

TEST(Journal, OfTheFirstVersionIsRead) {
  const Result<Journal> read = wire::parse_journal(golden_bytes("journal.hex"));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  const Journal expected = sample();
  EXPECT_EQ(read->entries, expected.entries);
  EXPECT_EQ(read->next_offset, expected.next_offset);
  EXPECT_EQ(read->accounting.by_outcome, expected.accounting.by_outcome);
  EXPECT_EQ(read->snapshot, std::nullopt);
}

Journal sample_with_a_snapshot() {
  Journal journal = sample();
  journal.entries.emplace_back(wire::SnapshotCut{7});
  journal.page = 300;
  journal.snapshot = wire::SnapshotName{
      .generation = 6, .chunks = 3, .bytes = 1'234'567, .snapshots_from = 11, .journal_from = 12};
  return journal;
}

TEST(Journal, ReadsBackTheNameOfASnapshot) {
  const Journal written = sample_with_a_snapshot();
  const Result<Journal> read = wire::parse_journal(wire::to_bytes(written));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->snapshot, written.snapshot);
  EXPECT_EQ(read->page, 300U);
  EXPECT_EQ(read->entries, written.entries);
}

TEST(Journal, NamesASnapshotAsTheContractHasIt) {
  EXPECT_TRUE(is_golden("journal_snapshot.hex", hex(wire::to_bytes(sample_with_a_snapshot()))));
}

TEST(Journal, ReadsBackWhichVenuesAreConfigured) {
  Journal written;
  written.entries = {wire::ConfiguredVenues{.venue_ids = {"annex", "hall"}, .partitions = 12}};
  const Result<Journal> read = wire::parse_journal(wire::to_bytes(written));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->entries, written.entries);
}

TEST(Journal, NeverReadsBackAnotherAccounting) {
  v1::Accounting message;
  (*message.mutable_rejected())["NEW_REASON"] = 1;
  const Result<Accounting> read = wire::accounting(message);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message, "unknown reason code \"NEW_REASON\"");
}

TEST(Journal, ReadsTheReasonOfEarlierVersionsAsImpossible) {
  v1::Accounting message;
  message.set_consumed(5);
  (*message.mutable_rejected())["UNSUPPORTED"] = 2;
  (*message.mutable_rejected())["IMPOSSIBLE"] = 3;
  const Result<Accounting> read = wire::accounting(message);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->of(Outcome::kImpossible), 5U);
  EXPECT_TRUE(read->balanced());
}

TEST(Journal, RefusesWhatIsNone) {
  const auto message_of = [](std::string_view bytes) {
    const Result<Journal> read = wire::parse_journal(bytes);
    return read ? "read" : read.error().message;
  };
  EXPECT_EQ(message_of("\x0a"), "1 bytes are not a protobuf crowdflow.v1.JournalRecord");
  EXPECT_EQ(message_of(""), "a journal record of format 0, expected 1");
  EXPECT_EQ(message_of("\x08\x02"), "a journal record of format 2, expected 1");
  EXPECT_EQ(message_of(std::string("\x08\x01\x1a\0", 4)),
            "entry 0 of the journal record is of no known kind");
}

}  // namespace
}  // namespace crowdflow::test
