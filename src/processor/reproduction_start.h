#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "log/log.h"
#include "processor/options.h"
#include "processor/partition_work.h"

namespace crowdflow::processor {

// A state that a partition once had, and the places in the log from which on it is carried forward.
struct ReproductionStart {
  std::unique_ptr<PartitionWork> work;
  std::int64_t readings_from = 0;
  // Entries of the journal record at this offset, or of the first after it, before `first_entry`
  // are in the state already.
  std::int64_t journal_from = 0;
  std::size_t first_entry = 0;
  // The wall clock by which all that is said later is reproduced; absent: all that was ever said.
  std::optional<WallTime> said_after;
};

// The earliest that the log still holds: the start of a shard's life, or a snapshot, from which on
// all readings are kept. kNotFound: nobody has committed. kInvalid: what was there has expired.
[[nodiscard]] Result<ReproductionStart> find_earliest_start(log::Log& log,
                                                            const ProcessorOptions& options,
                                                            std::int32_t partition);

// Whether a snapshot's state lies before all that is wanted. If one does, so do those before it.
using EarlyEnough = std::function<bool(const PartitionWork&)>;

// The latest snapshot that is early enough and can still be used, or else the earliest start of
// all, early enough or not. Snapshots that were named later than `named_until`, by the wall clock,
// are not looked at: a snapshot is named once all of it is sent. Errors as above.
[[nodiscard]] Result<ReproductionStart> find_latest_start(log::Log& log,
                                                          const ProcessorOptions& options,
                                                          std::int32_t partition,
                                                          std::optional<WallTime> named_until,
                                                          const EarlyEnough& early_enough);

}  // namespace crowdflow::processor
