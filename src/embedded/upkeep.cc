#include "embedded/upkeep.h"

#include <algorithm>
#include <string>
#include <utility>

namespace crowdflow::embedded {
namespace {

using Failure = FileWriter::Failure;

constexpr std::int64_t kRowsAStep = 500;
constexpr std::int64_t kBytesAStep = 4 << 20;
constexpr std::int64_t kPagesAStep = 256;
// Free pages are used again before the file grows; more than these are given back to the disk.
constexpr std::int64_t kFreePages = 1024;

}  // namespace

tl::expected<void, Failure> Upkeep::begin(FileWriter& writer, Board& board) {
  const auto topics = read_topics(writer.connection());
  if (!topics) return tl::unexpected(writer.give_up(topics.error()));
  tasks_.clear();
  for (Partition* partition : board.partitions()) {
    const auto topic = std::ranges::find(*topics, partition->at.topic, &TopicSpec::name);
    if (topic != topics->end()) tasks_.push_back({.partition = partition, .topic = *topic});
  }
  next_ = 0;
  under_way_ = true;
  return {};
}

tl::expected<bool, Failure> Upkeep::step(FileWriter& writer, Board& board, std::int64_t now_ms) {
  const bool last = next_ == tasks_.size();
  Result<bool> more = false;
  if (last) {
    more = shrink(writer);
  } else {
    const Task& task = tasks_[next_];
    more = task.topic.compacted ? compact(writer, task, now_ms) : drop_old(writer, task, now_ms);
  }
  if (!more) return tl::unexpected(writer.give_up(more.error()));
  if (writer.connection().in_transaction()) {
    const auto moved = writer.commit();
    if (!moved) return tl::unexpected(moved.error());
    board.publish(*moved, {});
  }
  if (*more) return true;
  if (last) {
    under_way_ = false;
    return false;
  }
  ++next_;
  return true;
}

// The last record is kept whatever its age: it says which offset is next.
Result<bool> Upkeep::drop_old(FileWriter& writer, const Task& task, std::int64_t now_ms) {
  const FileWriter::Tail& tail = writer.tail(*task.partition);
  const auto kept_ms = task.topic.kept_for.count();
  const auto kept_bytes = task.topic.kept_bytes;
  auto rows = writer.connection().prepare("SELECT at, stamp, written FROM records_" +
                                          std::to_string(task.partition->id) +
                                          " ORDER BY at LIMIT " + std::to_string(kRowsAStep + 1));
  if (!rows) return tl::unexpected(rows.error());
  auto low = tail.low;
  std::int64_t first_written = -1;
  bool more = false;
  for (std::int64_t count = 0;; ++count) {
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row || rows->integer(0) == tail.next - 1) break;
    const bool too_old = kept_ms >= 0 && rows->integer(1) < now_ms - kept_ms;
    const bool too_much = kept_bytes >= 0 && tail.written - rows->integer(2) >= kept_bytes;
    if (!too_old && !too_much) break;
    if (first_written < 0) first_written = rows->integer(2);
    more = count == kRowsAStep || rows->integer(2) - first_written > kBytesAStep;
    if (more) break;
    low = rows->integer(0) + 1;
  }
  rows->reset();
  if (low == tail.low) return false;
  if (auto done = writer.cut(*task.partition, low); !done) return tl::unexpected(done.error());
  return more;
}

Result<bool> Upkeep::compact(FileWriter& writer, const Task& task, std::int64_t now_ms) {
  Connection& connection = writer.connection();
  const FileWriter::Tail& tail = writer.tail(*task.partition);
  const auto id = std::to_string(task.partition->id);
  auto& from = compacted_.try_emplace(task.partition->id, tail.low).first->second;
  const auto sql = [&](const std::string& before, const std::string& after) {
    return before + " FROM records_" + id + after;
  };
  if (from >= tail.next) {
    const auto dead =
        connection.number(sql("SELECT count(*)", " WHERE value IS NULL AND stamp < " +
                                                     std::to_string(now_ms - kTombstoneMs) +
                                                     " AND at < " + std::to_string(tail.next - 1)));
    if (!dead || *dead == 0) return dead.map([](auto) { return false; });
    if (auto begun = writer.begin(); !begun) return tl::unexpected(begun.error());
    const auto done = connection.execute(
        sql("DELETE", " WHERE value IS NULL AND stamp < " + std::to_string(now_ms - kTombstoneMs) +
                          " AND at < " + std::to_string(tail.next - 1)));
    return done.map([] { return false; });
  }

  if (auto begun = writer.begin(); !begun) return tl::unexpected(begun.error());
  auto rows = connection.prepare(sql("SELECT at, key", " WHERE at >= ? ORDER BY at LIMIT ?"));
  auto drop = connection.prepare(sql("DELETE", " WHERE key = ? AND at < ?"));
  if (!rows) return tl::unexpected(rows.error());
  if (!drop) return tl::unexpected(drop.error());
  std::vector<std::pair<std::int64_t, std::string>> newer;
  rows->bind(1, from).bind(2, kRowsAStep);
  for (;;) {
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    if (!rows->is_null(1)) newer.emplace_back(rows->integer(0), std::string(rows->bytes(1)));
    from = rows->integer(0) + 1;
  }
  rows->reset();
  for (const auto& [at, key] : newer) {
    if (auto done = drop->bind_bytes(1, key).bind(2, at).run(); !done) {
      return tl::unexpected(done.error());
    }
  }
  return true;
}

Result<bool> Upkeep::shrink(FileWriter& writer) {
  Connection& connection = writer.connection();
  const auto free = connection.number("PRAGMA freelist_count");
  const auto all = connection.number("PRAGMA page_count");
  if (!free) return tl::unexpected(free.error());
  if (!all) return tl::unexpected(all.error());
  const auto keep = std::max(kFreePages, *all / 8);
  if (*free <= keep) return false;
  if (auto begun = writer.begin(); !begun) return tl::unexpected(begun.error());
  const auto pages = std::min(kPagesAStep, *free - keep);
  const auto done = connection.execute("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
  return done.map([] { return true; });
}

}  // namespace crowdflow::embedded
