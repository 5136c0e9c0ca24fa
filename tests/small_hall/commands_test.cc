// What a hall's owner types beside `run --embedded`: look into the log, write it out, copy it.
#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <sstream>

#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/saw_tooth.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

constexpr int kSeconds = 100;
constexpr int kWrongUsage = 2;

Finished crowdflow(std::vector<std::string> words) {
  words.insert(words.begin(), CrowdflowProgram::executable().string());
  return run_to_end({.argv = std::move(words)});
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

// A hall that has seen 100 seconds, and goes on.
class Commands : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(program_.start());
    ASSERT_TRUE(program_.becomes_ready());
    std::string lines;
    for (int second = 1; second <= kSeconds; ++second)
      lines += saw_tooth_reading(second);
    ASSERT_EQ(
        http_post(program_.url() + "/api/v1/readings", lines, "application/x-ndjson").status / 100,
        2);
    ASSERT_TRUE(eventually(30s, [&] {
      return program_.metric("crowdflow_readings_total{result=\"applied\"}") == kSeconds;
    })) << program_.metrics();
  }

  [[nodiscard]] std::string folder() const { return (dir_.path() / "log").string(); }

  TempDir dir_;
  CrowdflowProgram program_{{.folder = dir_.path() / "log",
                             .venues = {dir_.write("hall.yaml", kSawToothHall)},
                             .prefix = "crowdflow."}};
};

TEST(RunWithoutALog, ExplainsTheChoice) {
  const Finished run = crowdflow({"run", "--venue", "hall.yaml"});
  EXPECT_EQ(run.status, kWrongUsage);
  EXPECT_THAT(run.err, HasSubstr("crowdflow run --embedded DIR --venue FILE\n"));
  EXPECT_THAT(run.err, HasSubstr("crowdflow run --config FILE\n"));
  EXPECT_THAT(crowdflow({"run", "--embedded", "log"}).err, HasSubstr("which venue? Give --venue"));
}

TEST_F(Commands, ListSaysWhatEachPartitionHolds) {
  const Finished list = crowdflow({"log", "list", "--embedded", folder()});
  ASSERT_EQ(list.status, 0) << list.err;
  const std::vector<std::string> lines = lines_of(list.out);
  const auto readings = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("crowdflow.readings ");
  });
  ASSERT_NE(readings, lines.end()) << list.out;
  std::istringstream words(*readings);
  std::string topic;
  std::int64_t partition = -1, low = -1, high = -1, records = -1;
  words >> topic >> partition >> low >> high >> records;
  EXPECT_EQ(partition, 0);
  EXPECT_EQ(low, 0);
  EXPECT_EQ(high, 1);
  EXPECT_EQ(records, 1);
  EXPECT_THAT(list.out,
              HasSubstr("group crowdflow.engine has read crowdflow.readings partition 0 up to "
                        "offset 1\n"));
}

TEST_F(Commands, DumpSaysRecordsAsJson) {
  const Finished dump = crowdflow({"log", "dump", "alerts", "--embedded", folder()});
  ASSERT_EQ(dump.status, 0) << dump.err;
  const std::vector<std::string> lines = lines_of(dump.out);
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.front(), HasSubstr(R"("topic":"crowdflow.alerts","partition":0,"offset":0)"));
  EXPECT_THAT(lines.front(), HasSubstr(R"("alert_id":"hall/dense/hall")"));

  const Finished last = crowdflow(
      {"log", "dump", "readings", "--embedded", folder(), "--offset", "-1", "--count", "1"});
  EXPECT_THAT(lines_of(last.out), SizeIs(1));
  EXPECT_THAT(last.out, HasSubstr(R"("sequence":"100")"));

  const Finished unknown = crowdflow({"log", "dump", "reading", "--embedded", folder()});
  EXPECT_EQ(unknown.status, kWrongUsage);
  EXPECT_THAT(unknown.err, HasSubstr("found the topic \"reading\", expected one of readings, "));
}

TEST_F(Commands, ExportWritesReadingsThatReplayTakes) {
  const std::string out = (dir_.path() / "out").string();
  const Finished exported = crowdflow({"log", "export", "--embedded", folder(), "--out", out});
  ASSERT_EQ(exported.status, 0) << exported.err;
  EXPECT_THAT(lines_of(read_text(out + "/readings.ndjson")), SizeIs(kSeconds));
  const Finished replayed =
      crowdflow({"replay", "--venue", (dir_.path() / "hall.yaml").string(), "--readings",
                 out + "/readings.ndjson", "--out", out + "/replayed"});
  ASSERT_EQ(replayed.status, 0) << replayed.err;
  EXPECT_THAT(read_text(out + "/replayed/summary.json"), HasSubstr("\"applied\": 100"));
}

TEST_F(Commands, BackupOfARunningLogIsALog) {
  const std::string copy = (dir_.path() / "copy" / "log.sqlite").string();
  std::filesystem::create_directory(dir_.path() / "copy");
  const Finished backup = crowdflow({"backup", "--embedded", folder(), "--to", copy});
  ASSERT_EQ(backup.status, 0) << backup.err;
  const std::string copied = (dir_.path() / "copy").string();
  const Finished verified =
      crowdflow({"replay", "--embedded", copied, "--venue-id", "hall", "--verify"});
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
  EXPECT_EQ(crowdflow({"backup", "--embedded", folder(), "--to", copy}).status, 1);
  EXPECT_TRUE(program_.stop());
}

TEST_F(Commands, ASecondProcessOnTheSameLogIsRefused) {
  const Finished second = crowdflow({"run", "--embedded", folder(), "--venue",
                                     (dir_.path() / "hall.yaml").string(), "--port", "0"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("in use by process"));
}

TEST_F(Commands, ExplainReadsTheEmbeddedJournal) {
  const Finished why = crowdflow({"explain", "hall/dense/hall", "--embedded", folder()});
  EXPECT_EQ(why.status, 0) << why.err;
  EXPECT_THAT(why.out, HasSubstr("door-counter"));
}

}  // namespace
}  // namespace crowdflow::test
