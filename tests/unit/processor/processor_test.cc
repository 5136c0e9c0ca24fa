#include "processor/processor.h"

#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <thread>

#include "support/eventually.h"
#include "support/relay_log.h"
#include "unit/processor/hall.h"
#include "unit/processor/held_log.h"

namespace crowdflow::processor {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// Whose writers are fenced as they begin, as often as it is told.
class FencingLog final : public test::RelayLog {
 public:
  using RelayLog::RelayLog;
  Result<std::unique_ptr<log::Writer>> writer(const std::string& name) override {
    if (fenced_ == fences) return RelayLog::writer(name);
    ++fenced_;
    return fail(ErrorCode::kFenced, "another has taken the name " + name);
  }
  [[nodiscard]] int fenced() const { return fenced_; }

  int fences = 0;

 private:
  std::atomic<int> fenced_ = 0;
};

class ProcessorTest : public ::testing::Test {
 protected:
  ProcessorTest() {
    options_.instance = "one";
    options_.assign_by_hand = true;
    options_.venues.push_back({.yaml = "the file", .venue = hall()});
    options_.commit_interval = 5ms;
    for (const std::string& topic : topics_.all())
      kept_.records().create(topic, 1);
    kept_.records().put({topics_.readings, 0}, wall(kStart), "hall", reading_of(kStart));
  }
  // Each time that it is fenced, so much later.
  void run_until_it_writes(Span apart) {
    options_.now = [this, apart] { return wall(kStart) + apart * log_.fenced(); };
    Processor engine(log_, options_, cell_);
    std::jthread thread([&](const std::stop_token& stop) { ended_ = engine.run(stop); });
    EXPECT_TRUE(test::eventually(
        20s, [&] { return !kept_.records().values({topics_.journal, 0}).empty(); }));
  }

  const log::TopicNames topics_;
  HeldLog kept_;
  FencingLog log_{kept_};
  ProcessorOptions options_;
  StatusCell cell_;
  Result<void> ended_;
};

TEST_F(ProcessorTest, StartsAgainWhenItWasFencedOnceOrTwice) {
  log_.fences = 2;
  run_until_it_writes(1s);
  EXPECT_TRUE(ended_);
}

TEST_F(ProcessorTest, StartsAgainHoweverOftenItIsFencedNowAndThen) {
  log_.fences = 4;
  run_until_it_writes(30s);
  EXPECT_TRUE(ended_);
}

TEST_F(ProcessorTest, EndsWhenItIsFencedThreeTimesWithinAMinute) {
  log_.fences = 4;
  options_.now = [this] { return wall(kStart) + 29s * log_.fenced(); };
  const auto ended = Processor(log_, options_, cell_).run({});
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kFenced);
  EXPECT_THAT(ended.error().message,
              ::testing::HasSubstr("other engine that runs as instance \"one\""));
  EXPECT_EQ(log_.fenced(), 3);
}

}  // namespace
}  // namespace crowdflow::processor
