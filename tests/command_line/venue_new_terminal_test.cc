// `crowdflow venue new` as a person has it, on a terminal.
#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <string>

#include "support/crowdflow_program.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/terminal.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr int kFailed = 1;

class VenueNewOnATerminal : public testing::Test {
 protected:
  // Waits for the question before it answers, as a person does.
  void answer(const std::string& question, const std::string& line) {
    ASSERT_TRUE(terminal_.shows(question, kPatience));
    terminal_.type(line + "\n");
  }
  [[nodiscard]] bool nothing_is_written() const { return std::filesystem::is_empty(dir_.path()); }

  const TempDir dir_;
  Terminal terminal_{{CrowdflowProgram::executable().string(), "venue", "new"}, dir_.path()};
};

TEST_F(VenueNewOnATerminal, AsksOneQuestionAfterTheOther) {
  answer("What is the venue called? ", "Village hall");
  answer("[village-hall]: ", "");
  answer("Its time zone [", "Europe/London");
  answer("Name of a place: ", "Main hall");
  answer("How large is it", "20 x 11");
  answer("[standing]: ", "");
  answer("How many people may be in at most? [nobody has set it]: ", "400");
  answer("Alarm above how many people per m2? [", "");
  answer("Name of another place [no more]: ", "");
  answer("Name of a door [no more]: ", "Front door");
  answer("[main-hall]: ", "");
  answer("in metres? [not known]: ", "1.8");
  answer("[front-door-counter]: ", "");
  answer("[delta]: ", "");
  answer("[1m]: ", "");
  answer("Name of another door [no more]: ", "");
  answer("\"Main hall\" [none]: ", "");
  EXPECT_TRUE(terminal_.shows("village-hall.yaml: written", kPatience));
  EXPECT_EQ(terminal_.wait(kPatience), 0);
  const Finished validated = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "validate", "venue", "village-hall.yaml"},
       .cwd = dir_.path()});
  EXPECT_EQ(validated.status, 0) << validated.err;
  const std::string text = read_text(dir_.path() / "village-hall.yaml");
  EXPECT_THAT(text, HasSubstr("kind: standing, area: 220, capacity: 400 }"));
  EXPECT_THAT(text, HasSubstr("front-door-counter"));
}

TEST_F(VenueNewOnATerminal, AsksAgainAndSaysWhatItExpects) {
  answer("What is the venue called? ", "");
  answer("expected ", "Village hall");
  answer("[village-hall]: ", "");
  answer("Its time zone [", "Mars/Base");
  EXPECT_TRUE(terminal_.shows("expected the IANA name of a time zone", kPatience));
  answer("Its time zone [", "Europe/London");
  answer("Name of a place: ", "Main hall");
  answer("How large is it", "big");
  EXPECT_TRUE(terminal_.shows("expected square metres such as 220m2", kPatience));
  answer("How large is it", "220");
  answer("[standing]: ", "dancing");
  EXPECT_TRUE(terminal_.shows("expected sitting, standing, queue", kPatience));
  answer("[standing]: ", "");
  EXPECT_TRUE(terminal_.shows("How many people may be in at most?", kPatience));
  EXPECT_TRUE(nothing_is_written());
}

TEST_F(VenueNewOnATerminal, CtrlCWritesNothing) {
  answer("What is the venue called? ", "Village hall");
  ASSERT_TRUE(terminal_.shows("[village-hall]: ", kPatience));
  terminal_.type(Terminal::kCtrlC);
  EXPECT_EQ(terminal_.wait(kPatience), 128 + SIGINT);
  EXPECT_TRUE(nothing_is_written());
}

TEST_F(VenueNewOnATerminal, CtrlDSaysThatNothingWasWritten) {
  answer("What is the venue called? ", "Village hall");
  ASSERT_TRUE(terminal_.shows("[village-hall]: ", kPatience));
  terminal_.type(Terminal::kCtrlD);
  EXPECT_EQ(terminal_.wait(kPatience), kFailed);
  EXPECT_THAT(terminal_.screen(), HasSubstr("the answers ended before the last question; nothing "
                                            "was written"));
  EXPECT_TRUE(nothing_is_written());
}

}  // namespace
}  // namespace crowdflow::test
