#include "processor/snapshot_sender.h"

#include <algorithm>
#include <utility>

#include <crowdflow/check.h>

#include "wire/snapshot.h"

namespace crowdflow::processor {
namespace {

constexpr std::size_t kMostInACommit = 4 * wire::kSnapshotChunk;
// Cutting takes at most a tenth of an engine thread's time.
constexpr int kWorkPerCut = 10;

}  // namespace

SnapshotSender::SnapshotSender(std::int32_t partition,
                               const std::optional<wire::SnapshotName>& newest,
                               Clock::duration to_redo, Clock::time_point now)
    : partition_(partition), newest_(newest), to_redo_(to_redo), last_cut_(now) {}

bool SnapshotSender::due(const ProcessorOptions& options, Clock::time_point now) const {
  if (in_the_making_) return false;
  if (to_redo_ > std::max(options.snapshot_after, kWorkPerCut * cutting_took_)) return true;
  return to_redo_ > Clock::duration{0} && now - last_cut_ >= options.snapshot_every;
}

std::uint64_t SnapshotSender::begin(const wire::SnapshotName& name) {
  CROWDFLOW_CHECK(!in_the_making_, "one snapshot of a partition is made at a time");
  in_the_making_ = true;
  next_ = name;
  return next_.generation;
}

void SnapshotSender::cut(Snapshot snapshot, Clock::time_point now) {
  CROWDFLOW_CHECK(in_the_making_ && snapshot.generation == next_.generation,
                  "the snapshot that was cut is the one that was asked for");
  snapshot_ = std::move(snapshot);
  next_.bytes = snapshot_.bytes.size();
  next_.chunks = static_cast<std::uint32_t>((snapshot_.bytes.size() + wire::kSnapshotChunk - 1) /
                                            wire::kSnapshotChunk);
  sent_ = in_commit_ = 0;
  to_redo_ = Clock::duration{0};
  last_cut_ = now;
  cutting_took_ = snapshot_.took;
}

void SnapshotSender::add_chunks(std::vector<SnapshotChunk>& chunks) {
  in_commit_ = std::min(kMostInACommit, snapshot_.bytes.size() - sent_);
  const std::string_view bytes = std::string_view(snapshot_.bytes).substr(sent_, in_commit_);
  for (std::size_t from = 0; from < bytes.size(); from += wire::kSnapshotChunk) {
    const auto number = static_cast<std::uint32_t>((sent_ + from) / wire::kSnapshotChunk);
    chunks.push_back({.partition = partition_,
                      .key = wire::chunk_key(partition_, next_.generation, number),
                      .bytes = bytes.substr(from, wire::kSnapshotChunk)});
  }
}

bool SnapshotSender::committed() {
  if (in_commit_ == 0) return false;
  sent_ += std::exchange(in_commit_, 0);
  if (sending()) return false;
  newest_ = next_;
  in_the_making_ = false;
  snapshot_ = {};
  sent_ = 0;
  return true;
}

}  // namespace crowdflow::processor
