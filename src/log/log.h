#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

// The port that roles program against: a partitioned, ordered, transactional log of records. Kafka
// stands behind it; so can a file, or a simulation. Called per batch, never per reading.
namespace crowdflow::log {

struct Header {
  std::string_view name;
  std::string_view value;
};

// One record as read. All views end with the batch that it came in.
struct Record {
  std::string_view topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  WallTime timestamp{};  // the producer's or the log's, as the topic says; zero: none
  std::string_view key;
  std::string_view value;
  bool has_key = false;
  bool has_value = false;  // false: a tombstone
  std::span<const Header> headers;
};

struct PartitionId {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

// A place in a partition: the offset of the next record to read.
struct Position {
  PartitionId at;
  std::int64_t offset = 0;
  // What is kept beside a committed position, for whoever committed it; some bytes of text.
  std::string note;
};

// The offsets that a partition holds at this moment: [low, high).
struct OffsetBounds {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// The group gives this reader other partitions than before.
struct AssignmentChange {
  std::vector<PartitionId> partitions;  // all that it holds once start_at() has answered
  // What it held is somebody else's already; otherwise it can be committed until start_at().
  bool lost = false;
};

// What a reader holds, and as which member of its group: the log refuses positions of an assignment
// that is over. Never changes; any thread; may outlive its reader.
class Assignment {
 public:
  virtual ~Assignment() = default;
};

// Records in the order of their offsets within each partition. Owns what the records point to.
class Batch {
 public:
  virtual ~Batch() = default;
  [[nodiscard]] virtual std::span<const Record> records() const = 0;
  // Set when the group changes the assignment; then there is nothing until Reader::start_at
  // answers it. The group waits for the answer as long as the reader is asked for more meanwhile;
  // but when others join or leave, not for long.
  [[nodiscard]] virtual const std::optional<AssignmentChange>& assignment() const = 0;
};

// Reads partitions. One thread at a time, but for wake().
class Reader {
 public:
  virtual ~Reader() = default;

  // Joins the group for these topics; the partitions arrive as AssignmentChange batches, and
  // reading begins at start_at().
  [[nodiscard]] virtual Result<void> join(std::span<const std::string> topics) = 0;
  // Reads exactly these partitions from these places on, without the group's help (or, after an
  // AssignmentChange, answers it). Replaces what was read before.
  [[nodiscard]] virtual Result<void> start_at(std::span<const Position> positions) = 0;

  // That of the last start_at(); before the first one, one that holds nothing.
  [[nodiscard]] virtual std::shared_ptr<const Assignment> assignment() const = 0;

  // The next records, those of one partition together: returns as soon as there are some (up to
  // `max`), or with none: after `wait`, or earlier when position() has moved on without a record,
  // or when woken. A failure that the log client repairs by itself (a broker that is away) is no
  // error: the batch is empty and Log::health() tells. kFenced: another instance has taken this
  // one's place. kUnavailable: what a position stands at has expired.
  [[nodiscard]] virtual Result<std::unique_ptr<Batch>> take(std::size_t max,
                                                            std::chrono::milliseconds wait) = 0;

  // Lets a take() that waits return now; the next one, when none waits. Any thread.
  virtual void wake() = 0;

  // A partition that is held gives nothing, loses nothing and goes on where it was when released;
  // meanwhile it takes a bounded amount of memory, the others flow, and the group takes this reader
  // for alive as long as it calls take(). start_at() holds none. Both do nothing for a partition
  // that it does not read.
  virtual void hold(const PartitionId& partition) = 0;
  virtual void release(const PartitionId& partition) = 0;

  // The next offset that would be taken, as far as the reader knows: past every record that it
  // returned and past everything that is not a record of anybody's (transaction markers). Stays
  // before an open transaction. -1: it does not read that partition.
  [[nodiscard]] virtual std::int64_t position(const PartitionId& partition) const = 0;

  // What the partition holds, open transactions included, from what the last fetches told; asks
  // nobody. Nothing until the first fetch has answered, and while the log is not reachable: then
  // nobody knows what it holds by now.
  [[nodiscard]] virtual std::optional<OffsetBounds> bounds(const PartitionId& partition) const = 0;
};

// A record to be written. The views are copied before the call returns.
struct Append {
  std::string_view topic;
  std::int32_t partition = 0;
  std::string_view key;  // without data: no key, which is not the same as an empty one
  std::string_view value;
  std::span<const Header> headers;
  bool tombstone = false;  // a null value
};

// Writes in transactions. One thread at a time, which need not be that of any reader.
class Writer {
 public:
  virtual ~Writer() = default;

  // Fences every earlier writer of the same name and finishes or undoes what it left open.
  [[nodiscard]] virtual Result<void> open() = 0;
  [[nodiscard]] virtual Result<void> begin() = 0;
  [[nodiscard]] virtual Result<void> append(const Append& record) = 0;
  // Makes `positions` the group's committed positions, in this transaction, in the name of whoever
  // got `assignment` from a reader of this log. kUnavailable: it is over, or does not hold one of
  // them; start again from the log.
  [[nodiscard]] virtual Result<void> send_positions(const Assignment& assignment,
                                                    std::span<const Position> positions) = 0;
  // All or nothing. kAborted, of this or a step before: nothing of it has happened, and once
  // abort() has succeeded nothing will; the same may then be sent again. Any other error leaves the
  // outcome to be read from the log: discard the writer.
  [[nodiscard]] virtual Result<void> commit() = 0;
  [[nodiscard]] virtual Result<void> abort() = 0;
};

// Writes outside transactions, idempotently. One thread at a time.
class Appender {
 public:
  virtual ~Appender() = default;
  // Queues one record; flush() says whether it arrived. kUnavailable: the queue is full.
  [[nodiscard]] virtual Result<void> append(const Append& record) = 0;
  // Waits until every queued record is acknowledged.
  [[nodiscard]] virtual Result<void> flush(std::chrono::milliseconds wait) = 0;
};

struct Health {
  bool reachable = false;
  std::string reason;  // in words when not reachable
};

// One connection to one log. Safe to call from several threads; what it makes is not.
class Log {
 public:
  virtual ~Log() = default;

  // `group`: whose committed positions and partitions it shares; `instance`: its static member
  // name. Empty group: a reader of its own, that only start_at() moves.
  struct ReaderOptions {
    std::string group;
    std::string instance;
  };
  [[nodiscard]] virtual Result<std::unique_ptr<Reader>> reader(const ReaderOptions& options) = 0;
  // `name`: unique for as long as the writer's work is; a later one of the same name fences it.
  [[nodiscard]] virtual Result<std::unique_ptr<Writer>> writer(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Appender>> appender() = 0;

  // kNotFound: no such topic.
  [[nodiscard]] virtual Result<std::int32_t> partition_count(const std::string& topic) = 0;
  [[nodiscard]] virtual Result<OffsetBounds> query_bounds(const PartitionId& partition) = 0;
  // The first offset whose record is stamped at or after `from`; the low bound when the log cannot
  // tell; the high bound when all are older.
  [[nodiscard]] virtual Result<std::int64_t> offset_at(const PartitionId& partition,
                                                       WallTime from) = 0;
  // The positions that the group has committed, stable ones only (waits out an open transaction);
  // -1: none.
  [[nodiscard]] virtual Result<std::vector<Position>> committed(
      const std::string& group, std::span<const PartitionId> partitions) = 0;

  [[nodiscard]] virtual Health health() const = 0;
};

// The partition that a key belongs to: murmur2 as the Java client computes it. Every role uses this
// one, whatever a foreign producer did.
[[nodiscard]] std::int32_t home_partition(std::string_view key, std::int32_t partitions);

}  // namespace crowdflow::log
