#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>

#include "embedded/batch.h"
#include "embedded/board.h"
#include "embedded/sqlite.h"

namespace crowdflow::embedded {

class ReadConnection;

// One log's file and the board over it: what readers need. Lasts as long as any of them.
struct LogFile {
  LogFile(Place its_place, Connection::Mode mode) : place(std::move(its_place)), read_mode(mode) {}

  const Place place;
  // Not of kCreate.
  const Connection::Mode read_mode;
  // Nobody in this process writes: readers have to look for themselves whether there is news.
  bool followed = false;
  Board board;

  // All read connections are closed, and none is opened, as long as the answer is kept.
  [[nodiscard]] std::unique_lock<std::shared_mutex> close_readers();

 private:
  friend class ReadConnection;
  std::shared_mutex gate_;  // shared while somebody reads
  std::mutex connections_mutex_;
  std::set<ReadConnection*> connections_;
};

// Statements of one kind, one for each records table, prepared when first needed.
class PerPartition {
 public:
  PerPartition(std::string before, std::string after)
      : before_(std::move(before)), after_(std::move(after)) {}
  [[nodiscard]] Result<Statement*> of(Connection& connection, std::int64_t id);
  void clear() { statements_.clear(); }

 private:
  const std::string before_;
  const std::string after_;
  std::map<std::int64_t, Statement> statements_;
};

// A connection of its own for whoever reads, opened when first needed, and again after the log had
// to close it. Each call sees one state of the file. One thread at a time.
class ReadConnection {
 public:
  explicit ReadConnection(LogFile& file);
  ~ReadConnection();
  ReadConnection(const ReadConnection&) = delete;
  ReadConnection& operator=(const ReadConnection&) = delete;

  struct Range {
    std::int64_t from = 0;
    std::int64_t end = 0;
    std::size_t max_records = 0;
    std::size_t max_bytes = 0;  // the first record is taken whatever its size
  };
  // Adds what there is, and says which offset is next: `end` when there is no more.
  [[nodiscard]] Result<std::int64_t> read(const Partition& partition, const Range& range,
                                          EmbeddedBatch& batch);
  // The first offset in `bounds` stamped at or after; bounds.high: none. Stamps never go back.
  [[nodiscard]] Result<std::int64_t> first_since(const Partition& partition,
                                                 const log::OffsetBounds& bounds,
                                                 std::int64_t stamp_ms);
  [[nodiscard]] Result<log::Position> committed(const std::string& group,
                                                const Partition& partition);
  // Puts on the board where the partitions end now.
  [[nodiscard]] Result<void> look();

 private:
  friend struct LogFile;

  [[nodiscard]] Result<void> open();
  void close();

  LogFile& file_;
  std::optional<Connection> connection_;
  PerPartition records_;
  PerPartition stamps_;
  Statement positions_;
};

}  // namespace crowdflow::embedded
