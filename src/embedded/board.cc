#include "embedded/board.h"

#include <algorithm>

namespace crowdflow::embedded {

void Board::add_topic(std::vector<Partition> partitions) {
  const std::lock_guard guard(mutex_);
  for (Partition& partition : partitions) {
    ++counts_[partition.at.topic];
    auto at = partition.at;
    partitions_.emplace(std::move(at), std::move(partition));
  }
}

Partition* Board::find(const log::PartitionId& at) {
  const std::lock_guard guard(mutex_);
  const auto found = partitions_.find(at);
  return found == partitions_.end() ? nullptr : &found->second;
}

std::vector<Partition*> Board::partitions() {
  const std::lock_guard guard(mutex_);
  std::vector<Partition*> all;
  all.reserve(partitions_.size());
  for (auto& [at, partition] : partitions_)
    all.push_back(&partition);
  return all;
}

std::int32_t Board::count_locked(const std::string& topic) const {
  const auto found = counts_.find(topic);
  return found == counts_.end() ? 0 : found->second;
}

std::int32_t Board::partition_count(const std::string& topic) {
  const std::lock_guard guard(mutex_);
  return count_locked(topic);
}

log::OffsetBounds Board::committed(const Partition& partition) {
  const std::lock_guard guard(mutex_);
  return partition.committed;
}

// ---- writers ----

void Board::forget_open_locked(Seat& seat) {
  for (const auto& [partition, count] : seat.open)
    partition->open -= count;
  seat.open.clear();
}

std::shared_ptr<Seat> Board::take_seat(const std::string& name) {
  const std::lock_guard guard(mutex_);
  std::shared_ptr<Seat>& seat = seats_[name];
  if (seat) {
    seat->fenced = true;
    forget_open_locked(*seat);
  }
  seat = std::make_shared<Seat>(Seat{.name = name, .fenced = false, .open = {}});
  ring_locked();
  return seat;
}

bool Board::is_fenced(const Seat& seat) {
  const std::lock_guard guard(mutex_);
  return seat.fenced;
}

bool Board::note_open(Seat& seat, Partition& partition) {
  const std::lock_guard guard(mutex_);
  if (seat.fenced) return false;
  ++partition.open;
  const auto known =
      std::ranges::find(seat.open, &partition, &std::pair<Partition*, std::int64_t>::first);
  if (known != seat.open.end()) {
    ++known->second;
  } else {
    seat.open.emplace_back(&partition, 1);
  }
  return true;
}

void Board::forget_open(Seat& seat) {
  const std::lock_guard guard(mutex_);
  forget_open_locked(seat);
}

// ---- commits, health ----

void Board::publish(std::span<const Moved> moved, std::span<Seat* const> decided) {
  const std::lock_guard guard(mutex_);
  for (const Moved& move : moved)
    move.partition->committed = move.committed;
  for (Seat* seat : decided)
    forget_open_locked(*seat);
  ring_locked();
}

void Board::set_trouble(const std::string& reason) {
  const std::lock_guard guard(mutex_);
  trouble_ = reason;
}

std::string Board::trouble() {
  const std::lock_guard guard(mutex_);
  return trouble_;
}

void Board::ring_locked() {
  for (Waiter* waiter : waiters_) {
    if (waiter->waiting && waiter->has_news()) waiter->bell.notify_one();
  }
}

}  // namespace crowdflow::embedded
