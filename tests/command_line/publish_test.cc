// What `crowdflow publish` says of a command line or a file that it cannot use.

#include <gmock/gmock.h>

#include "support/crowdflow_program.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr int kWrongUsage = 2;
constexpr int kFailed = 1;
constexpr int kWrongConfig = 78;
// Where nobody listens.
const std::vector<std::string> kNowhere{"--url", "http://127.0.0.1:1"};

class PublishCommand : public testing::Test {
 protected:
  [[nodiscard]] Finished publish(std::vector<std::string> more, bool somewhere = true) const {
    std::vector<std::string> argv{CrowdflowProgram::executable().string(), "publish"};
    argv.insert(argv.end(), more.begin(), more.end());
    if (somewhere) argv.insert(argv.end(), kNowhere.begin(), kNowhere.end());
    return run_to_end({.argv = std::move(argv)});
  }
  void expect_usage(std::vector<std::string> more, const std::string& says) const {
    const Finished done = publish(std::move(more));
    EXPECT_EQ(done.status, kWrongUsage) << done.err;
    EXPECT_THAT(done.err, HasSubstr(says));
  }

  const TempDir dir_;
  const std::string table_ = dir_.write("door.csv", "Time,In\n2018-10-27 10:15,1\n").string();
};

TEST_F(PublishCommand, AsksWhereTo) {
  const Finished nowhere = publish({table_}, false);
  EXPECT_EQ(nowhere.status, kWrongUsage);
  EXPECT_THAT(nowhere.err, HasSubstr("where to? Give either --url http://HOST:PORT"));
  EXPECT_EQ(publish({table_, "--brokers", "127.0.0.1:1"}).status, kWrongUsage) << "both";
}

TEST_F(PublishCommand, AsksForWhatATableDoesNotSay) {
  expect_usage({table_, "--sensor=door-1", "--interval=15m"},
               "found the columns \"Time\", \"In\", expected \"event_time\" for event_time");
  const std::string columns = "--columns=event_time=Time,entries=In";
  expect_usage({table_, columns}, "which sensor counted? Say --sensor ID");
  expect_usage({table_, columns, "--sensor=door-1"}, "how long does each row speak of?");
  expect_usage({table_, "--columns=entries=In"}, "expected event_time=COLUMN");
  expect_usage({table_, "--columns=event_time=Time"}, "expected entries=COLUMN or exits=COLUMN");
  expect_usage({table_, "--columns=event_time=Time,entrys=In"}, "found \"entrys=In\"");
  expect_usage({table_, columns, "--counts=people"}, "expected delta, total, occupancy or anchor");
}

TEST_F(PublishCommand, RefusesOptionsThatItCannotRead) {
  const std::vector<std::string> good{table_, "--columns=event_time=Time,entries=In",
                                      "--sensor=door-1", "--interval=15m"};
  const auto with = [&](const std::string& option) {
    std::vector<std::string> all = good;
    all.push_back(option);
    return all;
  };
  expect_usage(with("--time-zone=Europe/Londn"), "did you mean \"Europe/London\"?");
  expect_usage(with("--time-format=%Q"), "the time format has \"%Q\"");
  expect_usage(with("--stamped=middle"), "expected start or end");
  expect_usage(with("--delimiter=ab"), "expected one character, or tab");
  expect_usage(with("--sensors=Main"), "expected NAME=ID");
  expect_usage(
      {table_, "--columns=event_time=Time,entries=In", "--sensor=door-1", "--interval=day"},
      "--interval: found \"day\"");
}

TEST_F(PublishCommand, RefusesUrlsThatAreNoServer) {
  const auto file = dir_.write("day.ndjson", "{}").string();
  const Finished done = publish({file, "--url", "https://hall.example"}, false);
  EXPECT_EQ(done.status, kWrongUsage);
  EXPECT_THAT(done.err, HasSubstr("--url: found \"https://hall.example\", expected http://"));
}

TEST_F(PublishCommand, SaysThatAFileCannotBeRead) {
  const Finished missing = publish({(dir_.path() / "none.ndjson").string()});
  EXPECT_EQ(missing.status, kFailed);
  EXPECT_THAT(missing.err, HasSubstr("cannot open"));
  const auto venue = dir_.write("venue.yaml", "crowdflow: v1\n").string();
  EXPECT_EQ(publish({table_, "--venue", venue}).status, kWrongConfig);
}

}  // namespace
}  // namespace crowdflow::test
