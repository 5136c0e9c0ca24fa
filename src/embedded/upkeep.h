#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "embedded/catalog.h"
#include "embedded/file_writer.h"

namespace crowdflow::embedded {

// Keeps the file as small as it may be: deletes what has been kept long enough, or is more than may
// be kept; of compacted topics, what a later record of the same key has replaced, and tombstones
// after a day; and gives the disk back what is free for good. In small steps, each a transaction of
// its own, so that nobody waits for long.
// The writer thread's.
class Upkeep {
 public:
  static constexpr std::int64_t kTombstoneMs = 24LL * 3600 * 1000;

  // A round through all partitions begins.
  [[nodiscard]] tl::expected<void, FileWriter::Failure> begin(FileWriter& writer, Board& board);
  // One step of it. Whether there are more.
  [[nodiscard]] tl::expected<bool, FileWriter::Failure> step(FileWriter& writer, Board& board,
                                                             std::int64_t now_ms);
  [[nodiscard]] bool under_way() const { return under_way_; }
  // What the last step has done may be undone.
  void give_up() {
    under_way_ = false;
    compacted_.clear();
  }

 private:
  struct Task {
    Partition* partition = nullptr;
    TopicSpec topic;
  };

  // Each: whether there is more to do for the task.
  [[nodiscard]] static Result<bool> drop_old(FileWriter& writer, const Task& task,
                                             std::int64_t now_ms);
  [[nodiscard]] Result<bool> compact(FileWriter& writer, const Task& task, std::int64_t now_ms);
  [[nodiscard]] static Result<bool> shrink(FileWriter& writer);

  bool under_way_ = false;
  std::vector<Task> tasks_;
  std::size_t next_ = 0;
  // Of compacted partitions: the first record that has not replaced its predecessors yet.
  std::map<std::int64_t, std::int64_t> compacted_;
};

}  // namespace crowdflow::embedded
