#include "simulation/partition.h"

#include <algorithm>

namespace crowdflow::simulation {

Outgoing Outgoing::copy_of(const log::Append& record) {
  Outgoing copy{.at = {std::string(record.topic), record.partition},
                .key = std::nullopt,
                .value = std::nullopt,
                .headers = {}};
  if (record.key.data() != nullptr) copy.key = record.key;
  if (!record.tombstone) copy.value = record.value;
  for (const log::Header& header : record.headers)
    copy.headers.emplace_back(header.name, header.value);
  return copy;
}

std::int64_t Partition::append(Outgoing record, WallTime timestamp, TransactionId transaction) {
  const std::int64_t offset = high();
  stored_.push_back({.timestamp = timestamp,
                     .key = std::move(record.key),
                     .value = std::move(record.value),
                     .headers = std::move(record.headers),
                     .transaction = transaction,
                     .marker = false,
                     .aborted = false,
                     .header_views = {}});
  Stored& stored = stored_.back();
  for (const auto& [name, value] : stored.headers)
    stored.header_views.push_back({.name = name, .value = value});
  if (transaction != 0) open_.try_emplace(transaction, offset);
  return offset;
}

void Partition::end(TransactionId transaction, bool committed, WallTime timestamp) {
  const auto open = open_.find(transaction);
  if (open != open_.end()) {
    for (std::int64_t offset = open->second; offset < high() && !committed; ++offset) {
      Stored& stored = stored_[static_cast<std::size_t>(offset)];
      if (stored.transaction == transaction) stored.aborted = true;
    }
    open_.erase(open);
  }
  stored_.push_back({.timestamp = timestamp, .transaction = transaction, .marker = true});
}

std::int64_t Partition::last_stable() const {
  std::int64_t stable = high();
  for (const auto& [transaction, first] : open_)
    stable = std::min(stable, first);
  return stable;
}

void Partition::forget_before(std::int64_t offset, WallTime when) {
  low_ = offset;
  lows_.emplace_back(when, offset);
}

std::int64_t Partition::low_at(WallTime when) const {
  std::int64_t low = 0;
  for (const auto& [since, offset] : lows_) {
    if (since <= when) low = offset;
  }
  return low;
}

std::string name_of(const log::PartitionId& at) {
  return at.topic + " [" + std::to_string(at.partition) + "]";
}

}  // namespace crowdflow::simulation
