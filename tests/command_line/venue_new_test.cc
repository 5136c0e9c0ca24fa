// `crowdflow venue new`: the venue file that it writes, or does not.

#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <string>
#include <vector>

#include "support/crowdflow_program.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

const std::vector<std::string> kHallInFlags{"--name",      "Village hall",
                                            "--time-zone", "Europe/London",
                                            "--zone",      "hall,220m2,400,standing",
                                            "--door",      "front,1.8m,hall",
                                            "--counter",   "door-1,front,delta,1m"};

Finished crowdflow(const TempDir& dir, std::vector<std::string> arguments,
                   const std::string& input = "") {
  arguments.insert(arguments.begin(), CrowdflowProgram::executable().string());
  return run_to_end({.argv = std::move(arguments), .cwd = dir.path(), .input = input}, kPatience);
}

Finished venue_new(const TempDir& dir, std::vector<std::string> arguments,
                   const std::string& input = "") {
  arguments.insert(arguments.begin(), {"venue", "new"});
  return crowdflow(dir, std::move(arguments), input);
}

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_good(const TempDir& dir, const std::string& file) {
  const Finished validated = crowdflow(dir, {"validate", "venue", file});
  EXPECT_EQ(validated.status, 0) << validated.err;
  EXPECT_EQ(validated.err, "");
}

bool is_empty(const TempDir& dir) { return std::filesystem::is_empty(dir.path()); }

TEST(VenueNew, WritesWhatFlagsSay) {
  const TempDir dir;
  const Finished made = venue_new(dir, with(kHallInFlags, {"--output", "hall.yaml"}));
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("1 places, 1 doors, 1 counters, 2 rules"));
  EXPECT_THAT(made.out, HasSubstr("crowdflow validate venue hall.yaml"));
  EXPECT_THAT(made.out, HasSubstr("crowdflow demo --venue hall.yaml"));
  expect_good(dir, "hall.yaml");
  const std::string text = read_text(dir.path() / "hall.yaml");
  EXPECT_THAT(text, HasSubstr("kind: standing, area: 220, capacity: 400 }"));
  EXPECT_THAT(text, HasSubstr("Guide to Safety at Sports Grounds"));
}

TEST(VenueNew, ReplacesAFileOnlyByForce) {
  const TempDir dir;
  dir.write("village-hall.yaml", "mine");
  const Finished refused = venue_new(dir, kHallInFlags);
  EXPECT_EQ(refused.status, kFailed);
  EXPECT_THAT(refused.err, HasSubstr("village-hall.yaml is there already"));
  EXPECT_EQ(read_text(dir.path() / "village-hall.yaml"), "mine");
  EXPECT_EQ(venue_new(dir, with(kHallInFlags, {"--force"})).status, 0);
  expect_good(dir, "village-hall.yaml");
}

TEST(VenueNew, TellsAllThatIsWrongInItsFlags) {
  const TempDir dir;
  const Finished refused = venue_new(
      dir, {"--name", "Hall", "--zone", "hall,wide", "--zone", "bar,20,,dancing", "--door", "d,1"});
  EXPECT_EQ(refused.status, kWrongUsage);
  EXPECT_THAT(refused.err, HasSubstr("--zone \"hall,wide\": expected its area: square metres"));
  EXPECT_THAT(refused.err, HasSubstr("--zone \"bar,20,,dancing\": expected its kind: sitting"));
  EXPECT_THAT(refused.err, HasSubstr("--door \"d,1\": expected where it leads to"));
  const Finished incomplete = venue_new(dir, {"--name", "Hall", "--zone", "hall,20"});
  EXPECT_EQ(incomplete.status, kWrongUsage);
  EXPECT_THAT(incomplete.err, HasSubstr("a door to \"hall\", or a counter of occupancy in it"));
  EXPECT_TRUE(is_empty(dir));
}

TEST(VenueNew, AsksWhoGivesNoFlags) {
  const TempDir dir;
  const Finished made = venue_new(dir, {},
                                  "Village hall\n\n\nHall\n20 x 11\n\n400\n\n\n"
                                  "Front\n\n1.8\ndoor-1\n\n\n\n\n");
  ASSERT_EQ(made.status, 0) << made.out << made.err;
  EXPECT_THAT(made.out, HasSubstr("What is the venue called?"));
  expect_good(dir, "village-hall.yaml");
  const Finished again = venue_new(dir, {}, "Village hall\n\nhall-2\n");
  EXPECT_THAT(again.out, HasSubstr("expected another id, or --output or --force"));
  EXPECT_EQ(again.status, kFailed);
}

TEST(VenueNew, WritesNothingWhereTheAnswersEnd) {
  const TempDir dir;
  const Finished ended = venue_new(dir, {}, "Village hall\n\n\nHall\n20 x 11\n");
  EXPECT_EQ(ended.status, kFailed);
  EXPECT_THAT(ended.err, HasSubstr("nothing was written"));
  EXPECT_TRUE(is_empty(dir));
}

TEST(VenueNew, WritesNothingWhenItIsInterrupted) {
  const TempDir dir;
  Process asking({.argv = {CrowdflowProgram::executable().string(), "venue", "new"},
                  .cwd = dir.path(),
                  .input = "Village hall\n\n\nHall\n20 x 11\n",
                  .keep_input_open = true});
  ASSERT_TRUE(asking.start());
  ASSERT_TRUE(asking.says("What do people do there", kPatience));
  asking.signal(SIGINT);
  EXPECT_TRUE(asking.exits_with(128 + SIGINT, kPatience));
  EXPECT_TRUE(is_empty(dir));
}

TEST(VenueNew, WritesCommandsThatAShellUnderstands) {
  const TempDir dir;
  const Finished made = venue_new(dir, with(kHallInFlags, {"--output", "the hall's.yaml"}));
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string begin = "  crowdflow validate venue ";
  const std::size_t at = made.out.find(begin) + begin.size();
  const std::string word = made.out.substr(at, made.out.find('\n', at) - at);
  const Finished listed =
      run_to_end({.argv = {"sh", "-c", "ls " + word}, .cwd = dir.path()}, kPatience);
  EXPECT_EQ(listed.out, "the hall's.yaml\n");
  EXPECT_THAT(venue_new(dir, with(kHallInFlags, {"--output", "two\nlines"})).err,
              HasSubstr("without line breaks"));
}

}  // namespace
}  // namespace crowdflow::test
