#include "embedded/embedded_log.h"

#include <algorithm>
#include <utility>

#include "embedded/questions.h"
#include "embedded/reader.h"
#include "embedded/store.h"
#include "embedded/writer.h"

namespace crowdflow::embedded {
namespace {

constexpr std::chrono::hours kAlertsKeptFor{400 * 24};

WallTime wall_clock() {
  return WallTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace

std::vector<TopicSpec> topic_specs(const log::TopicNames& names, std::int32_t partitions,
                                   std::chrono::milliseconds kept_for, std::int64_t kept_bytes) {
  const auto topic = [&](const std::string& name, std::chrono::milliseconds time, int percent) {
    return TopicSpec{.name = name,
                     .partitions = partitions,
                     .kept_for = time,
                     .kept_bytes = kept_bytes / 100 * percent / std::max(1, partitions),
                     .compacted = false};
  };
  // Alerts-current has no share: it has one record for each alarm.
  return {
      topic(names.readings, kept_for, 30),
      topic(names.commands, kAlertsKeptFor, 5),
      topic(names.zone_states, kept_for, 25),
      topic(names.alerts, kAlertsKeptFor, 5),
      {.name = names.alerts_current, .partitions = partitions, .compacted = true},
      topic(names.journal, kept_for, 15),
      topic(names.snapshots, kept_for, 15),
      topic(names.dead_letters, kept_for, 5),
  };
}

Result<std::unique_ptr<EmbeddedLog>> EmbeddedLog::open(OpenOptions options) {
  auto store = Store::open({.folder = std::move(options.folder),
                            .vfs = std::move(options.vfs),
                            .topics = std::move(options.topics),
                            .now = options.now ? std::move(options.now) : wall_clock,
                            .pace = options.pace});
  if (!store) return tl::unexpected(store.error());
  return std::unique_ptr<EmbeddedLog>(new EmbeddedLog(std::move(*store)));
}

EmbeddedLog::EmbeddedLog(std::shared_ptr<Store> store) : store_(std::move(store)) {}

EmbeddedLog::~EmbeddedLog() = default;

Result<void> EmbeddedLog::make_topics(const std::vector<TopicSpec>& topics) {
  return store_->make_topics(topics);
}

Result<std::unique_ptr<log::Reader>> EmbeddedLog::reader(const ReaderOptions& options) {
  return std::make_unique<EmbeddedReader>(store_->file(), options);
}

Result<std::unique_ptr<log::Writer>> EmbeddedLog::writer(const std::string& name) {
  return std::make_unique<EmbeddedWriter>(store_, name);
}

Result<std::unique_ptr<log::Appender>> EmbeddedLog::appender() {
  return std::make_unique<EmbeddedAppender>(store_);
}

Result<std::int32_t> EmbeddedLog::partition_count(const std::string& topic) {
  return ask_partition_count(*store_->file(), topic);
}

Result<log::OffsetBounds> EmbeddedLog::query_bounds(const log::PartitionId& partition) {
  return ask_bounds(*store_->file(), partition);
}

Result<std::int64_t> EmbeddedLog::offset_at(const log::PartitionId& partition, WallTime from) {
  return ask_offset_at(*store_->file(), partition, from);
}

// Whatever was asked of the log before, by whomever, is decided by then, and what is asked later
// for an assignment that is over will be refused.
Result<std::vector<log::Position>> EmbeddedLog::committed(
    const std::string& group, std::span<const log::PartitionId> partitions) {
  if (auto caught_up = store_->catch_up(); !caught_up) return tl::unexpected(caught_up.error());
  return ask_committed(*store_->file(), group, partitions);
}

log::Health EmbeddedLog::health() const {
  auto reason = store_->file()->board.trouble();
  return {.reachable = reason.empty(), .reason = std::move(reason)};
}

}  // namespace crowdflow::embedded
