// The process is killed at random moments while readings are posted to it: every reading that it
// acknowledged is there once, every transition is said once, and all that was said follows from the
// journal, byte for byte. CROWDFLOW_KILLS says how often.
#include <chrono>
#include <random>
#include <thread>

#include "small_hall/embedded_topics.h"
#include "support/crowdflow_program.h"
#include "support/environment.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/saw_tooth.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

constexpr int kLinesAPost = 5;

// Posts one batch of seconds after the other, again and again until it is acknowledged.
class Door {
 public:
  // Posts until `enough`; returns when a post is not answered, too.
  void post(const std::string& url, const std::function<bool()>& enough) {
    while (!enough()) {
      std::string lines;
      for (int i = 1; i <= kLinesAPost; ++i)
        lines += saw_tooth_reading(acknowledged_ + i);
      const HttpResponse answer = http({.method = "POST",
                                        .url = url + "/api/v1/readings",
                                        .headers = {{"content-type", "application/x-ndjson"}},
                                        .body = lines});
      if (answer.status / 100 == 2) {
        acknowledged_ += kLinesAPost;
      } else if (answer.status != 0) {
        ADD_FAILURE() << answer.status << " " << answer.body;
        return;
      } else {
        return;
      }
    }
  }
  [[nodiscard]] int acknowledged() const { return acknowledged_; }

 private:
  int acknowledged_ = 0;  // seconds
};

TEST(Killed, AtRandomMomentsItLosesNothingAndSaysNothingTwice) {
  const int kills = static_cast<int>(number_from("CROWDFLOW_KILLS", 20));
  const std::uint64_t seed = number_from("CROWDFLOW_RANDOM_SEED", 1);
  std::mt19937 random(static_cast<unsigned>(seed));
  std::uniform_int_distribution<int> moment(0, 300);
  const TempDir dir;
  CrowdflowProgram program({.folder = dir.path() / "log",
                            .venues = {dir.write("hall.yaml", kSawToothHall)},
                            .prefix = "crowdflow.",
                            .more = "engine: { snapshot_every: 1s }\n"});
  Door door;
  for (int kill = 0; kill < kills; ++kill) {
    ASSERT_TRUE(program.start()) << "seed " << seed << ", kill " << kill;
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(moment(random));
    std::jthread posting([&] { door.post(program.url(), [] { return false; }); });
    std::this_thread::sleep_until(until);  // the moment is the test's subject
    program.kill();
  }
  ASSERT_TRUE(program.start());
  ASSERT_TRUE(program.becomes_ready());
  const int enough = (door.acknowledged() / kTooth + 2) * kTooth;
  door.post(program.url(), [&] { return door.acknowledged() >= enough; });
  ASSERT_GE(door.acknowledged(), enough);
  const auto seconds = static_cast<std::uint64_t>(door.acknowledged());

  EXPECT_TRUE(eventually(30s, [&] {
    const Accounting sum =
        accounting(embedded_records(dir.path() / "log", program.topic("journal")));
    return sum.of(Outcome::kApplied) >= seconds;
  }));
  ASSERT_TRUE(program.stop());

  const std::filesystem::path folder = dir.path() / "log";
  const Accounting sum = accounting(embedded_records(folder, program.topic("journal")));
  EXPECT_EQ(sum.of(Outcome::kApplied), seconds);
  EXPECT_EQ(sum.of(Outcome::kApplied) + sum.of(Outcome::kDuplicate), sum.consumed);

  const auto finals = final_states(embedded_records(folder, program.topic("zone-states")));
  for (int second = 1; second < door.acknowledged() - 20; ++second) {
    const std::int64_t end = kSawToothBegin + second;
    const auto state = finals.find({"hall", "hall", end - 1, end, 0});
    ASSERT_NE(state, finals.end()) << "second " << second << " is missing";
    EXPECT_EQ(state->second.occupancy().mean(), second % kTooth) << "second " << second;
  }
  std::uint64_t raised = 0;
  for (const v1::Alert& alert : alerts(embedded_records(folder, program.topic("alerts")))) {
    if (alert.condition_active()) {
      EXPECT_EQ(alert.occurrence(), ++raised);
    }
  }
  EXPECT_EQ(raised, seconds / kTooth);

  const Finished verified =
      run_to_end({.argv = {CrowdflowProgram::executable().string(), "replay", "--embedded",
                           folder.string(), "--venue-id", "hall", "--verify"}},
                 60s);
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
}

}  // namespace
}  // namespace crowdflow::test
