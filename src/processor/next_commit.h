#pragma once

#include <cstddef>
#include <vector>

#include "processor/lane.h"

namespace crowdflow::processor {

// Takes out of `collected` what the next commit is to have, and leaves the rest in its order. All
// of a partition or none: the one that has waited longest, those with alerts, and then others as
// long as there are fewer than `enough_states`, so that a commit does not take much longer than its
// alerts can wait. Takes something when there is something.
[[nodiscard]] std::vector<HandOver> take_next_commit(std::vector<HandOver>& collected,
                                                     std::size_t enough_states);

}  // namespace crowdflow::processor
