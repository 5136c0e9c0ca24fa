#include "app/venue_questions.h"

#include <gmock/gmock.h>
#include <random>
#include <sstream>
#include <vector>

#include "config/config_error.h"
#include "config/venue_file.h"

namespace crowdflow::app {
namespace {

using config::VenueSketch;
using testing::HasSubstr;

struct Asked {
  std::optional<VenueSketch> sketch;
  std::string shown;
};

Asked answer(const std::string& answers) {
  std::istringstream in(answers);
  std::ostringstream out;
  const auto any = [](const std::string&) -> config::Answer<void> { return {}; };
  Asked asked;
  asked.sketch = VenueQuestions(in, out, any).ask();
  asked.shown = out.str();
  return asked;
}

// What `crowdflow validate venue` would print of the file.
std::string found_in(const VenueSketch& sketch) {
  const std::string text = venue_file_text(sketch, {{"crowdflow demo", "shows it"}});
  std::vector<config::ConfigError> warnings;
  const auto venue = config::parse_venue(text, "new.yaml", &warnings);
  return (venue ? "" : config::format_errors(venue.error())) + config::format_warnings(warnings);
}

constexpr const char* kHall =
    "Village hall\n\nEurope/London\n"
    "Main hall\n20x11\nstanding\n400\n\n"
    "Foyer\n45\nwalkway\n\n2\n"
    "\n"
    "Front door\nfoyer\n\n1.8\ndoor-1\n\n10s\n"
    "Left door\nmain hall\nfoyer\n\n\ntotal\n\n"
    "\n"
    "\nlidar-foyer\n1s\n";

TEST(VenueQuestions, MakeAVenueOfAFewAnswers) {
  const Asked asked = answer(kHall);
  ASSERT_TRUE(asked.sketch) << asked.shown;
  const VenueSketch& sketch = *asked.sketch;
  EXPECT_EQ(sketch.id, "village-hall");
  EXPECT_EQ(sketch.zones[0].area_m2, 220);
  EXPECT_EQ(sketch.zones[0].limit_per_m2, 3.5);
  EXPECT_EQ(sketch.zones[1].limit_per_m2, 2);
  EXPECT_EQ(sketch.doors[1].id, "left-door");
  EXPECT_EQ(sketch.doors[1].from, 1U);
  EXPECT_EQ(sketch.counters[1].id, "left-door-counter");
  EXPECT_EQ(sketch.counters[1].counts, CountKind::kTotal);
  EXPECT_EQ(sketch.counters[2].counts, CountKind::kOccupancy);
  EXPECT_EQ(found_in(sketch), "");
}

TEST(VenueQuestions, AskAgainWithWhatWasExpected) {
  const Asked asked = answer(
      "\nHall\nNO GOOD\nhall\nMars/Base\nUTC\n"
      "Hall\nlarge\n220\ndancing\nqueue\n99999\n400\n9\n3\n"
      "hall\n\n"
      "Door\ncellar\nhall\nwide\n2\nBAD ID\nc\nboth\ndelta\noften\n1m\n\n\n");
  ASSERT_TRUE(asked.sketch) << asked.shown;
  for (const char* said :
       {"expected a name", "expected an id", "expected the IANA name", "expected square metres",
        "expected sitting, standing", "expected a number of people", "expected people per square",
        "expected another name: \"hall\" is taken", "expected one of hall",
        "expected metres such as", "expected delta", "expected a whole number and its unit"}) {
    EXPECT_THAT(asked.shown, HasSubstr(said));
  }
  EXPECT_EQ(found_in(*asked.sketch), "");
}

TEST(VenueQuestions, DoNotLeaveAPlaceThatNobodyTellsOf) {
  const Asked asked = answer("Hall\n\nUTC\nHall\n220\n\n\n\n\n\n\narea\n\n");
  ASSERT_TRUE(asked.sketch) << asked.shown;
  EXPECT_THAT(asked.shown, HasSubstr("no door leads there"));
  EXPECT_EQ(asked.sketch->counters.size(), 1U);
  EXPECT_EQ(found_in(*asked.sketch), "");
}

TEST(VenueQuestions, GiveNothingWhereTheAnswersEndTooSoon) {
  const std::string all = kHall;
  for (std::size_t end = all.find('\n'); end + 1 < all.size(); end = all.find('\n', end + 1)) {
    EXPECT_FALSE(answer(all.substr(0, end + 1)).sketch) << all.substr(0, end);
  }
}

TEST(VenueQuestions, GiveUpOnWhatNeverAnswers) {
  std::string noise;
  for (int i = 0; i < 1000; ++i)
    noise += "\n";
  EXPECT_FALSE(answer(noise).sketch);
}

// Names as people and keyboards make them, and what YAML may take for something else.
const std::vector<std::string>& words() {
  static const std::vector<std::string> all{"",
                                            "",
                                            "",
                                            "",
                                            "-",
                                            "hall",
                                            "Hall",
                                            "Foyer",
                                            "null",
                                            "~",
                                            "true",
                                            "no",
                                            "on",
                                            "0x1F",
                                            "1e3",
                                            "07",
                                            "all",
                                            "outside",
                                            "Caf\u00e9 \"Zur Post\"",
                                            "back\\slash",
                                            "a: b",
                                            "- x",
                                            "# no comment",
                                            "{ }",
                                            "[x]",
                                            "'",
                                            "\"",
                                            "%TAG",
                                            "@",
                                            "`",
                                            "!!str",
                                            "&a",
                                            "*a",
                                            "|",
                                            ">",
                                            "?",
                                            ",",
                                            "\u2028",
                                            "\ufeff",
                                            "\u0085",
                                            "\xff",
                                            "\x01",
                                            "\ub300\uc804",
                                            "\xf0\x9f\x8e\x89 party 1",
                                            "a\tb",
                                            std::string(101, 'x'),
                                            std::string(60, 'y'),
                                            "220",
                                            "220m2",
                                            "20x11",
                                            "3.5x2",
                                            "1",
                                            "0.5",
                                            "12.25",
                                            "200000",
                                            "standing",
                                            "sitting",
                                            "queue",
                                            "walkway",
                                            "stairs",
                                            "other",
                                            "400",
                                            "2",
                                            "3.5",
                                            "2.5/m2",
                                            "1.8m",
                                            "1.8",
                                            "delta",
                                            "total",
                                            "occupancy",
                                            "1s",
                                            "10s",
                                            "1m",
                                            "1h",
                                            "2h",
                                            "500ms",
                                            "UTC",
                                            "Europe/London",
                                            "Asia/Seoul",
                                            "Mars/Base",
                                            "cam-1",
                                            "cam-2",
                                            "door-1",
                                            "d2",
                                            "front",
                                            "back",
                                            "r"};
  return all;
}

TEST(VenueQuestions, MakeAGoodFileOfAnyAnswers) {
  int made = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random(seed);
    std::string answers = seed % 2 == 0 ? "Hall " + std::to_string(seed) + "\n\nUTC\n" : "";
    for (int i = 0; i < 1500; ++i) {
      if (random() % 3 != 0) answers += words()[random() % words().size()];
      answers += '\n';
    }
    const Asked asked = answer(answers);
    if (!asked.sketch) continue;
    ++made;
    ASSERT_EQ(found_in(*asked.sketch), "") << "seed " << seed << "\n" << asked.shown;
  }
  EXPECT_GT(made, 300);
}

}  // namespace
}  // namespace crowdflow::app
