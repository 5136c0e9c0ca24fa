// docs/small-hall.md: every command on the page is run, in the order of the page, in an empty
// folder. What stands in a fence marked
//   sh            is run by bash and must end with 0
//   sh terminal   is what the page tells to leave running in a terminal of its own
// and a comment right behind a fence, which readers do not see, says more of it:
//   <!-- answers: ... -->   standard input, a line each
//   <!-- shows: ... -->     what its output has
//   <!-- at last: ... -->   the same, after a while: the command is repeated until then

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "paths.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/port.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{60};

struct Step {
  std::string commands;
  bool stays = false;
  std::string answers;
  std::vector<std::string> shows;
  std::vector<std::string> at_last;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Without "<!-- NAME: " and " -->"; nothing when it is no such comment.
std::optional<std::string> comment_in(std::string_view line, std::string_view name) {
  const std::string begin = "<!-- " + std::string(name) + ": ";
  constexpr std::string_view kEnd = " -->";
  if (!line.starts_with(begin) || !line.ends_with(kEnd)) return std::nullopt;
  return std::string(line.substr(begin.size(), line.size() - begin.size() - kEnd.size()));
}

std::vector<Step> steps_of(std::string_view page) {
  std::vector<Step> steps;
  while (!page.empty()) {
    const std::string_view line = take_line(page);
    if (line == "```sh" || line == "```sh terminal") {
      Step step{.stays = line.ends_with("terminal")};
      for (std::string_view next = take_line(page); next != "```"; next = take_line(page))
        step.commands += std::string(next) + '\n';
      steps.push_back(step);
    } else if (!steps.empty()) {
      // Answers are one line of the page: "\n" stands for Enter.
      if (const auto answers = comment_in(line, "answers")) {
        for (std::size_t from = 0; from <= answers->size();) {
          const std::size_t end = std::min(answers->find("\\n", from), answers->size());
          steps.back().answers += answers->substr(from, end - from) + '\n';
          from = end + 2;
        }
      }
      if (const auto shows = comment_in(line, "shows")) steps.back().shows.push_back(*shows);
      if (const auto at_last = comment_in(line, "at last"))
        steps.back().at_last.push_back(*at_last);
    }
  }
  return steps;
}

// Of two tests at a time, only one can have port 8080.
std::string with_port(std::string commands, const std::string& port) {
  const auto replace = [&](const std::string& what, const std::string& by) {
    for (std::size_t at = commands.find(what); at != std::string::npos;
         at = commands.find(what, at + by.size())) {
      commands.replace(at, what.size(), by);
    }
  };
  replace("8080", port);
  replace("crowdflow run ", "crowdflow run --port " + port + " ");
  return commands;
}

class SmallHallPage : public testing::Test {
 protected:
  Command bash(const Step& step) const {
    const std::string path = (build_dir() / "bin").string() + ":" + std::getenv("PATH");
    return {.argv = {"bash", "-euo", "pipefail", "-c", with_port(step.commands, port_)},
            .env = {{"PATH", path}, {"TZ", "Europe/London"}},
            .cwd = dir_.path(),
            .input = step.answers};
  }

  void run(const Step& step) {
    SCOPED_TRACE(step.commands);
    if (step.stays) {
      terminals_.push_back(std::make_unique<Process>(bash(step)));
      ASSERT_TRUE(terminals_.back()->start());
      for (const std::string& text : step.shows)
        ASSERT_TRUE(terminals_.back()->says(text, kPatience));
      return;
    }
    Finished done = run_to_end(bash(step), kPatience);
    ASSERT_EQ(done.status, 0) << done.out << done.err;
    for (const std::string& text : step.shows)
      EXPECT_THAT(done.out + done.err, HasSubstr(text));
    ASSERT_TRUE(eventually(kPatience, [&] {
      for (const std::string& text : step.at_last) {
        if ((done.out + done.err).find(text) != std::string::npos) continue;
        done = run_to_end(bash(step), kPatience);
        return testing::AssertionFailure() << "expected " << text << " in\n"
                                           << done.out << done.err;
      }
      return testing::AssertionSuccess();
    }));
  }

  // Ctrl-C in each terminal.
  void end() {
    for (const auto& terminal : terminals_) {
      terminal->signal_group(SIGINT);
      EXPECT_TRUE(terminal->exits_with(0, kPatience));
    }
    terminals_.clear();
  }

  const TempDir dir_;
  const std::string port_ = std::to_string(free_port());
  std::vector<std::unique_ptr<Process>> terminals_;
};

TEST_F(SmallHallPage, LeadsFromNothingToAColouredZoneThatIsStillThereAfterARestart) {
  const std::vector<Step> steps = steps_of(read_text(source_dir() / "docs/small-hall.md"));
  const Step* started = nullptr;
  const Step* looks = nullptr;
  for (const Step& step : steps) {
    if (step.stays) started = &step;
    if (!step.at_last.empty()) looks = &step;
    ASSERT_NO_FATAL_FAILURE(run(step));
  }
  ASSERT_GE(steps.size(), 8U);
  ASSERT_TRUE(started != nullptr && looks != nullptr);
  end();
  run(*started);
  run(*looks);
  end();
}

}  // namespace
}  // namespace crowdflow::test
