#pragma once

#include <optional>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"
#include "wire/journal.h"

namespace crowdflow::processor {

// The last record that a partition of the journal holds within these offsets; nothing: there is
// none. Looks near their end first, and then further and further back.
[[nodiscard]] Result<std::optional<wire::Journal>> last_page(log::Log& log,
                                                             const ProcessorOptions& options,
                                                             const log::PartitionId& journal,
                                                             const log::OffsetBounds& within);

}  // namespace crowdflow::processor
