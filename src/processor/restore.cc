#include "processor/restore.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <string>
#include <utility>
#include <vector>

#include "processor/cursor.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

class Restore {
 public:
  Restore(log::Log& log, const ProcessorOptions& options, const VenueHomes& homes,
          std::int32_t partition)
      : log_(log),
        options_(options),
        readings_{options.topics.readings, partition},
        journal_{options.topics.journal, partition},
        work_(std::make_unique<PartitionWork>(partition, homes)) {}

  Result<std::unique_ptr<PartitionWork>> run() {
    auto committed = log_.committed(options_.group, {&readings_, 1});
    if (!committed) return tl::unexpected(committed.error());
    committed_ = committed->front().offset;
    const auto readings = log_.query_bounds(readings_);
    if (!readings) return tl::unexpected(readings.error());
    held_ = *readings;
    const auto journal = log_.query_bounds(journal_);
    if (!journal) return tl::unexpected(journal.error());

    if (journal->low == journal->high && committed_ < 0) {
      work_->start({.first_offset = held_.low, .history_missing = held_.low > 0});
      work_->set_position(held_.low);
    } else if (auto redone = redo(*journal); !redone) {
      return tl::unexpected(redone.error());
    }
    put_configured_venues();
    return std::move(work_);
  }

 private:
  Result<void> redo(const log::OffsetBounds& journal) {
    auto records = Cursor::open(log_, options_, readings_, held_.low);
    if (!records) return tl::unexpected(records.error());
    auto pages = Cursor::open(log_, options_, journal_, journal.low);
    if (!pages) return tl::unexpected(pages.error());

    std::int64_t journalled = -1;
    auto read = pages->read_until(journal.high, [&](const log::Record& page) -> Result<void> {
      auto entries = wire::parse_journal(page.value);
      if (!entries) return tl::unexpected(entries.error());
      if (journalled < 0) begin(*entries);
      for (const wire::JournalEntry& entry : entries->entries) {
        if (auto done = redo(entry, *records); !done) return done;
      }
      journalled = entries->next_offset;
      work_->set_position(journalled);
      return {};
    });
    if (!read) return read;
    // The two were committed together. A broker that has just come back may not know its end yet;
    // if it stays so, somebody moved the group's offsets or cut the journal.
    const bool empty_from_the_start = journal.high == 0 && committed_ >= 0;
    if (empty_from_the_start || (journalled >= 0 && committed_ >= 0 && journalled != committed_)) {
      return fail(ErrorCode::kUnavailable,
                  readings_.topic + " partition " + std::to_string(readings_.partition) +
                      ": group " + options_.group + " has committed offset " +
                      std::to_string(committed_) + " but the journal ends at " +
                      (journalled < 0 ? std::string("nothing") : std::to_string(journalled)) +
                      ", expected the same");
    }
    // One of the two may have expired; the other tells the place.
    if (journalled < 0) lose_history("the journal has expired");
    const std::int64_t position = std::max(journalled, committed_);
    if (position < held_.low && !history_lost_) lose_history("readings have expired");
    work_->set_position(std::max(position, held_.low));
    return {};
  }

  // A journal that does not begin with the start of a shard's life has been cut by retention.
  void begin(const wire::Journal& first) {
    const bool whole =
        !first.entries.empty() && std::holds_alternative<wire::ShardStart>(first.entries.front());
    if (!whole) lose_history("the journal has been cut");
  }

  void lose_history(const char* why) {
    spdlog::warn("partition {} of {}: {}; levels are unknown until a gauge or an anchor tells them",
                 readings_.partition, readings_.topic, why);
    const std::vector<std::shared_ptr<const Venue>> venues = std::exchange(venues_, {});
    work_->redo(wire::ShardStart{.history_missing = true});
    for (const auto& venue : venues)
      put(venue);
    history_lost_ = true;
  }

  Result<void> redo(const wire::JournalEntry& entry, Cursor& records) {
    if (const auto* range = std::get_if<wire::OffsetRange>(&entry)) {
      if (range->first < held_.low && !history_lost_) lose_history("readings have expired");
      if (range->end <= held_.low) return {};
      return records.read_until(range->end, [&](const log::Record& record) -> Result<void> {
        work_->redo(record);
        return {};
      });
    }
    if (const auto* tick = std::get_if<Tick>(&entry)) {
      work_->redo(*tick);
    } else if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
      venues_.clear();
      work_->redo(*start);
    } else if (const auto* file = std::get_if<wire::VenueFile>(&entry)) {
      auto venue = options_.parse_venue(*file);
      if (!venue) return tl::unexpected(venue.error());
      put(std::move(*venue));
    }
    return {};
  }

  void put(std::shared_ptr<const Venue> venue) {
    std::erase_if(venues_, [&](const auto& known) { return known->id == venue->id; });
    venues_.push_back(venue);
    work_->redo_put_venue(std::move(venue));
  }

  void put_configured_venues() {
    for (const VenueSource& source : options_.venues) {
      const auto here =
          std::ranges::find(venues_, source.venue->id, [](const auto& known) { return known->id; });
      // The same file may mean another local time since this machine's tzdata is another.
      if (here != venues_.end() && (*here)->version == source.venue->version &&
          (*here)->utc_offsets == source.venue->utc_offsets) {
        continue;
      }
      if (work_->home_of(source.venue->id) != readings_.partition) continue;
      work_->put_venue({.venue_id = source.venue->id,
                        .version = source.venue->version,
                        .yaml = source.yaml,
                        .utc_offsets = source.venue->utc_offsets},
                       source.venue);
    }
  }

  log::Log& log_;
  const ProcessorOptions& options_;
  log::PartitionId readings_;
  log::PartitionId journal_;
  std::unique_ptr<PartitionWork> work_;

  std::int64_t committed_ = -1;
  log::OffsetBounds held_;
  bool history_lost_ = false;
  std::vector<std::shared_ptr<const Venue>> venues_;  // in force, as re-applied so far
};

}  // namespace

Result<std::unique_ptr<PartitionWork>> restore_partition(log::Log& log,
                                                         const ProcessorOptions& options,
                                                         const VenueHomes& homes,
                                                         std::int32_t partition) {
  return Restore(log, options, homes, partition).run();
}

}  // namespace crowdflow::processor
