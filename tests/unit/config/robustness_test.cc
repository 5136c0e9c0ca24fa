// Whatever the bytes are, parse_venue() answers with a venue or with errors.

#include <gmock/gmock.h>
#include <random>

#include "config/source_text.h"
#include "config/venue_file.h"

namespace crowdflow::config {
namespace {

constexpr std::string_view kSeed = R"(crowdflow: v1
venue: { id: hall, name: "Große 강릉 \"Halle\"", time_zone: UTC }
profiles: { narrow: { extends: fruin-walkway, limit: 2.2, begins_at: { F: 2.5 }, source: us } }
zones:
  - { id: hall, area: 220, capacity: 300, profile: narrow }
  - id: foyer
    name: 'It''s'
    polygon: [[0, 0], [4, 0], [4, 4.5], [0, 4]]
openings:
  - { id: door, from: foyer, to: hall, width: 1.8, sensor: cam }
sensors:
  - { id: ts, at: door, counts: total, bits: 32, resets: midnight, every: 10s, max_rate: 60/min }
  - { id: eye, at: door, min_rate: 1/h, directions: { entries: in, exits: ignored } }
  - { id: wifi, in: hall, scale: 1.4 }
windows: [10s/1s, 1m]
percentile: 95
lateness: 5s
rules:
  - { id: full, when: occupancy, zones: [hall], over: 250, deadband: 10, window: 1m }
)";

// A venue, or errors that a person can read.
void expect_an_answer(const std::string& bytes) {
  std::vector<ConfigError> warnings;
  const auto venue = parse_venue(bytes, "v", &warnings);
  if (venue) {
    EXPECT_FALSE(venue->id.empty());
    return;
  }
  EXPECT_FALSE(venue.error().empty()) << bytes;
  const std::string text = format_errors(venue.error()) + format_warnings(warnings);
  if (!find_non_text(bytes)) {
    EXPECT_EQ(find_non_text(text), std::nullopt) << text;
  }
}

TEST(Robustness, TheSeedIsGood) { EXPECT_TRUE(parse_venue(kSeed, "v")); }

TEST(Robustness, AnswersToEveryBeginning) {
  for (std::size_t size = 0; size <= kSeed.size(); ++size) {
    expect_an_answer(std::string{kSeed.substr(0, size)});
  }
}

TEST(Robustness, AnswersToChangedBytes) {
  std::mt19937 random{20'261'123};
  const std::string tokens = "{}[]:,-#'\"|>&*!%@`?~ \n\t0129.axyz\\/\r\xEA";
  for (int round = 0; round < 4000; ++round) {
    std::string bytes{kSeed};
    for (auto change = 1 + random() % 6; change > 0; --change) {
      const std::size_t at = random() % bytes.size();
      switch (random() % 5) {
        case 0:
          bytes[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          bytes[at] = tokens[random() % tokens.size()];
          break;
        case 2:
          bytes.insert(at, 1, tokens[random() % tokens.size()]);
          break;
        case 3:
          bytes.erase(at, 1 + random() % 20);
          break;
        default:
          bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 60));
      }
    }
    expect_an_answer(bytes);
  }
}

TEST(Robustness, AnswersToDeepNesting) {
  for (const char* step :
       {"[", "{a: ", "- ", "? ", "a:\n ", "[{", "!x [", "&a [", "'", "\"", "|"}) {
    std::string bytes;
    for (int i = 0; i < 20'000; ++i)
      bytes += step;
    expect_an_answer(bytes);
    expect_an_answer("zones: " + bytes);
    expect_an_answer("zones:\n " + bytes);
  }
}

TEST(Robustness, AnswersToAnAliasBomb) {
  std::string bytes = "a: &a [x, x]\n";
  for (char name = 'b'; name <= 'z'; ++name) {
    bytes +=
        std::string{name} + ": &" + name + " [*" + char(name - 1) + ", *" + char(name - 1) + "]\n";
  }
  expect_an_answer(bytes);
}

TEST(Robustness, AnswersToLongThings) {
  const std::string many(200'000, 'x');
  for (const std::string& bytes :
       {many, many + ": " + many, "{" + many + ": 1, " + many + ": 2}", '"' + many, '\'' + many,
        "# " + many, "venue: { id: \"" + many + "\" }",
        "zones: [ { id: " + many + ", area: " + many + " } ]", std::string(200'000, '\n'),
        std::string(200'000, ':'), std::string(200'000, ',')}) {
    expect_an_answer(bytes);
  }
  std::string wide = "{";
  for (int i = 0; i < 20'000; ++i)
    wide += "k" + std::to_string(i) + ": v, ";
  expect_an_answer(wide + "}");
}

}  // namespace
}  // namespace crowdflow::config
