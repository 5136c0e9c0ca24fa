#include "wire/csv_rows.h"

#include <gmock/gmock.h>

#include "support/temp_dir.h"

namespace crowdflow::wire {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Found {
  std::uint64_t line = 0;
  std::vector<std::string> cells;
  std::string problem;
};

std::vector<Found> rows_of(const std::string& text, std::optional<char> delimiter = {}) {
  const test::TempDir dir;
  auto rows = CsvRows::open(dir.write("table.csv", text), delimiter);
  EXPECT_TRUE(rows.has_value()) << rows.error().message;
  std::vector<Found> found;
  while (rows) {
    const auto row = rows->next();
    EXPECT_TRUE(row.has_value());
    if (!row || !*row) break;
    found.push_back({(*row)->line, {(*row)->cells.begin(), (*row)->cells.end()}, (*row)->problem});
  }
  return found;
}

TEST(CsvRows, SplitsRowsAtTheDelimiterOfTheFirst) {
  for (const std::string delimiter : {",", ";", "\t"}) {
    const auto rows = rows_of("Time" + delimiter + "\"a,b;c\"" + delimiter + "In\n1" + delimiter +
                              "2" + delimiter + "3\n");
    ASSERT_THAT(rows, SizeIs(2)) << delimiter;
    EXPECT_THAT(rows[0].cells, ElementsAre("Time", "a,b;c", "In"));
    EXPECT_THAT(rows[1].cells, ElementsAre("1", "2", "3"));
  }
  EXPECT_THAT(rows_of("a|b;c\n", '|')[0].cells, ElementsAre("a", "b;c"));
  EXPECT_THAT(rows_of("sep=|\na|b\n")[0].cells, ElementsAre("a", "b"));
}

TEST(CsvRows, TakesQuotedCellsApartAsSpreadsheetsWriteThem) {
  const auto rows =
      rows_of("a,b\r\n\"1, 2\" ,\"say \"\"hi\"\"\"\r\n\"two\nlines\",x\r\n,\"\"\r\n\"\",y");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_THAT(rows[1].cells, ElementsAre("1, 2", "say \"hi\""));
  EXPECT_THAT(rows[2].cells, ElementsAre("two\nlines", "x"));
  EXPECT_EQ(rows[2].line, 3U);
  EXPECT_THAT(rows[3].cells, ElementsAre("", "y"));
  EXPECT_EQ(rows[3].line, 6U) << "the row before said nothing";
}

TEST(CsvRows, LeavesOutWhatSaysNothing) {
  EXPECT_THAT(rows_of(""), IsEmpty());
  EXPECT_THAT(rows_of("\n \n\r\n"), IsEmpty());
  const auto rows = rows_of("\xEF\xBB\xBF a , b \n\n;;\n , \nc,d");
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
  EXPECT_EQ(rows[2].line, 5U);
}

TEST(CsvRows, SaysWhereAQuoteIsAmiss) {
  const auto rows = rows_of("a,b\n\"1\"2,3\n4,5\n6,\"7\n8,9");
  ASSERT_THAT(rows, SizeIs(4));
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_THAT(rows[1].problem, HasSubstr("text behind a closing quote"));
  EXPECT_THAT(rows[2].cells, ElementsAre("4", "5"));
  EXPECT_EQ(rows[3].line, 4U);
  EXPECT_THAT(rows[3].problem, HasSubstr("a quote that is not closed"));
}

TEST(CsvRows, GoesOnWithTheNextLineAfterARowThatIsTooLong) {
  const auto rows = rows_of("a,b\n\"1,2\n" + std::string(2 * kMaxRowBytes, 'x') + "\n3,4\n");
  ASSERT_GE(rows.size(), 3U);
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_THAT(rows[1].problem, HasSubstr("longer than 1048576 bytes"));
  EXPECT_THAT(rows.back().cells, ElementsAre("3", "4"));
  EXPECT_EQ(rows.back().line, 4U);
}

TEST(CsvRows, RefusesUtf16) {
  const test::TempDir dir;
  const auto rows = CsvRows::open(dir.write("table.csv", std::string_view("\xFF\xFE"
                                                                          "a\0b\0",
                                                                          6)));
  ASSERT_FALSE(rows.has_value());
  EXPECT_THAT(rows.error().message, HasSubstr("save it as \"CSV UTF-8\""));
}

}  // namespace
}  // namespace crowdflow::wire
