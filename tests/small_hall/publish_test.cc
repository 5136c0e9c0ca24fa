// A spreadsheet and a recording, published beside `run --embedded`: it works while the process has
// the log open, and what was said to be sent outlives a kill at once.
#include <gmock/gmock.h>

#include "small_hall/embedded_topics.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/saw_tooth.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr int kSeconds = 100;
constexpr int kRefused = 65;

TEST(Publish, BesideARunningEmbeddedLogIsDurableWhenItEnds) {
  const TempDir dir;
  CrowdflowProgram program({.folder = dir.path() / "log",
                            .venues = {dir.write("hall.yaml", kSawToothHall)},
                            .prefix = "crowdflow."});
  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());
  std::string lines;
  for (int second = 1; second <= kSeconds; ++second)
    lines += saw_tooth_reading(second);
  lines += R"({"venue_id":"nowhere","event_time":"2018-02-09T11:00:00Z","heartbeat":{}})";
  const std::string file = dir.write("day.ndjson", lines).string();

  const Finished done = run_to_end({.argv = {CrowdflowProgram::executable().string(), "publish",
                                             file, "--url", program.url(), "--batch", "30"}});
  program.kill();
  EXPECT_EQ(done.status, kRefused) << done.err;
  EXPECT_THAT(done.err, HasSubstr("100 readings sent in 5 records, 1 refused"));
  EXPECT_THAT(done.err, HasSubstr(file + ":101: venue_id: found \"nowhere\""));

  int readings = 0;
  for (const KafkaRecord& record : embedded_records(dir.path() / "log", "crowdflow.readings")) {
    v1::ReadingBatch batch;
    ASSERT_TRUE(batch.ParseFromString(record.value.value_or("")));
    EXPECT_EQ(record.key, "hall");
    readings += batch.readings_size();
  }
  EXPECT_EQ(readings, kSeconds);

  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());
  const Finished again = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "publish", file, "--url", program.url()}});
  EXPECT_EQ(again.status, kRefused) << again.err;
  EXPECT_TRUE(eventually(30s, [&] {
    return program.metric("crowdflow_readings_total{result=\"duplicate\"}") >= kSeconds;
  })) << program.metrics();
  ASSERT_TRUE(program.stop());
}

}  // namespace
}  // namespace crowdflow::test
