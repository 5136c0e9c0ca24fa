#pragma once

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "processor/records_to_commit.h"
#include "unit/console/memory_log.h"
#include "unit/processor/hall.h"
#include "wire/snapshot.h"

// A log that an engine has worked on.
namespace crowdflow::processor {

// A partition as its engine leaves it: readings, and all that was committed because of them. The
// hall fills by one person a second, from second 1 on, and ten are too many.
class CommittedHall {
 public:
  static constexpr std::int32_t kPartition = 0;

  CommittedHall() {
    options_.parse_venue = [](const wire::VenueFile&) { return hall(); };
    for (const std::string& topic : topics().all())
      log_.create(topic, 1);
    work_->start({});
    configure({"hall"});
    work_->put_venue({.venue_id = "hall", .version = "1", .yaml = "the file", .utc_offsets = {}},
                     hall());
    work_->tick({.now = wall(kStart)});
    commit();
  }

  [[nodiscard]] test::MemoryLog& log() { return log_; }
  [[nodiscard]] ProcessorOptions& options() { return options_; }
  [[nodiscard]] const log::TopicNames& topics() const { return options_.topics; }
  [[nodiscard]] static log::PartitionId in(const std::string& topic) { return {topic, kPartition}; }

  // From here on these venues are configured, of 4 partitions, and this one is the first.
  void configure(std::vector<std::string> venues) {
    work_->configure(std::make_shared<const wire::ConfiguredVenues>(
        wire::ConfiguredVenues{.venue_ids = std::move(venues), .partitions = 4}));
  }
  // Publishes a record and has it taken.
  void take(const std::string& value) {
    const auto offset = static_cast<std::int64_t>(log_.values(in(topics().readings)).size());
    log_.put(in(topics().readings), wall(kStart), "hall", value);
    work_->take({.topic = topics().readings,
                 .partition = kPartition,
                 .offset = offset,
                 .timestamp = wall(kStart),
                 .key = "hall",
                 .value = value,
                 .has_key = true,
                 .has_value = true});
  }
  // One second after the other, [from, until), each with its tick and committed by itself.
  void live(std::int64_t from, std::int64_t until, std::uint64_t entries = 1) {
    for (std::int64_t second = from; second < until; ++second) {
      take(reading_of(kStart + second, entries));
      work_->tick({.now = wall(kStart + second) + std::chrono::milliseconds{250}});
      commit();
    }
  }
  // Cuts a snapshot, which the journal names from the commit after the next on. Returns the offset
  // of its cut in the journal; its chunk's in `snapshots` is one less than its generation, from 1.
  std::int64_t cut() {
    const std::uint64_t generation = newest_ ? newest_->generation + 1 : 1;
    const Snapshot& snapshot = work_->cut(generation);
    const wire::SnapshotName name{
        .generation = generation,
        .chunks = 1,
        .bytes = snapshot.bytes.size(),
        .snapshots_from = static_cast<std::int64_t>(generation) - 1,
        .journal_from = static_cast<std::int64_t>(log_.values(in(topics().journal)).size())};
    log_.put(in(topics().snapshots), wall(kStart), wire::chunk_key(kPartition, generation, 0),
             snapshot.bytes);
    commit();
    newest_ = name;
    return name.journal_from;
  }
  // `late`: after the last tick.
  void commit(Span late = {}) {
    HandOver hand_over{.partition = kPartition, .pending = work_->hand_over({})};
    hand_over.newest_snapshot = newest_;
    hand_over.position = work_->position();
    const auto written = write_records(
        hand_over, topics(), {},
        [&](const std::string& topic, std::int32_t partition, const OutRecord& record) {
          std::vector<std::pair<std::string, std::string>> headers;
          for (const wire::RecordHeader& header : record.headers)
            headers.emplace_back(header.name, header.value);
          log_.put({topic, partition}, work_->shard().now() + late,
                   record.has_key ? std::optional(record.key) : std::nullopt, record.value,
                   std::move(headers));
          return Result<void>{};
        });
    EXPECT_TRUE(written);
  }

 private:
  test::MemoryLog log_;
  ProcessorOptions options_;
  std::optional<wire::SnapshotName> newest_;
  std::unique_ptr<PartitionWork> work_ = std::make_unique<PartitionWork>(kPartition);
};

}  // namespace crowdflow::processor
