#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "embedded/groups.h"
#include "log/log.h"

namespace crowdflow::embedded {

// One partition, as everybody knows it. Lasts as long as the board.
struct Partition {
  std::int64_t id = 0;  // of its records table
  log::PartitionId at;
  bool compacted = false;

  // Under the board's lock.
  log::OffsetBounds committed;  // lasting and readable
  std::int64_t open = 0;        // records in transactions that are not decided yet
};

// Who writes under a name; a later one of the same name fences it. Under the board's lock.
struct Seat {
  std::string name;
  bool fenced = false;
  std::vector<std::pair<Partition*, std::int64_t>> open;  // records in its transaction
};

// Somebody who waits for news. Under the board's lock.
struct Waiter {
  std::condition_variable bell;
  bool waiting = false;
  bool woken = false;
  std::function<bool()> has_news;  // called while it waits
};

// What all who use one log share in memory: where its partitions end, who writes, the groups, and
// whether the log is well. The writer thread publishes what a commit has changed, all at once, and
// rings for those who wait for it.
// Threads: any.
class Board {
 public:
  Board() : groups_([this](const std::string& topic) { return count_locked(topic); }) {}

  // ---- partitions ----
  void add_topic(std::vector<Partition> partitions);
  // Null: there is none.
  [[nodiscard]] Partition* find(const log::PartitionId& at);
  [[nodiscard]] std::vector<Partition*> partitions();
  [[nodiscard]] std::int32_t partition_count(const std::string& topic);
  [[nodiscard]] log::OffsetBounds committed(const Partition& partition);

  // ---- writers ----
  [[nodiscard]] std::shared_ptr<Seat> take_seat(const std::string& name);
  [[nodiscard]] bool is_fenced(const Seat& seat);
  // False when fenced.
  [[nodiscard]] bool note_open(Seat& seat, Partition& partition);
  void forget_open(Seat& seat);

  // ---- commits ----
  struct Moved {
    Partition* partition = nullptr;
    log::OffsetBounds committed;
  };
  void publish(std::span<const Moved> moved, std::span<Seat* const> decided);

  // ---- health ----
  void set_trouble(const std::string& reason);  // empty: all is well
  [[nodiscard]] std::string trouble();

  // ---- readers and groups; with the lock ----
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  [[nodiscard]] Groups& groups_locked() { return groups_; }
  [[nodiscard]] bool in_trouble_locked() const { return !trouble_.empty(); }
  void add_waiter_locked(Waiter& waiter) { waiters_.push_back(&waiter); }
  void remove_waiter_locked(const Waiter& waiter) { std::erase(waiters_, &waiter); }
  void ring_locked();

 private:
  [[nodiscard]] std::int32_t count_locked(const std::string& topic) const;
  static void forget_open_locked(Seat& seat);

  std::mutex mutex_;
  std::map<log::PartitionId, Partition> partitions_;
  std::map<std::string, std::int32_t> counts_;
  std::map<std::string, std::shared_ptr<Seat>> seats_;
  std::vector<Waiter*> waiters_;
  Groups groups_;
  std::string trouble_;
};

}  // namespace crowdflow::embedded
