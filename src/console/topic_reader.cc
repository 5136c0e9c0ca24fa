#include "console/topic_reader.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <spdlog/spdlog.h>
#include <utility>

namespace crowdflow::console {
namespace {

constexpr std::size_t kMaxRecords = 500;
constexpr std::chrono::milliseconds kWait{250};
constexpr std::chrono::seconds kPauseBeforeRetry{1};
// As far back as the page's history goes; a zone that has said nothing for longer is unknown.
constexpr std::chrono::minutes kReadBack{15};

void pause(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, kPauseBeforeRetry, [] { return false; });
}

}  // namespace

TopicReader::TopicReader(log::Log& log, log::TopicNames topics,
                         std::shared_ptr<const ZoneDirectory> directory,
                         std::function<WallTime()> now, Deliver deliver)
    : log_(log),
      topics_(std::move(topics)),
      now_(std::move(now)),
      deliver_(std::move(deliver)),
      decoder_(std::move(directory), topics_) {}

void TopicReader::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    auto reader = open();
    const Result<void> ended =
        reader ? follow(**reader, stop) : Result<void>(tl::unexpected(reader.error()));
    if (ended) continue;  // asked to stop
    tell({.reachable = false, .reason = ended.error().message});
    pause(stop);
  }
}

Result<std::unique_ptr<log::Reader>> TopicReader::open() {
  if (auto done = add_positions(topics_.zone_states, now_() - kReadBack); !done) {
    return tl::unexpected(done.error());
  }
  // Compacted: it holds the present state of each alarm, however long ago it was said.
  if (auto done = add_positions(topics_.alerts_current, {}); !done) {
    return tl::unexpected(done.error());
  }
  auto reader = log_.reader({});
  if (!reader) return reader;
  std::vector<log::Position> positions;
  positions.reserve(positions_.size());
  for (const auto& [at, offset] : positions_)
    positions.push_back({at, offset});
  if (auto started = (*reader)->start_at(positions); !started) {
    return tl::unexpected(started.error());
  }
  return reader;
}

Result<void> TopicReader::add_positions(const std::string& topic, std::optional<WallTime> from) {
  const auto count = log_.partition_count(topic);
  if (!count) return tl::unexpected(count.error());
  for (std::int32_t partition = 0; partition < *count; ++partition) {
    const log::PartitionId at{topic, partition};
    if (positions_.contains(at)) continue;
    if (from) {
      const auto offset = log_.offset_at(at, *from);
      if (!offset) return tl::unexpected(offset.error());
      positions_[at] = *offset;
    } else {
      const auto bounds = log_.query_bounds(at);
      if (!bounds) return tl::unexpected(bounds.error());
      positions_[at] = bounds->low;
    }
  }
  return {};
}

Result<void> TopicReader::follow(log::Reader& reader, std::stop_token stop) {
  while (!stop.stop_requested()) {
    const auto taken = reader.take(kMaxRecords, kWait);
    if (!taken) return tl::unexpected(taken.error());
    for (const log::Record& record : (*taken)->records())
      decoder_.add(record);
    for (auto& [at, offset] : positions_)
      offset = reader.position(at);

    if (decoder_.undecodable() != std::exchange(undecodable_, decoder_.undecodable())) {
      spdlog::warn("the page leaves out records that are not what their topic holds: {} so far",
                   undecodable_);
    }
    const log::Health health = log_.health();
    tell({.reachable = health.reachable, .reason = health.reachable ? "" : health.reason});
  }
  return {};
}

void TopicReader::tell(FeedHealth health) {
  FeedBatch batch = decoder_.take();
  if (batch.empty() && told_ == health) return;
  told_ = health;
  deliver_({.batch = std::move(batch), .health = std::move(health)});
}

}  // namespace crowdflow::console
