#include "app/rule_in_file.h"

#include <gtest/gtest.h>

namespace crowdflow::app {
namespace {

constexpr std::string_view kFile =
    "crowdflow: v1\n"
    "rules:\n"
    "  - { id: dense, when: density }   # at the gate\n"
    "  - id: busy\n"
    "    over: 40\n"
    "\n"
    "    zones: [ gate,\n"
    "             hall ]\n"
    "# the rest\n"
    "windows: [ 1s ]\n";

TEST(RuleInFile, IsGivenWithItsLinesAsTheyAre) {
  const RuleInFile dense = find_rule(kFile, "dense");
  EXPECT_EQ(dense.line, 3U);
  EXPECT_EQ(dense.text, "  - { id: dense, when: density }   # at the gate\n");
  const RuleInFile busy = find_rule(kFile, "busy");
  EXPECT_EQ(busy.line, 4U);
  EXPECT_EQ(busy.text,
            "  - id: busy\n"
            "    over: 40\n"
            "\n"
            "    zones: [ gate,\n"
            "             hall ]\n");
}

TEST(RuleInFile, IsFoundBehindAByteOrderMark) {
  EXPECT_EQ(find_rule("\xEF\xBB\xBF" + std::string(kFile), "dense").line, 3U);
}

TEST(RuleInFile, IsNothingWhenTheFileHasNone) {
  EXPECT_EQ(find_rule(kFile, "dens").line, 0U);
  EXPECT_EQ(find_rule("rules: [", "dense").line, 0U);
  EXPECT_EQ(find_rule("", "dense").text, "");
}

}  // namespace
}  // namespace crowdflow::app
