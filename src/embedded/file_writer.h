#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "embedded/catalog.h"
#include "embedded/log_file.h"
#include "embedded/record_buffer.h"
#include "embedded/sqlite.h"

namespace crowdflow::embedded {

// The one connection that writes, with where each partition ends in it. One thread.
//
// What is written is in a transaction until commit(), and on the disk after it. A failure has one
// of two meanings, see commit(); a transaction that failed is rolled back.
class FileWriter {
 public:
  // Makes a file that is missing, brings an older one up to date, makes the topics that are missing
  // in it. Puts topics and ends on the board, also when it fails after that: what is there can then
  // be read. No other connection may be open in this process.
  [[nodiscard]] static Result<std::unique_ptr<FileWriter>> open(
      LogFile& file, const std::vector<TopicSpec>& topics);

  // How the records of a partition end, in the transaction.
  struct Tail {
    std::int64_t low = 0;
    std::int64_t next = 0;
    std::int64_t stamp = 0;    // of the last one, ms since 1970
    std::int64_t written = 0;  // bytes up to it
  };

  // ---- steps of a transaction; each begins it when there is none ----
  [[nodiscard]] Result<void> append(const RecordBuffer& records, std::int64_t now_ms);
  [[nodiscard]] Result<void> put_position(const std::string& group, std::int64_t partition,
                                          const log::Position& position);
  [[nodiscard]] Result<void> cut(Partition& partition, std::int64_t low);
  [[nodiscard]] Result<void> make_topics(const std::vector<TopicSpec>& topics);
  [[nodiscard]] Result<void> begin();

  // Whether a failure of a step leaves no doubt that nothing has happened.
  struct Failure {
    Error error;
    bool known = true;
    // The file has to be opened again before anything is written to it.
    bool reopen = false;
  };
  // Nothing: it is on the disk, and these partitions have moved.
  [[nodiscard]] tl::expected<std::vector<Board::Moved>, Failure> commit();
  // What a step before commit() failed with; rolls back.
  [[nodiscard]] Failure give_up(const Error& error);

  // Writes so many bytes to the disk and takes them away again.
  [[nodiscard]] tl::expected<void, Failure> probe(std::size_t bytes);

  // Moves what is in the write-ahead log into the file itself, as far as nobody reads it there.
  [[nodiscard]] tl::expected<void, Failure> checkpoint();
  // Pages in the write-ahead log since they were last moved.
  [[nodiscard]] int wal_pages() const { return wal_pages_; }

  // Puts on the board, and remembers the ends of, what it did not know; not in a transaction.
  [[nodiscard]] Result<void> meet_new_partitions();

  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] const Tail& tail(const Partition& partition) { return tails_.at(partition.id); }

 private:
  struct Touched {
    Partition* partition = nullptr;
    Tail before;
  };

  FileWriter(LogFile& file, Connection connection);
  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Tail& touch(Partition& partition);
  void forget_transaction();

  LogFile& file_;
  Connection connection_;
  PerPartition inserts_;
  Statement positions_;
  Statement lows_;
  std::map<std::int64_t, Tail> tails_;
  std::vector<Touched> touched_;
  int wal_pages_ = 0;
};

}  // namespace crowdflow::embedded
