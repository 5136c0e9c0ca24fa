// Every file under bad_venues/, odd_venues/ and bad_runs/ says exactly what its .expected file has.

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <set>

#include "config/run_config.h"
#include "config/venue_file.h"
#include "paths.h"
#include "support/temp_dir.h"

namespace crowdflow::config {
namespace {

namespace fs = std::filesystem;

fs::path folder(const std::string& name) {
  return test::source_dir() / "tests" / "unit" / "config" / name;
}

std::string said_of_venue(const fs::path& path) {
  std::vector<ConfigError> warnings;
  const auto venue = parse_venue(test::read_text(path), path.filename().string(), &warnings);
  return (venue ? "" : format_errors(venue.error())) + format_warnings(warnings);
}

void compare(const fs::path& input, const std::string& said) {
  fs::path expected = input;
  expected.replace_extension(".expected");
  EXPECT_EQ(said, test::read_text(expected)) << expected;
}

std::vector<fs::path> inputs(const std::string& name) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{folder(name)}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Golden, BadVenueFilesAreExplainedWordForWord) {
  const auto files = inputs("bad_venues");
  EXPECT_GE(files.size(), 30U);
  for (const fs::path& file : files) {
    EXPECT_FALSE(parse_venue(test::read_text(file), "")) << file;
    compare(file, said_of_venue(file));
  }
}

TEST(Golden, OddVenueFilesAreGoodAndRemarkedUpon) {
  for (const fs::path& file : inputs("odd_venues")) {
    EXPECT_TRUE(parse_venue(test::read_text(file), "")) << file;
    compare(file, said_of_venue(file));
  }
}

TEST(Golden, BadConfigurationsAreExplainedWordForWord) {
  for (const char* name :
       {"brokers.yaml", "embedded.yaml", "empty.yaml", "run.yaml", "shapes.yaml"}) {
    // Messages name files as the caller did: without the folder here.
    std::vector<ConfigError> warnings;
    auto config = load_run_config((folder("bad_runs") / name).string(), &warnings);
    ASSERT_FALSE(config) << name;
    const std::string prefix = folder("bad_runs").string() + '/';
    for (ConfigError& error : config.error()) {
      for (std::string* text : {&error.file, &error.hint}) {
        if (const auto at = text->find(prefix); at != std::string::npos) {
          text->erase(at, prefix.size());
        }
      }
    }
    compare(folder("bad_runs") / name, format_errors(config.error()) + format_warnings(warnings));
  }
}

TEST(Golden, ExamplesAreGoodWithoutARemark) {
  for (const char* name : {"hall.yaml", "arena.yaml"}) {
    std::vector<ConfigError> warnings;
    const auto venue = load_venue((test::source_dir() / "examples" / name).string(), &warnings);
    EXPECT_TRUE(venue) << format_errors(venue.error());
    EXPECT_EQ(format_warnings(warnings), "");
  }
  std::vector<ConfigError> warnings;
  const auto config =
      load_run_config((test::source_dir() / "examples" / "run.yaml").string(), &warnings);
  ASSERT_TRUE(config) << format_errors(config.error());
  EXPECT_EQ(config->venues.size(), 2U);
  EXPECT_EQ(format_warnings(warnings), "");
}

TEST(Golden, TheArenaMeasuresEveryOpeningOfItsTwentyZones) {
  const auto arena = load_venue((test::source_dir() / "examples" / "arena.yaml").string());
  ASSERT_TRUE(arena) << format_errors(arena.error());
  EXPECT_EQ(arena->zones.size(), 20U);
  std::set<OpeningIndex> measured;
  for (const Sensor& sensor : arena->sensors) {
    EXPECT_EQ(sensor.every, std::chrono::seconds{1}) << sensor.id;
    if (sensor.at) measured.insert(*sensor.at);
  }
  EXPECT_EQ(measured.size(), arena->openings.size());
  EXPECT_EQ(arena->starts, StartLevel::kEmpty);
  EXPECT_EQ(arena->openings.front().id, "gate-north");
  EXPECT_DOUBLE_EQ(arena->zones.front().area_m2, 64);
}

}  // namespace
}  // namespace crowdflow::config
