#pragma once

#include <cstddef>
#include <cstdint>

#include "log/log.h"
#include "support/crowdflow_program.h"
#include "verifier/verdict.h"
#include "verifier/workload.h"

namespace crowdflow::test {

// What was compared, so that a test can see that it was something.
struct Compared {
  std::size_t windows = 0;
  std::size_t transitions = 0;
};

// Gives so many seconds of the workload of `seed`, and its closing, to one engine that nothing
// happens to, and judges both runs: each is whole and follows from its own journal, and a
// read-committed reader cannot tell them apart. `engine` is how to run one in `run`'s place; what
// happens to `run` is over, and its engines have ended.
[[nodiscard]] Compared compare_with_calm_run(log::Log& log, const RunInTest& run,
                                             CrowdflowProgram::Options engine, std::uint64_t seed,
                                             std::int64_t seconds);

}  // namespace crowdflow::test
