#pragma once

#include <span>

#include "http/asset.h"

namespace crowdflow::console {

// The files of the operators' page, which are built into the program. Constant; any thread.
[[nodiscard]] std::span<const http::Asset> page();

}  // namespace crowdflow::console
