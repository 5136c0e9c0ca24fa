#include "embedded/catalog.h"

#include <utility>

#include "embedded/file_format.h"

namespace crowdflow::embedded {

Result<std::vector<TopicSpec>> read_topics(Connection& connection) {
  auto rows = connection.prepare(
      "SELECT name, partitions, kept_ms, kept_bytes, compacted FROM topics ORDER BY name");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<TopicSpec> topics;
  for (;;) {
    auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return topics;
    topics.push_back({.name = std::string(rows->bytes(0)),
                      .partitions = static_cast<std::int32_t>(rows->integer(1)),
                      .kept_for = std::chrono::milliseconds{rows->integer(2)},
                      .kept_bytes = rows->integer(3),
                      .compacted = rows->integer(4) != 0});
  }
}

Result<void> read_partitions(Connection& connection, Board& board) {
  auto rows = connection.prepare(
      "SELECT p.id, p.topic, p.number, t.compacted FROM partitions p JOIN topics t"
      " ON t.name = p.topic");
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Partition> found;
  for (;;) {
    auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    log::PartitionId at{.topic = std::string(rows->bytes(1)),
                        .partition = static_cast<std::int32_t>(rows->integer(2))};
    if (board.find(at) != nullptr) continue;
    found.push_back({.id = rows->integer(0),
                     .at = std::move(at),
                     .compacted = rows->integer(3) != 0,
                     .committed = {},
                     .open = 0});
  }
  board.add_topic(std::move(found));
  return {};
}

Result<void> read_ends(Connection& connection, Board& board) {
  if (auto begun = connection.execute("BEGIN"); !begun) return begun;
  std::vector<Board::Moved> moved;
  Result<void> done;
  for (Partition* partition : board.partitions()) {
    const auto id = std::to_string(partition->id);
    const auto low = connection.number("SELECT low FROM partitions WHERE id = " + id);
    const auto next = connection.number("SELECT max(at) + 1 FROM records_" + id);
    if (!low) done = tl::unexpected(low.error());
    if (!next) done = tl::unexpected(next.error());
    if (!done) break;
    moved.push_back({.partition = partition, .committed = {.low = *low, .high = *next}});
  }
  connection.roll_back();
  if (done) board.publish(moved, {});
  return done;
}

Result<bool> write_topic(Connection& connection, const TopicSpec& topic) {
  auto known = connection.prepare("SELECT count(*) FROM topics WHERE name = ?");
  if (!known) return tl::unexpected(known.error());
  auto row = known->bind_text(1, topic.name).step();
  if (!row) return tl::unexpected(row.error());
  const bool is_new = known->integer(0) == 0;
  known->reset();
  auto write = connection.prepare(
      "INSERT INTO topics(name, kept_ms, kept_bytes, partitions, compacted) VALUES(?, ?, ?, ?, ?)"
      " ON CONFLICT(name) DO UPDATE SET kept_ms = ?2, kept_bytes = ?3");
  if (!write) return tl::unexpected(write.error());
  write->bind_text(1, topic.name)
      .bind(2, topic.kept_for.count())
      .bind(3, topic.kept_bytes)
      .bind(4, topic.partitions)
      .bind(5, topic.compacted ? 1 : 0);
  if (auto written = write->run(); !written) return tl::unexpected(written.error());
  if (!is_new) return false;

  auto add = connection.prepare("INSERT INTO partitions(topic, number, low) VALUES(?, ?, 0)");
  if (!add) return tl::unexpected(add.error());
  for (std::int32_t p = 0; p < topic.partitions; ++p) {
    if (auto added = add->bind_text(1, topic.name).bind(2, p).run(); !added) {
      return tl::unexpected(added.error());
    }
    const auto id = sqlite3_last_insert_rowid(connection.get());
    if (auto made = make_records_table(connection, id, topic.compacted); !made) {
      return tl::unexpected(made.error());
    }
  }
  return true;
}

}  // namespace crowdflow::embedded
