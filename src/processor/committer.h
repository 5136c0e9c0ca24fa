#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"
#include "log/topics.h"
#include "processor/lane.h"
#include "processor/options.h"
#include "processor/records_to_commit.h"
#include "processor/snapshot_sender.h"

namespace crowdflow::processor {

// What one transaction takes.
struct Commit {
  std::vector<HandOver> hand_overs;  // in the order of each lane
  std::vector<SnapshotChunk> chunks;
  // Of the partitions that hand something over or have a chunk.
  std::vector<log::Position> positions;
  // That all of it was made under.
  std::shared_ptr<const log::Assignment> assignment;
};

// Writes what lanes hand over: each commit is one transaction with all that they say, what they
// were told in which order (the journal), and the positions.
//
// Threads: one at a time.
// Failure: a transaction that came to nothing is sent again. Any error leaves the outcome to be
// read
//   from the log: discard it, and the lanes with it.
class Committer {
 public:
  // Fences the writer of an earlier life. kNotFound: a topic is missing.
  [[nodiscard]] static Result<std::unique_ptr<Committer>> open(log::Log& log,
                                                               const ProcessorOptions& options);

  [[nodiscard]] Result<void> commit(const Commit& what);

 private:
  explicit Committer(const log::TopicNames& topics) : topics_(topics) {}

  [[nodiscard]] Result<void> commit_once(const Commit& what);
  [[nodiscard]] Result<void> forward(std::span<const HandOver> hand_overs);
  [[nodiscard]] Result<void> append(const Forward& forward);
  [[nodiscard]] Result<void> append_all(const HandOver& hand_over);
  [[nodiscard]] Result<void> append(const std::string& topic, std::int32_t partition,
                                    const OutRecord& record);

  const log::TopicNames& topics_;
  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<log::Appender> appender_;
  OtherPartitions others_;
};

}  // namespace crowdflow::processor
