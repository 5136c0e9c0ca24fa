#include "embedded/file_writer.h"

#include <algorithm>
#include <utility>

#include "embedded/disk.h"
#include "embedded/file_format.h"

namespace crowdflow::embedded {
namespace {

// Bytes that the write-ahead log keeps of what it has grown to.
constexpr const char* kSettings =
    "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=33554432;"
    "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY";

// The disk has said no before anything was there, or nobody has asked it yet.
bool certainly_nothing(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_TOOBIG:
    case SQLITE_CONSTRAINT:
      return true;
    default:
      return false;
  }
}

// What the wal hook tells: pages in the write-ahead log after a commit.
int note_pages(void* pages, sqlite3* /*connection*/, const char* /*database*/, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

// A topic that is new in a file that has others of these gets as many partitions as they have.
Result<std::vector<TopicSpec>> with_counts_of_file(Connection& connection,
                                                   std::vector<TopicSpec> topics) {
  const auto there = read_topics(connection);
  if (!there) return tl::unexpected(there.error());
  for (const TopicSpec& known : *there) {
    if (std::ranges::find(topics, known.name, &TopicSpec::name) == topics.end()) continue;
    for (TopicSpec& topic : topics)
      topic.partitions = known.partitions;
    break;
  }
  return topics;
}

}  // namespace

FileWriter::FileWriter(LogFile& file, Connection connection)
    : file_(file),
      connection_(std::move(connection)),
      inserts_("INSERT INTO records_",
               "(at, stamp, written, key, value, headers) VALUES(?, ?, ?, ?, ?, ?)") {}

Result<std::unique_ptr<FileWriter>> FileWriter::open(LogFile& file,
                                                     const std::vector<TopicSpec>& topics) {
  if (auto room = check_room_for_index(file.place); !room) return tl::unexpected(room.error());
  if (auto lasting = make_wal_last(file.place); !lasting) {
    return tl::unexpected(lasting.error());
  }
  auto connection = Connection::open(file.place, Connection::Mode::kCreate);
  if (!connection) return tl::unexpected(connection.error());
  if (auto set = connection->execute(kSettings); !set) return tl::unexpected(set.error());
  if (auto ready = bring_up_to_date(*connection, file.place); !ready) {
    return tl::unexpected(ready.error());
  }
  std::unique_ptr<FileWriter> self(new FileWriter(file, std::move(*connection)));
  if (auto ready = self->prepare(); !ready) return tl::unexpected(ready.error());
  if (auto read = self->meet_new_partitions(); !read) return tl::unexpected(read.error());
  auto missing = with_counts_of_file(self->connection_, topics);
  if (!missing) return tl::unexpected(missing.error());
  if (auto made = self->make_topics(*missing); !made) return tl::unexpected(made.error());
  if (auto done = self->commit(); !done) return tl::unexpected(done.error().error);
  if (auto read = self->meet_new_partitions(); !read) return tl::unexpected(read.error());
  return self;
}

Result<void> FileWriter::prepare() {
  sqlite3_wal_hook(connection_.get(), note_pages, &wal_pages_);
  auto positions = connection_.prepare(
      "INSERT INTO positions(group_name, partition, position, note) VALUES(?, ?, ?, ?)"
      " ON CONFLICT(group_name, partition) DO UPDATE SET position = ?3, note = ?4");
  if (!positions) return tl::unexpected(positions.error());
  positions_ = std::move(*positions);
  auto lows = connection_.prepare("UPDATE partitions SET low = ? WHERE id = ?");
  if (!lows) return tl::unexpected(lows.error());
  lows_ = std::move(*lows);
  return {};
}

Result<void> FileWriter::meet_new_partitions() {
  Board& board = file_.board;
  if (auto read = read_partitions(connection_, board); !read) return read;
  if (auto read = read_ends(connection_, board); !read) return read;
  for (Partition* partition : board.partitions()) {
    if (tails_.contains(partition->id)) continue;
    auto last = connection_.prepare("SELECT stamp, written FROM records_" +
                                    std::to_string(partition->id) + " ORDER BY at DESC LIMIT 1");
    if (!last) return tl::unexpected(last.error());
    auto row = last->step();
    if (!row) return tl::unexpected(row.error());
    const auto ends = board.committed(*partition);
    tails_[partition->id] = {.low = ends.low,
                             .next = ends.high,
                             .stamp = *row ? last->integer(0) : 0,
                             .written = *row ? last->integer(1) : 0};
  }
  return {};
}

// ---- steps ----

Result<void> FileWriter::begin() {
  if (connection_.in_transaction()) return {};
  return connection_.execute("BEGIN IMMEDIATE");
}

FileWriter::Tail& FileWriter::touch(Partition& partition) {
  Tail& tail = tails_.at(partition.id);
  if (std::ranges::find(touched_, &partition, &Touched::partition) == touched_.end()) {
    touched_.push_back({.partition = &partition, .before = tail});
  }
  return tail;
}

Result<void> FileWriter::append(const RecordBuffer& records, std::int64_t now_ms) {
  if (auto begun = begin(); !begun) return begun;
  for (std::size_t i = 0; i < records.count(); ++i) {
    Partition& partition = records.partition(i);
    const RecordBytes record = records.record(i);
    Tail& tail = touch(partition);
    auto found = inserts_.of(connection_, partition.id);
    if (!found) return tl::unexpected(found.error());
    Statement& insert = **found;
    // So that times can be searched for, and what is kept by time is a beginning, they never go
    // back, whatever the clock does.
    tail.stamp = std::max(tail.stamp, now_ms);
    tail.written += kRecordExtra + static_cast<std::int64_t>(record.size());
    insert.bind(1, tail.next).bind(2, tail.stamp).bind(3, tail.written);
    record.key ? insert.bind_bytes(4, *record.key) : insert.bind_null(4);
    record.value ? insert.bind_bytes(5, *record.value) : insert.bind_null(5);
    record.headers.empty() ? insert.bind_null(6) : insert.bind_bytes(6, record.headers);
    if (auto done = insert.run(); !done) return done;
    ++tail.next;
  }
  return {};
}

Result<void> FileWriter::put_position(const std::string& group, std::int64_t partition,
                                      const log::Position& position) {
  if (auto begun = begin(); !begun) return begun;
  return positions_.bind_text(1, group)
      .bind(2, partition)
      .bind(3, position.offset)
      .bind_bytes(4, position.note)
      .run();
}

Result<void> FileWriter::cut(Partition& partition, std::int64_t low) {
  if (auto begun = begin(); !begun) return begun;
  touch(partition).low = low;
  if (auto moved = lows_.bind(1, low).bind(2, partition.id).run(); !moved) return moved;
  return connection_.execute("DELETE FROM records_" + std::to_string(partition.id) +
                             " WHERE at < " + std::to_string(low));
}

Result<void> FileWriter::make_topics(const std::vector<TopicSpec>& topics) {
  if (auto begun = begin(); !begun) return begun;
  for (const TopicSpec& topic : topics) {
    if (auto made = write_topic(connection_, topic); !made) return tl::unexpected(made.error());
  }
  return {};
}

// ---- ends ----

void FileWriter::forget_transaction() {
  for (const Touched& touched : touched_)
    tails_.at(touched.partition->id) = touched.before;
  touched_.clear();
  connection_.roll_back();
}

FileWriter::Failure FileWriter::give_up(const Error& error) {
  const int code = connection_.code();
  forget_transaction();
  return {.error = error, .known = true, .reopen = !certainly_nothing(code)};
}

tl::expected<std::vector<Board::Moved>, FileWriter::Failure> FileWriter::commit() {
  if (auto done = connection_.execute("COMMIT"); !done) {
    const bool nothing = certainly_nothing(connection_.code());
    forget_transaction();
    return tl::unexpected(Failure{.error = done.error(), .known = nothing, .reopen = !nothing});
  }
  std::vector<Board::Moved> moved;
  for (const Touched& touched : touched_) {
    const Tail& tail = tails_.at(touched.partition->id);
    moved.push_back(
        {.partition = touched.partition, .committed = {.low = tail.low, .high = tail.next}});
  }
  touched_.clear();
  return moved;
}

tl::expected<void, FileWriter::Failure> FileWriter::probe(std::size_t bytes) {
  const auto size = std::to_string(bytes);
  for (const auto& sql : {"INSERT OR REPLACE INTO probe VALUES(1, zeroblob(" + size + "))",
                          std::string("DELETE FROM probe")}) {
    auto done = begin();
    if (done) done = connection_.execute(sql);
    if (!done) return tl::unexpected(give_up(done.error()));
    if (auto committed = commit(); !committed) return tl::unexpected(committed.error());
  }
  return {};
}

tl::expected<void, FileWriter::Failure> FileWriter::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  wal_pages_ = 0;
  if (code == SQLITE_OK || code == SQLITE_BUSY) return {};
  const auto error = sqlite_error("the log's file", code, sqlite3_errmsg(connection_.get()));
  return tl::unexpected(Failure{.error = error, .known = true, .reopen = !certainly_nothing(code)});
}

}  // namespace crowdflow::embedded
