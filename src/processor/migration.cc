#include "processor/migration.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "processor/cursor.h"
#include "processor/partition_work.h"
#include "processor/restore.h"
#include "wire/journal.h"
#include "wire/snapshot.h"

namespace crowdflow::processor {
namespace {

constexpr std::size_t kRecordsAtOnce = 2'000;
constexpr std::size_t kBytesAtOnce = std::size_t{4} << 20U;
constexpr std::uint64_t kGeneration = 1;

// What is known of the copy of a source partition is committed on the other log, in the transaction
// that copies: the next offset to copy, with the source's name as note.
class Migration {
 public:
  Migration(log::Log& from, log::Log& to, const MigrationOptions& options)
      : from_(from),
        to_(to),
        options_(options),
        topics_(options.engine.topics),
        group_(options.engine.group + "-migration") {}

  Result<Migrated> run() {
    // First: it undoes what an earlier call has left open.
    if (auto done = open(); !done) return tl::unexpected(done.error());
    if (auto done = look(); !done) return tl::unexpected(done.error());
    if (migrated_.before) return std::move(migrated_);
    if (auto done = restore(); !done) return tl::unexpected(done.error());
    for (std::int32_t partition = 0; partition < source_partitions_; ++partition) {
      if (auto done = copy({topics_.readings, partition}, taken_until(partition)); !done) {
        return tl::unexpected(done.error());
      }
    }
    for (const std::string& topic : {topics_.commands, topics_.zone_states, topics_.alerts,
                                     topics_.alerts_current, topics_.dead_letters}) {
      const auto partitions = from_.partition_count(topic);
      if (!partitions) return tl::unexpected(partitions.error());
      for (std::int32_t partition = 0; partition < *partitions; ++partition) {
        if (auto done = copy({topic, partition}, std::nullopt); !done) {
          return tl::unexpected(done.error());
        }
      }
    }
    if (!state_sent_) {
      if (auto done = send_state(); !done) return tl::unexpected(done.error());
    }
    for (std::int32_t partition = 0; partition < source_partitions_; ++partition) {
      if (auto done = copy({topics_.readings, partition}, std::nullopt); !done) {
        return tl::unexpected(done.error());
      }
    }
    if (auto done = note_end(); !done) return tl::unexpected(done.error());
    return std::move(migrated_);
  }

 private:
  using At = log::PartitionId;

  // ---- where things stand ----

  // How far earlier calls have come, and whether the other log is fit.
  Result<void> look() {
    const auto source = from_.partition_count(topics_.readings);
    if (!source) return tl::unexpected(source.error());
    const auto target = to_.partition_count(topics_.readings);
    if (!target) return tl::unexpected(target.error());
    source_partitions_ = *source;
    target_partitions_ = *target;
    if (target_partitions_ < source_partitions_) {
      return fail(ErrorCode::kInvalid,
                  topics_.readings + " has " + std::to_string(target_partitions_) +
                      " partitions there, expected at least the " +
                      std::to_string(source_partitions_) + " that it has here");
    }
    std::vector<At> marks;
    for (const std::string& topic : topics_.all())
      marks.push_back({topic, 0});
    for (std::int32_t partition = 1; partition < source_partitions_; ++partition) {
      for (const std::string& topic : {topics_.readings, topics_.commands, topics_.zone_states,
                                       topics_.alerts, topics_.dead_letters})
        marks.push_back({topic, partition});
    }
    const auto progress = to_.committed(group_, marks);
    if (!progress) return tl::unexpected(progress.error());
    bool begun = false;
    for (const log::Position& position : *progress) {
      if (position.offset < 0) continue;
      begun = true;
      if (position.note != options_.source) {
        return fail(ErrorCode::kInvalid, "these topics have got another log, " + position.note +
                                             "; a second one needs topics with another prefix");
      }
      if (position.at == state_mark()) state_sent_ = true;
      if (position.at == end_mark()) migrated_.before = true;
      copied_until_[position.at] = position.offset;
    }
    return begun ? Result<void>{} : expect_unused();
  }

  // Nobody depends on topics that hold nothing yet.
  Result<void> expect_unused() {
    for (const std::string& topic :
         {topics_.journal, topics_.readings, topics_.zone_states, topics_.alerts}) {
      for (std::int32_t partition = 0; partition < target_partitions_; ++partition) {
        const auto used = holds_records({topic, partition});
        if (!used) return tl::unexpected(used.error());
        if (!*used) continue;
        return fail(ErrorCode::kInvalid,
                    topic + " partition " + std::to_string(partition) +
                        " is in use there; expected topics that are new: make some with another "
                        "prefix");
      }
    }
    return {};
  }

  // Records that count: what was taken back has left offsets behind, and nothing else.
  Result<bool> holds_records(const At& at) {
    const auto end = find_decided_end(to_, options_.engine, at);
    if (!end) return tl::unexpected(end.error());
    const auto bounds = to_.query_bounds(at);
    if (!bounds) return tl::unexpected(bounds.error());
    auto cursor = Cursor::open(to_, options_.engine, at, bounds->low);
    if (!cursor) return tl::unexpected(cursor.error());
    const auto first = cursor->next(*end);
    if (!first) return tl::unexpected(first.error());
    return *first != nullptr;
  }

  Result<void> open() {
    const auto current = to_.partition_count(topics_.alerts_current);
    if (!current) return tl::unexpected(current.error());
    current_partitions_ = *current;
    const auto dead = to_.partition_count(topics_.dead_letters);
    if (!dead) return tl::unexpected(dead.error());
    dead_partitions_ = *dead;
    auto writer = to_.writer(group_);
    if (!writer) return tl::unexpected(writer.error());
    writer_ = std::move(*writer);
    if (auto opened = writer_->open(); !opened) return opened;
    auto progress = to_.reader({.group = group_, .instance = {}});
    if (!progress) return tl::unexpected(progress.error());
    progress_ = std::move(*progress);
    auto engine = to_.reader({.group = options_.engine.group, .instance = {}});
    if (!engine) return tl::unexpected(engine.error());
    engine_ = std::move(*engine);
    return {};
  }

  // The marks are positions in topics that are not copied.
  [[nodiscard]] At state_mark() const { return {topics_.snapshots, 0}; }
  [[nodiscard]] At end_mark() const { return {topics_.journal, 0}; }

  // ---- state ----

  Result<void> restore() {
    for (std::int32_t partition = 0; partition < source_partitions_; ++partition) {
      // None needs to be configured: nothing is forwarded.
      auto restored =
          restore_partition(from_, options_.engine,
                            configured_venues(options_.engine, source_partitions_), partition);
      if (!restored) return tl::unexpected(restored.error());
      for (const PartitionWork::InForce& venue : restored->work->in_force())
        migrated_.venues.push_back(venue.venue->id);
      restored_.push_back(std::move(restored->work));
    }
    return {};
  }

  [[nodiscard]] std::int64_t taken_until(std::int32_t partition) const {
    return restored_[static_cast<std::size_t>(partition)]->position();
  }

  // The state of every partition there, with a first page of its journal, in one transaction.
  Result<void> send_state() {
    if (auto done = writer_->begin(); !done) return done;
    std::vector<log::Position> positions;
    for (std::int32_t partition = 0; partition < target_partitions_; ++partition) {
      if (auto done = send_state(partition, positions); !done) return done;
    }
    if (auto done = send_positions(*engine_, positions); !done) return done;
    state_sent_ = true;
    return commit({state_mark(), 0, options_.source});
  }

  Result<void> send_state(std::int32_t partition, std::vector<log::Position>& positions) {
    const At readings{topics_.readings, partition};
    const auto next = end_of_copied(readings);
    if (!next) return tl::unexpected(next.error());
    PartitionWork work(partition);
    for (const auto& source : restored_) {
      std::vector<std::string> ids;
      for (const PartitionWork::InForce& venue : source->in_force()) {
        if (log::home_partition(venue.venue->id, target_partitions_) == partition)
          ids.push_back(venue.venue->id);
      }
      work.adopt(*source, ids);
    }
    work.set_position(*next);
    const Snapshot& snapshot = work.cut(kGeneration);
    wire::SnapshotName name{.generation = kGeneration, .bytes = snapshot.bytes.size()};
    for (std::size_t from = 0; from < snapshot.bytes.size(); from += wire::kSnapshotChunk) {
      const std::string key = wire::chunk_key(partition, kGeneration, name.chunks++);
      if (auto done = writer_->append(
              {.topic = topics_.snapshots,
               .partition = partition,
               .key = key,
               .value = std::string_view(snapshot.bytes).substr(from, wire::kSnapshotChunk)});
          !done) {
        return done;
      }
    }
    const wire::Journal page{.partition = partition,
                             .entries = {wire::SnapshotCut{kGeneration}},
                             .next_offset = *next,
                             .snapshot = name,
                             .page = 1};
    const std::string key = std::to_string(partition);
    const std::string bytes = wire::to_bytes(page);
    positions.push_back({readings, *next, std::to_string(page.page)});
    return writer_->append(
        {.topic = topics_.journal, .partition = partition, .key = key, .value = bytes});
  }

  // Where a partition of `readings` ends there; all that it holds was copied.
  Result<std::int64_t> end_of_copied(const At& at) {
    const auto end = find_decided_end(to_, options_.engine, at);
    if (!end) return end;
    auto cursor = Cursor::open(to_, options_.engine, at, 0);
    if (!cursor) return tl::unexpected(cursor.error());
    std::uint64_t there = 0;
    auto read = cursor->read_until(*end, [&](const log::Record&) {
      ++there;
      return Result<void>{};
    });
    if (!read) return tl::unexpected(read.error());
    const auto expected = count_taken_for(at.partition);
    if (!expected) return tl::unexpected(expected.error());
    if (there == *expected) return end;
    return fail(ErrorCode::kInvalid,
                at.topic + " partition " + std::to_string(at.partition) + " holds " +
                    std::to_string(there) + " records there, expected the " +
                    std::to_string(*expected) +
                    " that were copied: others have published meanwhile. Begin again with new "
                    "topics, and let the feeds publish there when all is moved");
  }

  // Records that belong to a partition there and were taken by the engine here.
  Result<std::uint64_t> count_taken_for(std::int32_t partition) {
    if (taken_.empty()) {
      taken_.resize(static_cast<std::size_t>(target_partitions_));
      for (std::int32_t source = 0; source < source_partitions_; ++source) {
        const At at{topics_.readings, source};
        const auto bounds = from_.query_bounds(at);
        if (!bounds) return tl::unexpected(bounds.error());
        auto cursor = Cursor::open(from_, options_.engine, at, bounds->low);
        if (!cursor) return tl::unexpected(cursor.error());
        auto read = cursor->read_until(taken_until(source), [&](const log::Record& record) {
          ++taken_[static_cast<std::size_t>(home_of(at, record))];
          return Result<void>{};
        });
        if (!read) return tl::unexpected(read.error());
      }
    }
    return taken_[static_cast<std::size_t>(partition)];
  }

  // ---- records ----

  [[nodiscard]] std::int32_t home_of(const At& at, const log::Record& record) const {
    const std::int32_t partitions = at.topic == topics_.alerts_current ? current_partitions_
                                    : at.topic == topics_.dead_letters ? dead_partitions_
                                                                       : target_partitions_;
    return record.has_key ? log::home_partition(record.key, partitions) : at.partition % partitions;
  }

  // Up to `end`, or to what the partition holds now.
  Result<void> copy(const At& at, const std::optional<std::int64_t>& end) {
    const auto bounds = from_.query_bounds(at);
    if (!bounds) return tl::unexpected(bounds.error());
    const auto known = copied_until_.find(at);
    std::int64_t next = std::max(bounds->low, known == copied_until_.end() ? 0 : known->second);
    const std::int64_t until = end.value_or(bounds->high);
    auto cursor = Cursor::open(from_, options_.engine, at, next);
    if (!cursor) return tl::unexpected(cursor.error());
    while (next < until) {
      const auto copied = copy_some(*cursor, at, until, next);
      if (!copied) return tl::unexpected(copied.error());
      migrated_.records += *copied;
    }
    return {};
  }

  // One transaction. Moves `next` on.
  Result<std::uint64_t> copy_some(Cursor& cursor, const At& at, std::int64_t until,
                                  std::int64_t& next) {
    if (auto done = writer_->begin(); !done) return tl::unexpected(done.error());
    std::uint64_t records = 0;
    for (std::size_t bytes = 0; records < kRecordsAtOnce && bytes < kBytesAtOnce; ++records) {
      const auto record = cursor.next(until);
      if (!record) return tl::unexpected(record.error());
      if (*record == nullptr) {
        next = until;
        break;
      }
      next = (*record)->offset + 1;
      bytes += (*record)->value.size();
      if (auto done = writer_->append({.topic = at.topic,
                                       .partition = home_of(at, **record),
                                       .key = (*record)->key,
                                       .value = (*record)->value,
                                       .headers = (*record)->headers,
                                       .tombstone = !(*record)->has_value});
          !done) {
        return tl::unexpected(done.error());
      }
    }
    if (auto done = commit({at, next, options_.source}); !done) return tl::unexpected(done.error());
    copied_until_[at] = next;
    return records;
  }

  Result<void> note_end() {
    if (auto done = writer_->begin(); !done) return done;
    return commit({end_mark(), 0, options_.source});
  }

  Result<void> send_positions(log::Reader& reader, const std::vector<log::Position>& positions) {
    if (auto held = reader.start_at(positions); !held) return held;
    return writer_->send_positions(*reader.assignment(), positions);
  }

  Result<void> commit(const log::Position& progress) {
    if (auto done = send_positions(*progress_, {progress}); !done) return done;
    return writer_->commit();
  }

  log::Log& from_;
  log::Log& to_;
  const MigrationOptions& options_;
  const log::TopicNames& topics_;
  const std::string group_;
  std::int32_t source_partitions_ = 0;
  std::int32_t target_partitions_ = 0;
  std::int32_t current_partitions_ = 0;
  std::int32_t dead_partitions_ = 0;

  std::unique_ptr<log::Writer> writer_;
  std::unique_ptr<log::Reader> progress_;
  std::unique_ptr<log::Reader> engine_;  // in the engine's group
  std::map<At, std::int64_t> copied_until_;
  std::vector<std::unique_ptr<PartitionWork>> restored_;
  std::vector<std::uint64_t> taken_;  // by partition there
  bool state_sent_ = false;
  Migrated migrated_;
};

}  // namespace

Result<Migrated> migrate(log::Log& from, log::Log& to, const MigrationOptions& options) {
  return Migration(from, to, options).run();
}

}  // namespace crowdflow::processor
