// What `crowdflow` says about the memory that venues take, and refuses.

#include <gmock/gmock.h>

#include "paths.h"
#include "support/crowdflow_program.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{30};
constexpr int kWrongConfig = 78;

TEST(Memory, OfAVenueIsSaidWhenItsFileIsValidated) {
  Process validate({.argv = {CrowdflowProgram::executable().string(), "validate", "venue",
                             (source_dir() / "examples/arena.yaml").string()}});
  ASSERT_TRUE(validate.start());
  ASSERT_TRUE(validate.exits_with(0, kPatience));
  EXPECT_THAT(validate.out(), HasSubstr("harbour-arena takes "));
  EXPECT_THAT(validate.out(), HasSubstr(" KiB (sensors "));
}

TEST(Memory, OverTheLimitIsRefusedBeforeAnythingIsConnected) {
  const TempDir dir;
  // One zone, but each second of two days has to be kept.
  dir.write("long.yaml",
            "crowdflow: v1\n"
            "venue: { id: long, name: Long, time_zone: UTC }\n"
            "zones: [ { id: hall, area: 10 } ]\n"
            "openings: [ { id: door, from: outside, to: hall } ]\n"
            "sensors: [ { id: counter, at: door, every: 24h } ]\n");
  dir.write("run.yaml",
            "crowdflow: v1\n"
            "brokers: 127.0.0.1:1\n"
            "venues: [ long.yaml ]\n"
            "engine: { memory_limit: 1MiB }\n");
  Process run({.argv = {CrowdflowProgram::executable().string(), "run", "--config",
                        (dir.path() / "run.yaml").string()}});
  ASSERT_TRUE(run.start());
  ASSERT_TRUE(run.exits_with(kWrongConfig, kPatience));
  EXPECT_THAT(run.err(), HasSubstr("the memory_limit is 1.0 MiB"));
  EXPECT_THAT(run.err(), HasSubstr("long takes "));
}

}  // namespace
}  // namespace crowdflow::test
