#include "config/source_text.h"

#include <gmock/gmock.h>

#include "config/config_error.h"
#include "config/nearest.h"
#include "config/report.h"

namespace crowdflow::config {
namespace {

using testing::Optional;

TEST(SourceText, FindsWhatIsNotText) {
  EXPECT_EQ(find_non_text(""), std::nullopt);
  EXPECT_EQ(find_non_text("a: \"b\"\t# c\r\n"), std::nullopt);
  EXPECT_EQ(find_non_text("이름: Große Halle 🏒\n"), std::nullopt);
  EXPECT_THAT(find_non_text(std::string_view{"a\0b", 3}), Optional(1));
  EXPECT_THAT(find_non_text("ab\x04"), Optional(2));  // the parser takes it for the end of the file
  EXPECT_THAT(find_non_text("a\x7f"), Optional(1));
  EXPECT_THAT(find_non_text("a\rb"), Optional(1));
  EXPECT_THAT(find_non_text("a\r"), Optional(1));
}

TEST(SourceText, FindsWhatIsNotUtf8) {
  EXPECT_THAT(find_non_text("\x80"), Optional(0));          // continues nothing
  EXPECT_THAT(find_non_text("a\xC3"), Optional(1));         // cut off
  EXPECT_THAT(find_non_text("\xC0\x80"), Optional(0));      // longer than needed
  EXPECT_THAT(find_non_text("\xE0\x80\x80"), Optional(0));  // longer than needed
  EXPECT_THAT(find_non_text("\xED\xA0\x80"), Optional(0));  // half of a UTF-16 pair
  EXPECT_THAT(find_non_text("\xF4\x90\x80\x80"), Optional(0));
  EXPECT_THAT(find_non_text("\xFF\xFE"
                            "a"),
              Optional(0));  // UTF-16
}

TEST(SourceText, CountsCharactersNotBytes) {
  EXPECT_EQ(count_characters("Große 🏒 강릉"), 10U);
  EXPECT_EQ(blanks_like("a강\té"), "   \t ");
}

TEST(SourceText, GivesLinesWithoutTheirBreaks) {
  const SourceText source{"a\r\nb\n\nlast"};
  EXPECT_EQ(source.line(1), "a");
  EXPECT_EQ(source.line(2), "b");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.line(4), "last");
  EXPECT_EQ(source.line(0), "");
  EXPECT_EQ(source.line(5), "");
}

TEST(SourceText, CutsLongLinesAroundThePlace) {
  const std::string line = std::string(300, 'a') + "X" + std::string(300, 'b');
  const SourceText source{line};
  const auto middle = source.excerpt(1, 300);
  EXPECT_LE(count_characters(middle.text), SourceText::kExcerptWidth);
  EXPECT_EQ(middle.text.substr(middle.column, 1), "X");
  EXPECT_TRUE(middle.text.starts_with("...a"));
  EXPECT_TRUE(middle.text.ends_with("b..."));
  EXPECT_TRUE(source.excerpt(1, 0).text.starts_with("aaa"));
  const auto end = source.excerpt(1, 10'000);
  EXPECT_EQ(end.column, end.text.size());
}

TEST(SourceText, CutsBetweenCharacters) {
  std::string line;
  for (int i = 0; i < 300; ++i)
    line += "강";
  const auto excerpt = SourceText{line}.excerpt(1, 300);
  EXPECT_EQ(find_non_text(excerpt.text), std::nullopt);
  EXPECT_LE(count_characters(excerpt.text), SourceText::kExcerptWidth);
}

TEST(Nearest, CountsEditsUpToALimit) {
  EXPECT_EQ(edit_distance("", "", 3), 0U);
  EXPECT_EQ(edit_distance("area", "area", 3), 0U);
  EXPECT_EQ(edit_distance("aera", "area", 3), 1U);  // two neighbours swapped
  EXPECT_EQ(edit_distance("extend", "extends", 3), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting", 3), 3U);
  EXPECT_GT(edit_distance("kitten", "sitting", 2), 2U);
  EXPECT_GT(edit_distance("a", "abcdef", 2), 2U);
}

TEST(Nearest, NamesTheNearestOrNothing) {
  EXPECT_EQ(nearest_hint("zoens", {"zones", "openings"}), "did you mean \"zones\"?");
  EXPECT_EQ(nearest_hint("xyz", {"zones", "openings"}), "");
  EXPECT_EQ(nearest_hint("x", {"y"}), "");
  EXPECT_EQ(nearest_hint("", {"in", "at"}), "");
}

TEST(FormatErrors, PointsAtThePlaceBelowTheLine) {
  const ConfigError error{.file = "venue.yaml",
                          .line = 12,
                          .column = 11,
                          .path = "zones[2].area",
                          .found = "\"abc\"",
                          .expected = "a number of square metres above 0",
                          .excerpt = "    area: abc",
                          .excerpt_column = 10};
  EXPECT_EQ(format_errors({&error, 1}),
            "venue.yaml:12:11: zones[2].area: found \"abc\", expected a number of square metres "
            "above 0\n"
            "  12 |     area: abc\n"
            "     |           ^\n");
  EXPECT_EQ(format_warnings({&error, 1}).substr(0, 33), "venue.yaml:12:11: warning: zones[");
}

TEST(FormatErrors, KeepsTheCaretInPlaceBelowTabsAndWideCharacters) {
  const ConfigError error{.file = "v",
                          .line = 12345,
                          .column = 6,
                          .expected = "less",
                          .excerpt = "\t강릉: x",
                          .excerpt_column = 5};
  EXPECT_EQ(format_errors({&error, 1}),
            "v:12345:6: less\n"
            "12345 | \t강릉: x\n"
            "      | \t      ^\n");
}

TEST(FormatErrors, NamesOnlyTheFileWhenItIsAboutAllOfIt) {
  const ConfigError error{.file = "v", .expected = "cannot be opened"};
  EXPECT_EQ(format_errors({&error, 1}), "v: cannot be opened\n");
}

}  // namespace
}  // namespace crowdflow::config
