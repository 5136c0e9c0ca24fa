#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/venue.h>

namespace crowdflow::app {

// What a venue takes in the engine, for people: "hall: 1.2 MiB (...)".
[[nodiscard]] std::string memory_in_words(const Venue& venue);

// kInvalid when the venues together may take more than `limit` bytes: how much, and what to do.
[[nodiscard]] Result<void> check_memory(const std::vector<std::shared_ptr<const Venue>>& venues,
                                        std::optional<std::int64_t> limit);

}  // namespace crowdflow::app
