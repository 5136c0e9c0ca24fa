#include "embedded/log_file.h"

#include <utility>

#include "embedded/catalog.h"

namespace crowdflow::embedded {

std::unique_lock<std::shared_mutex> LogFile::close_readers() {
  std::unique_lock alone(gate_);
  const std::lock_guard guard(connections_mutex_);
  for (ReadConnection* connection : connections_)
    connection->close();
  return alone;
}

Result<Statement*> PerPartition::of(Connection& connection, std::int64_t id) {
  const auto known = statements_.find(id);
  if (known != statements_.end()) return &known->second;
  auto prepared = connection.prepare(before_ + std::to_string(id) + after_);
  if (!prepared) return tl::unexpected(prepared.error());
  return &statements_.emplace(id, std::move(*prepared)).first->second;
}

ReadConnection::ReadConnection(LogFile& file)
    : file_(file),
      records_("SELECT at, stamp, key, value, headers FROM records_",
               " WHERE at >= ? AND at < ? ORDER BY at"),
      stamps_("SELECT at, stamp FROM records_", " WHERE at >= ? ORDER BY at LIMIT 1") {
  const std::lock_guard guard(file_.connections_mutex_);
  file_.connections_.insert(this);
}

ReadConnection::~ReadConnection() {
  const std::shared_lock reading(file_.gate_);
  const std::lock_guard guard(file_.connections_mutex_);
  file_.connections_.erase(this);
}

Result<void> ReadConnection::open() {
  if (connection_) return {};
  auto opened = Connection::open(file_.place, file_.read_mode);
  if (!opened) return tl::unexpected(opened.error());
  auto positions = opened->prepare(
      "SELECT position, note FROM positions WHERE group_name = ? AND partition = ?");
  if (!positions) return tl::unexpected(positions.error());
  connection_ = std::move(*opened);
  positions_ = std::move(*positions);
  return {};
}

void ReadConnection::close() {
  records_.clear();
  stamps_.clear();
  positions_ = {};
  connection_.reset();
}

Result<std::int64_t> ReadConnection::read(const Partition& partition, const Range& range,
                                          EmbeddedBatch& batch) {
  const std::shared_lock reading(file_.gate_);
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  auto found = records_.of(*connection_, partition.id);
  if (!found) return tl::unexpected(found.error());
  Statement& rows = **found;
  const Reset reset(rows);
  rows.bind(1, range.from).bind(2, range.end);
  std::int64_t next = range.from;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < range.max_records; ++count) {
    auto row = rows.step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return range.end;
    const auto offset = rows.integer(0);
    const RecordBytes record{.key = rows.is_null(2) ? std::nullopt : std::optional(rows.bytes(2)),
                             .value = rows.is_null(3) ? std::nullopt : std::optional(rows.bytes(3)),
                             .headers = rows.bytes(4)};
    const auto size = record.size();
    if (count > 0 && bytes + size > range.max_bytes) return next;
    bytes += size;
    if (!batch.add(partition.at, offset, rows.integer(1), record)) {
      return fail(ErrorCode::kInvalid, partition.at.topic + "/" +
                                           std::to_string(partition.at.partition) + ", offset " +
                                           std::to_string(offset) + ": damaged headers");
    }
    next = offset + 1;
  }
  return next;
}

Result<std::int64_t> ReadConnection::first_since(const Partition& partition,
                                                 const log::OffsetBounds& bounds,
                                                 std::int64_t stamp_ms) {
  const std::shared_lock reading(file_.gate_);
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  auto found = stamps_.of(*connection_, partition.id);
  if (!found) return tl::unexpected(found.error());
  Statement& rows = **found;
  // All before `low` are older; what is at `high` is not.
  auto low = bounds.low;
  auto high = bounds.high;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const Reset reset(rows);
    auto row = rows.bind(1, middle).step();
    if (!row) return tl::unexpected(row.error());
    if (!*row || rows.integer(0) >= high || rows.integer(1) >= stamp_ms) {
      high = middle;
    } else {
      low = rows.integer(0) + 1;
    }
  }
  if (low >= bounds.high) return bounds.high;
  const Reset reset(rows);  // `low` may lie in a gap that compaction has left
  auto row = rows.bind(1, low).step();
  if (!row) return tl::unexpected(row.error());
  return *row ? std::min(rows.integer(0), bounds.high) : bounds.high;
}

Result<log::Position> ReadConnection::committed(const std::string& group,
                                                const Partition& partition) {
  const std::shared_lock reading(file_.gate_);
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  const Reset reset(positions_);
  auto row = positions_.bind_text(1, group).bind(2, partition.id).step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return log::Position{.at = partition.at, .offset = -1, .note = ""};
  return log::Position{.at = partition.at,
                       .offset = positions_.integer(0),
                       .note = std::string(positions_.bytes(1))};
}

Result<void> ReadConnection::look() {
  const std::shared_lock reading(file_.gate_);
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  return read_ends(*connection_, file_.board);
}

}  // namespace crowdflow::embedded
