#pragma once

#include <cstdint>
#include <string>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"
#include "wire/journal.h"

namespace crowdflow::processor {

// The bytes of a snapshot that the journal names, as much of it as there is: compare with
// SnapshotName::bytes. What cannot have expired is waited for, as long as a Cursor does.
[[nodiscard]] Result<std::string> read_snapshot(log::Log& log, const ProcessorOptions& options,
                                                std::int32_t partition,
                                                const wire::SnapshotName& name);

}  // namespace crowdflow::processor
