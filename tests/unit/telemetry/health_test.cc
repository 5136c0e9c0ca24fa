#include "telemetry/health.h"

#include <gtest/gtest.h>

#include "unit/telemetry/status_samples.h"

namespace crowdflow::telemetry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kNow;
using test::running;

TEST(Readiness, IsGivenWhenTheEngineRunsAndTheLogAnswers) {
  const HealthAnswer answer = readiness(running(), "", kNow + seconds{5});
  EXPECT_TRUE(answer.good);
  EXPECT_EQ(answer.json, R"({"status":"ready","reasons":[]})");
}

TEST(Readiness, SaysThatTheEngineHasFallenSilent) {
  const HealthAnswer answer = readiness(running(), "", kNow + milliseconds{5001});
  EXPECT_FALSE(answer.good);
  EXPECT_EQ(answer.json,
            R"({"status":"not ready","reasons":["the engine has not spoken for more than 5 s"]})");
}

TEST(Readiness, SaysWhyTheEngineDoesNotRun) {
  EngineStatus status = running();
  status.stage = EngineStage::kRestoring;
  EXPECT_EQ(readiness(status, "", kNow).json,
            R"({"status":"not ready","reasons":["the engine is re-applying the log"]})");
  status.stage = EngineStage::kStarting;
  status.reason = "no \"broker\" at\n127.0.0.1";
  EXPECT_EQ(readiness(status, "", kNow).json,
            R"({"status":"not ready","reasons":["the engine is starting: )"
            R"(no \"broker\" at\n127.0.0.1"]})");
}

TEST(Readiness, GivesEveryReason) {
  EngineStatus status = running();
  status.stage = EngineStage::kWaiting;
  const HealthAnswer answer = readiness(status, "timed out", kNow);
  EXPECT_FALSE(answer.good);
  EXPECT_EQ(answer.json, R"({"status":"not ready","reasons":["the engine has no partition",)"
                         R"("the log cannot be reached: timed out"]})");
}

TEST(Readiness, IsNotGivenBeforeTheEngineHasSpoken) {
  EXPECT_FALSE(readiness(EngineStatus{}, "", kNow).good);
}

TEST(IsCurrent, IsTrueOfARunningEngineThatSpeaks) {
  EngineStatus status = running();
  EXPECT_TRUE(is_current(status, kNow + seconds{5}));
  EXPECT_FALSE(is_current(status, kNow + milliseconds{5001}));
  status.stage = EngineStage::kRestoring;
  EXPECT_FALSE(is_current(status, kNow));
}

}  // namespace
}  // namespace crowdflow::telemetry
