#include "processor/restore.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <spdlog/spdlog.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "processor/cursor.h"
#include "processor/journal_tail.h"
#include "processor/snapshot_reader.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

// Partitions that are restored at the same time: each may hold a snapshot's bytes and its own
// clients' buffers.
constexpr std::size_t kAtATime = 4;
// So long a broker that has come back may tell an earlier end of a partition than there is.
constexpr std::chrono::seconds kEndPatience{5};

class Restore {
 public:
  Restore(log::Log& log, const ProcessorOptions& options,
          std::shared_ptr<const wire::ConfiguredVenues> configured, std::int32_t partition,
          std::stop_token stop)
      : log_(log),
        options_(options),
        configured_(std::move(configured)),
        partition_(partition),
        readings_{options.topics.readings, partition},
        journal_{options.topics.journal, partition},
        stop_(std::move(stop)),
        work_(std::make_unique<PartitionWork>(partition)) {}

  Result<RestoredPartition> run() {
    // In this order: the group's positions are stable, so that what was committed with them lies
    // before the ends that are asked for next.
    auto committed = log_.committed(options_.group, {&readings_, 1});
    if (!committed) return tl::unexpected(committed.error());
    committed_ = committed->front().offset;
    const std::string& note = committed->front().note;
    std::from_chars(note.data(), note.data() + note.size(), committed_page_);
    const auto readings = log_.query_bounds(readings_);
    if (!readings) return tl::unexpected(readings.error());
    held_ = *readings;
    const auto journal = log_.query_bounds(journal_);
    if (!journal) return tl::unexpected(journal.error());
    journal_held_ = *journal;

    RestoredPartition restored;
    auto last = last_page(log_, options_, journal_, journal_held_);
    if (!last) return tl::unexpected(last.error());
    const bool from_the_first = committed_page_ == 0 && committed_ <= held_.low;
    if (!*last && (committed_ < 0 || from_the_first)) {
      // Nothing was ever committed, or a position before the first page. What a journal holds all
      // the same was taken back, unless it has expired.
      work_->start(
          {.first_offset = held_.low, .history_missing = held_.low > 0 || journal->low > 0});
      work_->set_position(held_.low);
    } else {
      if (*last) restored.snapshot = (*last)->snapshot;
      if (auto redone = redo(*last); !redone) return tl::unexpected(redone.error());
      restored.page = *last ? (*last)->page : committed_page_;
    }
    work_->configure(configured_);
    put_configured_venues();
    restored.work = std::move(work_);
    return restored;
  }

 private:
  Result<void> redo(const std::optional<wire::Journal>& last) {
    const std::int64_t journalled = last ? last->next_offset : -1;
    // The two were committed together. A broker that has just come back may not know its end yet;
    // if it stays so, somebody moved the group's offsets or cut the journal.
    // What a journal that is whole holds before its first page was taken back.
    const bool before_the_first = !last && journal_held_.low == 0 && committed_ >= 0;
    const bool at_another =
        last && committed_ >= 0 && (journalled != committed_ || last->page != committed_page_);
    if (before_the_first || at_another) {
      const auto place = [](std::int64_t offset, std::uint64_t page) {
        return "offset " + std::to_string(offset) + ", page " + std::to_string(page);
      };
      return fail(ErrorCode::kUnavailable,
                  readings_.topic + " partition " + std::to_string(readings_.partition) +
                      ": group " + options_.group + " has committed " +
                      place(committed_, committed_page_) + " but the journal ends at " +
                      (last ? place(journalled, last->page) : std::string("nothing")) +
                      ", expected the same");
    }
    if (!last) {
      if (auto ends = see_that_the_journal_ends(); !ends) return ends;
    }
    const std::int64_t position = std::max({journalled, committed_, held_.low});
    auto whole = last && last->snapshot ? redo_from(*last->snapshot) : Result<bool>{false};
    if (whole && !*whole) {
      work_ = std::make_unique<PartitionWork>(partition_);
      whole = redo_from(journal_held_.low, std::nullopt);
    }
    if (!whole) return tl::unexpected(whole.error());
    // What came after all that the journal tells of may have expired untaken.
    if (!*whole || position > std::max(journalled, committed_)) begin_without_history(position);
    work_->set_position(position);
    return {};
  }

  // A journal without a record of what was committed has expired, or its end was told too early.
  Result<void> see_that_the_journal_ends() {
    const std::int64_t end = std::max(journal_held_.low, journal_held_.high);
    auto pages = Cursor::open(log_, options_, journal_, end);
    if (!pages) return tl::unexpected(pages.error());
    const auto more = pages->next(end + 1, kEndPatience);
    if (!more && more.error().code != ErrorCode::kUnavailable) {
      return tl::unexpected(more.error());
    }
    const auto held = log_.query_bounds(journal_);
    if (!held) return tl::unexpected(held.error());
    const bool is_as_before = held->high == journal_held_.high && held->low == journal_held_.low;
    if (!more && is_as_before) return {};
    return fail(ErrorCode::kUnavailable,
                journal_.topic + " partition " + std::to_string(partition_) + " ends at offset " +
                    std::to_string(held->high) + ", and not at " +
                    std::to_string(journal_held_.high) + " as it was told before");
  }

  // A new life, which the journal will tell of.
  void begin_without_history(std::int64_t position) {
    spdlog::warn(
        "partition {} of {}: journal or readings do not reach back far enough; levels are unknown "
        "until a gauge or an anchor tells them",
        partition_, readings_.topic);
    work_ = std::make_unique<PartitionWork>(partition_);
    work_->start({.first_offset = position, .history_missing = true});
  }

  // False: the snapshot cannot be used, and nothing else is wrong.
  Result<bool> redo_from(const wire::SnapshotName& name) {
    const auto useless = [&](const std::string& why) {
      spdlog::warn("snapshot {} of partition {} cannot be used, all that is kept is re-applied: {}",
                   name.generation, partition_, why);
      return false;
    };
    auto bytes = read_snapshot(log_, options_, partition_, name);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->size() != name.bytes) return useless("it is not complete");
    auto work = PartitionWork::load(partition_, *bytes, options_.parse_venue);
    if (!work) return useless(work.error().message);
    work_ = std::move(*work);
    const auto whole = redo_from(std::max(name.journal_from, journal_held_.low), name.generation);
    if (!whole || *whole) return whole;
    return useless("journal or readings do not reach back to it");
  }

  // Re-applies what the journal tells from this offset on, once there is a state to apply it to:
  // from the cut of `generation` on, when its snapshot is loaded, or else from the first start of a
  // shard's life. False: there is no such state, or readings that followed have expired.
  Result<bool> redo_from(std::int64_t offset, const std::optional<std::uint64_t>& generation) {
    auto records = Cursor::open(log_, options_, readings_, std::max(held_.low, work_->position()));
    if (!records) return tl::unexpected(records.error());
    auto pages = Cursor::open(log_, options_, journal_, offset);
    if (!pages) return tl::unexpected(pages.error());
    bool whole = false;
    auto read = pages->read_until(journal_held_.high, [&](const log::Record& page) -> Result<void> {
      if (stop_.stop_requested()) return given_up();
      auto entries = wire::parse_journal(page.value);
      if (!entries) return tl::unexpected(entries.error());
      for (const wire::JournalEntry& entry : entries->entries) {
        const auto* cut = std::get_if<wire::SnapshotCut>(&entry);
        // A start that comes before the cut is in the snapshot, as is what followed it.
        whole = whole || (generation ? cut != nullptr && cut->generation == *generation
                                     : std::holds_alternative<wire::ShardStart>(entry));
        if (const auto* range = std::get_if<wire::OffsetRange>(&entry)) {
          whole = whole && range->first >= held_.low;
        }
        if (!whole) continue;
        if (auto done = redo(entry, *records); !done) return done;
      }
      return {};
    });
    if (!read) return tl::unexpected(read.error());
    return whole;
  }

  [[nodiscard]] Result<void> given_up() const {
    return fail(ErrorCode::kUnavailable,
                "restoring partition " + std::to_string(partition_) + " was given up");
  }

  Result<void> redo(const wire::JournalEntry& entry, Cursor& records) {
    if (const auto* range = std::get_if<wire::OffsetRange>(&entry)) {
      return records.read_until(range->end, [&](const log::Record& record) -> Result<void> {
        if (stop_.stop_requested()) return given_up();
        if (record.offset >= range->first) work_->redo(record);
        return {};
      });
    }
    if (const auto* tick = std::get_if<Tick>(&entry)) {
      work_->redo(*tick);
    } else if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
      work_->redo(*start);
    } else if (const auto* venues = std::get_if<wire::ConfiguredVenues>(&entry)) {
      work_->redo(*venues);
    } else if (const auto* file = std::get_if<wire::VenueFile>(&entry)) {
      auto venue = options_.parse_venue(*file);
      if (!venue) return tl::unexpected(venue.error());
      work_->redo(*file, std::move(*venue));
    }
    return {};
  }

  void put_configured_venues() {
    for (const VenueSource& source : options_.venues) {
      const auto here =
          std::ranges::find(work_->in_force(), source.venue->id,
                            [](const PartitionWork::InForce& known) { return known.venue->id; });
      // The same file may mean another local time since this machine's tzdata is another.
      if (here != work_->in_force().end() && here->venue->version == source.venue->version &&
          here->venue->utc_offsets == source.venue->utc_offsets) {
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
  const std::shared_ptr<const wire::ConfiguredVenues> configured_;
  const std::int32_t partition_;
  const log::PartitionId readings_;
  const log::PartitionId journal_;
  const std::stop_token stop_;
  std::unique_ptr<PartitionWork> work_;

  std::int64_t committed_ = -1;
  std::uint64_t committed_page_ = 0;
  log::OffsetBounds held_;          // of `readings`
  log::OffsetBounds journal_held_;  // its end is where the restore ends
};

}  // namespace

std::shared_ptr<const wire::ConfiguredVenues> configured_venues(const ProcessorOptions& options,
                                                                std::int32_t partitions) {
  auto venues = std::make_shared<wire::ConfiguredVenues>();
  venues->partitions = partitions;
  for (const VenueSource& source : options.venues)
    venues->venue_ids.push_back(source.venue->id);
  std::ranges::sort(venues->venue_ids);
  return venues;
}

Result<RestoredPartition> restore_partition(
    log::Log& log, const ProcessorOptions& options,
    std::shared_ptr<const wire::ConfiguredVenues> configured, std::int32_t partition,
    std::stop_token stop) {
  const auto begun = options.steady_now();
  auto restored = Restore(log, options, std::move(configured), partition, std::move(stop)).run();
  if (restored) restored->took = options.steady_now() - begun;
  return restored;
}

std::vector<Result<RestoredPartition>> restore_partitions(
    log::Log& log, const ProcessorOptions& options,
    const std::shared_ptr<const wire::ConfiguredVenues>& configured,
    std::span<const std::int32_t> partitions, const std::stop_token& stop) {
  std::vector<Result<RestoredPartition>> restored(partitions.size());
  const std::size_t most = options.engine_threads == 0 ? 1 : kAtATime;
  const std::size_t threads = std::min(most, partitions.size());
  // Each thread has its own partitions and its own answers.
  const auto restore_every = [&](std::size_t first) {
    for (std::size_t i = first; i < partitions.size(); i += threads)
      restored[i] = restore_partition(log, options, configured, partitions[i], stop);
  };
  std::vector<std::jthread> others;
  for (std::size_t first = 1; first < threads; ++first)
    others.emplace_back(restore_every, first);
  if (threads > 0) restore_every(0);
  others.clear();
  return restored;
}

}  // namespace crowdflow::processor
