#include "processor/restore.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "simulation/simulated_log.h"
#include "wire/journal.h"

namespace crowdflow::simulation {
namespace {

// A log with one partition, and a process that talks to it.
class SimulatedRestore : public testing::Test {
 protected:
  SimulatedRestore() {
    for (const std::string* topic :
         {&options_.topics.readings, &options_.topics.journal, &options_.topics.snapshots}) {
      broker_->make_topic(*topic, 1);
    }
  }

  Clockwork clockwork_;
  Faults faults_{1, {}};
  std::shared_ptr<Broker> broker_ =
      std::make_shared<Broker>(clockwork_, faults_, WallTime{std::chrono::hours{400'000}});
  SimulatedLog log_{broker_, std::make_shared<Process>()};
  processor::ProcessorOptions options_;
};

TEST_F(SimulatedRestore, BeginsAnewWhenTheFirstCommitWasTakenBack) {
  auto writer = log_.writer("engine");
  ASSERT_TRUE(writer && (*writer)->open() && (*writer)->begin());
  wire::Journal page;
  page.entries = {wire::ShardStart{}};
  ASSERT_TRUE((*writer)->append(
      {.topic = options_.topics.journal, .partition = 0, .value = wire::to_bytes(page)}));
  ASSERT_TRUE((*writer)->abort());

  const auto restored =
      processor::restore_partition(log_, options_, processor::configured_venues(options_, 1), 0);
  ASSERT_TRUE(restored) << restored.error().message;
  const auto& entries = restored->work->pending().entries;
  ASSERT_EQ(entries.size(), 2u);  // and which venues are configured
  EXPECT_EQ(std::get<wire::ShardStart>(entries.front()), wire::ShardStart{});
  EXPECT_EQ(restored->work->position(), 0);
}

}  // namespace
}  // namespace crowdflow::simulation
