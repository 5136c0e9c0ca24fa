#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"
#include "processor/partition_work.h"

namespace crowdflow::processor {

// What options.venues says of their ids. `partitions`: of `readings`.
[[nodiscard]] std::shared_ptr<const wire::ConfiguredVenues> configured_venues(
    const ProcessorOptions& options, std::int32_t partitions);

struct RestoredPartition {
  std::unique_ptr<PartitionWork> work;
  // The newest complete snapshot that the journal names.
  std::optional<wire::SnapshotName> snapshot;
  // The number of the journal's last record.
  std::uint64_t page = 0;
  std::chrono::steady_clock::duration took{0};
};

// Brings a partition to the state that the log says: loads the newest snapshot, re-applies what
// came after it, in the order that the journal tells, muted, up to the committed position; then
// lets the venues that are configured now, and their files, come into force. Without a snapshot
// that can be read it re-applies all that is kept. Where that does not reach back to the start of a
// shard's life, the levels of its zones are unknown until told.
//
// kInvalid: the journal holds what this version cannot read. kUnavailable: the log did not answer
// in time, or journal and committed position do not agree (yet), or it was to stop.
[[nodiscard]] Result<RestoredPartition> restore_partition(
    log::Log& log, const ProcessorOptions& options,
    std::shared_ptr<const wire::ConfiguredVenues> configured, std::int32_t partition,
    std::stop_token stop = {});

// Does so for several, some of them beside each other: most of it is waiting for the log. The
// answers are in their order. Without engine threads (ProcessorOptions) one after the other.
[[nodiscard]] std::vector<Result<RestoredPartition>> restore_partitions(
    log::Log& log, const ProcessorOptions& options,
    const std::shared_ptr<const wire::ConfiguredVenues>& configured,
    std::span<const std::int32_t> partitions, const std::stop_token& stop = {});

}  // namespace crowdflow::processor
