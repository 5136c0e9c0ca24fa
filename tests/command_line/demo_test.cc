// `crowdflow demo` in the venues that are built in.

#include <csignal>
#include <gmock/gmock.h>
#include <string>
#include <utility>

#include "support/crowdflow_program.h"
#include "support/process.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr int kWrongUsage = 2;

Command demo(const std::vector<std::string>& options) {
  Command command{.argv = {CrowdflowProgram::executable().string(), "demo", "--port", "0"}};
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  return command;
}

TEST(Demo, ShowsTheArenaUnlessToldOtherwise) {
  Process arena(demo({}));
  ASSERT_TRUE(arena.start());
  ASSERT_TRUE(arena.says("crowdflow demo: Harbour Arena", kPatience));
  arena.signal(SIGINT);
  EXPECT_TRUE(arena.exits_with(0, kPatience));
}

TEST(Demo, ShowsEachExampleThatIsBuiltIn) {
  const std::pair<std::string, std::string> examples[] = {{"hall", "Village hall"},
                                                          {"stadium", "Riverside Ground"},
                                                          {"station", "Millbrook Station"},
                                                          {"festival", "Meadow Festival"}};
  for (const auto& [example, name] : examples) {
    Process shown(demo({"--example", example}));
    ASSERT_TRUE(shown.start());
    ASSERT_TRUE(shown.says("crowdflow demo: " + name, kPatience));
    shown.signal(SIGINT);
    EXPECT_TRUE(shown.exits_with(0, kPatience));
  }
}

TEST(Demo, KnowsNoOtherExample) {
  const Finished refused = run_to_end(demo({"--example", "moon"}), kPatience);
  EXPECT_EQ(refused.status, kWrongUsage);
  EXPECT_THAT(refused.err, HasSubstr("stadium"));
}

}  // namespace
}  // namespace crowdflow::test
