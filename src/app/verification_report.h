#pragma once

#include <span>
#include <string>

#include "log/topics.h"
#include "processor/verification.h"

namespace crowdflow::app {

// Says on standard output how much of each topic was compared, and the first difference with its
// place and what both sides say. False: there is one, or no states were compared at all.
[[nodiscard]] bool report(std::span<const processor::Verification> verifications,
                          const log::TopicNames& topics);

}  // namespace crowdflow::app
