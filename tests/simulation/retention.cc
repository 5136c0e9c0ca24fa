#include "simulation/retention.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "wire/journal.h"
#include "wire/snapshot.h"

namespace crowdflow::simulation {
namespace {

void maybe_expire(Fault fault, Broker& broker, const log::PartitionId& at, std::int64_t most) {
  Partition& partition = broker.partition(at);
  if (most <= partition.low()) return;
  if (!broker.faults.strikes(fault, broker.clockwork.now(), name_of(at))) return;
  Chance& chance = broker.faults.chance;
  const std::int64_t low = chance.one_in(3) ? most : chance.between(partition.low() + 1, most);
  partition.forget_before(low, broker.wall());
}

// What the journal tells and retention has left, before one of its records.
std::vector<std::pair<std::int64_t, wire::Journal>> pages_before(const Partition& journal,
                                                                 std::int64_t page, WallTime when) {
  std::vector<std::pair<std::int64_t, wire::Journal>> pages;
  for (std::int64_t offset = journal.low_at(when); offset < page; ++offset) {
    if (!journal.shows(offset)) continue;
    auto parsed = wire::parse_journal(journal.at(offset).value.value_or(""));
    if (parsed) pages.emplace_back(offset, std::move(*parsed));
  }
  return pages;
}

bool is_complete(const Partition& snapshots, const wire::SnapshotName& name, std::int32_t partition,
                 WallTime when) {
  std::uint32_t wanted = 0;
  for (std::int64_t offset = std::max(snapshots.low_at(when), name.snapshots_from);
       offset < snapshots.high() && wanted < name.chunks; ++offset) {
    const bool is_next =
        snapshots.at(offset).key == wire::chunk_key(partition, name.generation, wanted);
    if (snapshots.shows(offset) && is_next) ++wanted;
  }
  return wanted == name.chunks;
}

}  // namespace

void expire_some(Fault fault, Broker& broker, const log::TopicNames& topics,
                 const std::string& group, std::int32_t partitions) {
  for (std::int32_t p = 0; p < partitions; ++p) {
    const log::PartitionId readings{topics.readings, p};
    maybe_expire(fault, broker, readings, broker.group(group).committed(readings).offset);
    for (const std::string* topic : {&topics.journal, &topics.snapshots}) {
      const log::PartitionId at{*topic, p};
      maybe_expire(fault, broker, at, broker.partition(at).last_stable());
    }
  }
}

bool reaches_back(Broker& broker, const log::TopicNames& topics, std::int32_t partition,
                  std::int64_t page) {
  const Partition& journal = broker.partition({topics.journal, partition});
  const WallTime when = journal.at(page).timestamp;
  const std::int64_t readings_low = broker.partition({topics.readings, partition}).low_at(when);
  const auto pages = pages_before(journal, page, when);
  if (pages.empty()) return readings_low == 0 && journal.low_at(when) == 0;
  std::optional<wire::SnapshotName> newest = pages.back().second.snapshot;
  const Partition& snapshots = broker.partition({topics.snapshots, partition});
  if (newest && !is_complete(snapshots, *newest, partition, when)) newest.reset();
  bool from_snapshot = false;
  bool from_start = false;
  for (const auto& [offset, told] : pages) {
    for (const wire::JournalEntry& entry : told.entries) {
      if (const auto* cut = std::get_if<wire::SnapshotCut>(&entry)) {
        from_snapshot |= newest && cut->generation == newest->generation;
      } else if (std::holds_alternative<wire::ShardStart>(entry)) {
        from_start = true;
      } else if (const auto* range = std::get_if<wire::OffsetRange>(&entry)) {
        if (range->first < readings_low) from_snapshot = from_start = false;
      }
    }
  }
  return from_snapshot || from_start;
}

}  // namespace crowdflow::simulation
