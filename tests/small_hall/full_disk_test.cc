// A real disk that is full, or read-only, under the real program: while it runs and when it starts.
#include <cstdio>
#include <gmock/gmock.h>
#include <vector>

#include "small_hall/embedded_topics.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/saw_tooth.h"
#include "support/small_disk.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 60s;
constexpr int kFailed = 1;
constexpr int kFirstPosts = 20;
constexpr int kLinesAPost = 5;

// Those that this machine lets us mount; ctest shows the others.
std::vector<SmallDisk::Kind> mountable(const std::vector<SmallDisk::Kind>& kinds) {
  std::vector<SmallDisk::Kind> good;
  for (const SmallDisk::Kind kind : kinds) {
    if (const auto mounted = SmallDisk().mount(kind)) {
      good.push_back(kind);
    } else {
      std::printf("a small disk cannot be mounted here: %s\n", mounted.message());
    }
  }
  return good;
}

class FullDisk : public testing::TestWithParam<SmallDisk::Kind> {
 protected:
  void SetUp() override { ASSERT_TRUE(disk_.mount(GetParam())); }

  [[nodiscard]] std::filesystem::path folder() const { return disk_.path() / "log"; }

  // The next seconds, or those again that were not acknowledged.
  HttpResponse post() {
    std::string lines;
    for (int i = 1; i <= kLinesAPost; ++i)
      lines += saw_tooth_reading(acknowledged_ + i);
    auto answer = http_post(program_.url() + "/api/v1/readings", lines, "application/x-ndjson");
    if (answer.status == 202) acknowledged_ += kLinesAPost;
    return answer;
  }

  [[nodiscard]] testing::AssertionResult readiness(int status, const std::string& because) {
    return eventually(kPatience, [&] {
      const HttpResponse answer = http_get(program_.url() + "/readyz");
      return answer.status == status && answer.body.find(because) != std::string::npos
                 ? testing::AssertionSuccess()
                 : testing::AssertionFailure() << answer.status << " " << answer.body << "\n"
                                               << program_.log();
    });
  }

  // Readings are refused and it is said why. What there was room for has been taken before that.
  void expect_refusal() {
    HttpResponse answer;
    ASSERT_TRUE(eventually(kPatience, [&] {
      disk_.fill();
      answer = post();
      return answer.status != 202;
    })) << "the disk is not full";
    EXPECT_EQ(answer.status, 503) << answer.error;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    EXPECT_NE(answer.header("retry-after"), "");
    EXPECT_THAT(answer.body, HasSubstr("the disk is full"));
    EXPECT_TRUE(readiness(503, "the disk is full"));
    EXPECT_EQ(http_get(program_.url() + "/healthz").status, 200);
    EXPECT_EQ(program_.metric("crowdflow_log_reachable"), 0);
  }

  // The page's state, of no later moment than there are readings of.
  void expect_last_state() {
    EXPECT_EQ(http_get(program_.url() + "/").status, 200);
    HttpResponse zones;
    ASSERT_TRUE(eventually(kPatience, [&] {
      zones = http_get(program_.url() + "/api/v1/zones");
      return zones.body.find("\"occupancy\"") != std::string::npos;
    })) << zones.body;
    constexpr std::string_view kEnd = "\"window_end\":\"";
    const std::size_t from = zones.body.find(kEnd) + kEnd.size();
    const std::string end = zones.body.substr(from, zones.body.find('"', from) - from);
    // Those last posted may have been taken, and are of unknown outcome.
    EXPECT_LE(end, to_rfc3339(start_of_second(kSawToothBegin + acknowledged_ + kLinesAPost)));
  }

  SmallDisk disk_;
  const TempDir dir_;
  CrowdflowProgram program_{{.folder = folder(),
                             .venues = {dir_.write("hall.yaml", kSawToothHall)},
                             .prefix = "crowdflow."}};
  int acknowledged_ = 0;  // seconds
};

TEST_P(FullDisk, IsSaidAlsoAtTheStartAndGoneOnFromWhenThereIsRoom) {
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.becomes_ready());
  for (int i = 0; i < kFirstPosts; ++i)
    ASSERT_EQ(post().status, 202);
  ASSERT_TRUE(eventually(kPatience, [&] {
    return program_.metric("crowdflow_readings_total{result=\"applied\"}") == acknowledged_;
  }));
  expect_refusal();
  expect_last_state();

  program_.kill();
  disk_.fill();
  ASSERT_TRUE(program_.start());
  expect_refusal();
  expect_last_state();

  // It is told to end while it waits, and ends.
  program_.terminate();
  ASSERT_TRUE(eventually(kPatience, [&] { return !program_.running(); }));
  disk_.make_room();
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.becomes_ready());
  ASSERT_TRUE(program_.stop());
  disk_.fill();
  ASSERT_TRUE(program_.start());
  expect_refusal();
  expect_last_state();

  disk_.make_room();
  EXPECT_TRUE(readiness(200, ""));
  for (int i = 0; i < kFirstPosts; ++i)
    EXPECT_EQ(post().status, 202);
  const auto applied = [&] {
    return accounting(embedded_records(folder(), program_.topic("journal"))).of(Outcome::kApplied);
  };
  const auto seconds = static_cast<std::uint64_t>(acknowledged_);
  EXPECT_TRUE(eventually(kPatience, [&] { return applied() >= seconds; })) << program_.log();
  ASSERT_TRUE(program_.stop());

  const Accounting sum = accounting(embedded_records(folder(), program_.topic("journal")));
  EXPECT_EQ(sum.of(Outcome::kApplied), seconds);
  EXPECT_EQ(sum.of(Outcome::kApplied) + sum.of(Outcome::kDuplicate), sum.consumed);
  const Finished verified =
      run_to_end({.argv = {CrowdflowProgram::executable().string(), "replay", "--embedded",
                           folder().string(), "--venue-id", "hall", "--verify"}},
                 kPatience);
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
}

TEST_P(FullDisk, WhereThereIsNoLogYetIsRefusedWithAWayOut) {
  disk_.fill();
  const Finished run = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "run", "--embedded", folder().string(),
                "--venue", (dir_.path() / "hall.yaml").string(), "--port", "0"}});
  EXPECT_EQ(run.status, kFailed);
  EXPECT_THAT(run.err, HasSubstr(disk_.path().string()));
  EXPECT_THAT(run.err, HasSubstr("bytes free: make room"));
}

TEST_P(FullDisk, ThatIsReadOnlyIsRefusedInWords) {
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.stop());
  ASSERT_TRUE(disk_.make_read_only());
  const Finished run = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "run", "--embedded", folder().string(),
                "--venue", (dir_.path() / "hall.yaml").string(), "--port", "0"}});
  EXPECT_EQ(run.status, kFailed);
  EXPECT_THAT(run.err, HasSubstr("the log's folder has to be writable"));
  const Finished list = run_to_end({.argv = {CrowdflowProgram::executable().string(), "log", "list",
                                             "--embedded", folder().string()}});
  EXPECT_EQ(list.status, 0) << list.err;
}

// There, SQLite could not make sure of room for its index, and would end the process.
class FullDiskOfSmallBlocks : public FullDisk {};

TEST_P(FullDiskOfSmallBlocks, IsRefusedWithAWayOut) {
  ASSERT_TRUE(program_.start());
  ASSERT_TRUE(program_.becomes_ready());
  ASSERT_TRUE(program_.stop());
  disk_.fill();
  const Finished run = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "run", "--embedded", folder().string(),
                "--venue", (dir_.path() / "hall.yaml").string(), "--port", "0"}});
  EXPECT_EQ(run.status, kFailed);
  EXPECT_THAT(run.err, HasSubstr("the disk is full, and its blocks are smaller than 4 KiB"));
  EXPECT_THAT(run.err, HasSubstr("bytes free: make room"));
  disk_.make_room();
  ASSERT_TRUE(program_.start());
  EXPECT_TRUE(program_.becomes_ready());
  EXPECT_TRUE(program_.stop());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FullDisk);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FullDiskOfSmallBlocks);
INSTANTIATE_TEST_SUITE_P(On, FullDiskOfSmallBlocks,
                         testing::ValuesIn(mountable({SmallDisk::Kind::kExt4SmallBlocks})),
                         [](const auto& /*disk*/) { return "Ext4"; });
INSTANTIATE_TEST_SUITE_P(
    On, FullDisk, testing::ValuesIn(mountable({SmallDisk::Kind::kMemory, SmallDisk::Kind::kExt4})),
    [](const auto& disk) { return disk.param == SmallDisk::Kind::kMemory ? "Memory" : "Ext4"; });

}  // namespace
}  // namespace crowdflow::test
