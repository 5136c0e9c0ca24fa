#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "processor/options.h"
#include "processor/partition_work.h"
#include "wire/journal.h"

namespace crowdflow::processor {

// A piece of a snapshot, for one commit. The view lasts until the sender's committed().
struct SnapshotChunk {
  std::int32_t partition = 0;
  std::string key;
  std::string_view bytes;
};

// The snapshots of one partition: says when one is due, and sends its bytes a few at a time with
// the commits that come anyway. One generation after the other.
//
// Threads: the log thread.
class SnapshotSender {
 public:
  using Clock = std::chrono::steady_clock;

  // `newest`: the complete snapshot that the log names; `to_redo`: how long what came after it took
  // to re-apply.
  SnapshotSender(std::int32_t partition, const std::optional<wire::SnapshotName>& newest,
                 Clock::duration to_redo, Clock::time_point now);

  // So much work more would be to re-apply.
  void worked(Clock::duration busy) { to_redo_ += busy; }
  [[nodiscard]] bool due(const ProcessorOptions& options, Clock::time_point now) const;
  // One is to be cut next. Of its name the generation, which is the number of the first journal
  // record that can tell of it (so that no two are the same, whoever cut them), and the offsets
  // that the topics end at now. Its generation.
  [[nodiscard]] std::uint64_t begin(const wire::SnapshotName& name);
  // It has been cut.
  void cut(Snapshot snapshot, Clock::time_point now);

  // Some of it is still to be committed.
  [[nodiscard]] bool sending() const { return sent_ < snapshot_.bytes.size(); }
  // Appends what the next commit is to take.
  void add_chunks(std::vector<SnapshotChunk>& chunks);
  // That commit has been done. True when this was the last of the snapshot.
  bool committed();

  // The newest complete one.
  [[nodiscard]] const std::optional<wire::SnapshotName>& newest() const { return newest_; }

 private:
  const std::int32_t partition_;
  std::optional<wire::SnapshotName> newest_;
  Clock::duration to_redo_;
  Clock::time_point last_cut_;
  Clock::duration cutting_took_{0};
  bool in_the_making_ = false;
  wire::SnapshotName next_;
  Snapshot snapshot_;
  std::size_t sent_ = 0;       // bytes of it that are committed
  std::size_t in_commit_ = 0;  // and that are in the commit under way
};

}  // namespace crowdflow::processor
