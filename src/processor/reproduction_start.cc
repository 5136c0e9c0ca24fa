#include "processor/reproduction_start.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "processor/cursor.h"
#include "processor/journal_tail.h"
#include "processor/snapshot_reader.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

// Where a snapshot was cut: behind this entry of the journal record at this offset.
struct Cut {
  std::int64_t journal_offset = 0;
  std::size_t next_entry = 0;
};

// What both searches need.
class StartSearch {
 public:
  StartSearch(log::Log& log, const ProcessorOptions& options, std::int32_t partition)
      : log_(log),
        options_(options),
        partition_(partition),
        journal_{options.topics.journal, partition},
        readings_{options.topics.readings, partition} {}

 protected:
  Result<void> ask_what_is_held() {
    const auto journal = log_.query_bounds(journal_);
    if (!journal) return tl::unexpected(journal.error());
    journal_held_ = *journal;
    const auto readings = log_.query_bounds(readings_);
    if (!readings) return tl::unexpected(readings.error());
    readings_held_ = *readings;
    return {};
  }

  // Nothing: it cannot be used, and nothing else is wrong.
  Result<std::optional<ReproductionStart>> load(const wire::SnapshotName& name, const Cut& cut) {
    const auto bytes = read_snapshot(log_, options_, partition_, name);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->size() != name.bytes) return std::nullopt;  // has expired
    ReproductionStart start;
    auto work = PartitionWork::load(partition_, *bytes, options_.parse_venue);
    if (!work) {
      unreadable_ = "; snapshot " + std::to_string(name.generation) +
                    " cannot be used: " + work.error().message;
      return std::nullopt;
    }
    if ((*work)->position() < readings_held_.low) return std::nullopt;
    start.readings_from = (*work)->position();
    start.journal_from = cut.journal_offset;
    start.first_entry = cut.next_entry;
    start.said_after = (*work)->shard().now();
    start.work = std::move(*work);
    return start;
  }

  log::Log& log_;
  const ProcessorOptions& options_;
  const std::int32_t partition_;
  const log::PartitionId journal_;
  const log::PartitionId readings_;
  log::OffsetBounds journal_held_;
  log::OffsetBounds readings_held_;
  std::string unreadable_;
};

class EarliestStart : StartSearch {
 public:
  using StartSearch::StartSearch;

  Result<ReproductionStart> find() {
    if (auto asked = ask_what_is_held(); !asked) return tl::unexpected(asked.error());
    auto pages = Cursor::open(log_, options_, journal_, journal_held_.low);
    if (!pages) return tl::unexpected(pages.error());
    bool any = false;
    while (true) {
      const auto page = pages->next(journal_held_.high);
      if (!page) return tl::unexpected(page.error());
      if (*page == nullptr) break;
      const auto told = wire::parse_journal((*page)->value);
      if (!told) return tl::unexpected(told.error());
      if (auto looked = look((*page)->offset, *told, !any); !looked) {
        return tl::unexpected(looked.error());
      }
      any = true;
      if (found_ && knows_time_) return std::move(*found_);
    }
    if (found_) return std::move(*found_);
    return tl::unexpected(nothing(any));
  }

 private:
  Result<void> look(std::int64_t offset, const wire::Journal& page, bool first) {
    for (std::size_t i = 0; i < page.entries.size(); ++i) {
      const wire::JournalEntry& entry = page.entries[i];
      if (const auto* tick = std::get_if<Tick>(&entry)) {
        tick_ = tick->now;
        if (found_ && !knows_time_) {
          found_->said_after = tick->now - Span{1};
          knows_time_ = true;
        }
      } else if (const auto* cut = std::get_if<wire::SnapshotCut>(&entry)) {
        cuts_[cut->generation] = {offset, i + 1};
      } else if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
        if (found_ || start->first_offset < readings_held_.low) continue;
        begin_life(*start, {offset, i});
        // Nothing was said before the first life.
        if (first && i == 0 && journal_held_.low == 0) knows_time_ = true;
      }
    }
    if (found_ || !page.snapshot) return {};
    const auto cut = cuts_.find(page.snapshot->generation);
    if (cut == cuts_.end() || cut->second.journal_offset < page.snapshot->journal_from) return {};
    auto loaded = load(*page.snapshot, cut->second);
    if (!loaded) return tl::unexpected(loaded.error());
    cuts_.erase(cut);  // once is enough
    found_ = std::move(*loaded);
    knows_time_ = found_.has_value();
    return {};
  }

  // It was begun by the tick before it or, when that is not kept, just before the next.
  void begin_life(const wire::ShardStart& start, const Cut& at) {
    found_.emplace();
    found_->work = std::make_unique<PartitionWork>(partition_);
    found_->readings_from = start.first_offset;
    found_->journal_from = at.journal_offset;
    found_->first_entry = at.next_entry;
    found_->said_after = tick_;
    knows_time_ = tick_.has_value();
  }

  [[nodiscard]] Error nothing(bool any) const {
    const std::string partition = " partition " + std::to_string(partition_);
    if (!any) {
      return {ErrorCode::kNotFound,
              journal_.topic + partition + " is empty: no engine has committed there"};
    }
    return {ErrorCode::kInvalid,
            "the log does not reach back: " + journal_.topic + partition + " is kept from offset " +
                std::to_string(journal_held_.low) + " on, " + readings_.topic + partition +
                " from offset " + std::to_string(readings_held_.low) +
                " on; expected in them the start of an engine's work, or a snapshot, and all "
                "readings that follow it" +
                unreadable_};
  }

  std::optional<WallTime> tick_;  // the latest
  std::map<std::uint64_t, Cut> cuts_;
  std::optional<ReproductionStart> found_;
  bool knows_time_ = false;  // said_after is as it has to be
};

// Follows the names of snapshots back: a journal record names the newest one of its time, and one
// is not cut before the one before is complete, so that the record with a cut names that.
class LatestSnapshot : StartSearch {
 public:
  LatestSnapshot(log::Log& log, const ProcessorOptions& options, std::int32_t partition,
                 const EarlyEnough& early_enough)
      : StartSearch(log, options, partition), early_enough_(early_enough) {}

  // Goes back by doubled steps until one is early enough, and then halves what lies between, so
  // that of many snapshots few are loaded.
  Result<std::optional<ReproductionStart>> find(std::optional<WallTime> named_until) {
    if (auto asked = begin(named_until); !asked) return tl::unexpected(asked.error());
    std::optional<ReproductionStart> best;
    std::size_t late = 0;              // what is newer is too late, or of no use
    std::optional<std::size_t> early;  // this and what is older is early enough, or of no use
    for (std::size_t step = 1; !early || late < *early; step *= 2) {
      const std::size_t at = early ? late + (*early - late) / 2 : late + step - 1;
      auto found = load_from(at, early);
      if (!found) return tl::unexpected(found.error());
      if (found->start && !early_enough_(*found->start->work)) {
        late = found->index + 1;
        continue;
      }
      if (found->start) best = std::move(found->start);
      early = at;
    }
    return best;
  }

 private:
  struct Found {
    std::size_t index = 0;
    std::optional<ReproductionStart> start;
  };
  struct Known {
    wire::SnapshotName name;
    Cut cut;
  };

  Result<void> begin(std::optional<WallTime> named_until) {
    if (auto asked = ask_what_is_held(); !asked) return asked;
    log::OffsetBounds within = journal_held_;
    if (named_until) {
      const auto end = log_.offset_at(journal_, *named_until);
      if (!end) return tl::unexpected(end.error());
      within.high = *end;
    }
    const auto page = last_page(log_, options_, journal_, within);
    if (!page) return tl::unexpected(page.error());
    if (*page) before_ = (*page)->snapshot;
    return {};
  }

  // The first that can be used, from this one back, but none from `end` on.
  Result<Found> load_from(std::size_t index, const std::optional<std::size_t>& end) {
    for (; !end || index < *end; ++index) {
      const auto there = walk_back_to(index);
      if (!there) return tl::unexpected(there.error());
      if (!*there) break;
      auto start = load(known_[index].name, known_[index].cut);
      if (!start) return tl::unexpected(start.error());
      if (*start) return Found{.index = index, .start = std::move(*start)};
    }
    return Found{.index = index, .start = std::nullopt};
  }

  // False: there are not so many.
  Result<bool> walk_back_to(std::size_t index) {
    while (known_.size() <= index && before_) {
      const wire::SnapshotName name = *std::exchange(before_, std::nullopt);
      if (auto found = find_cut(name); !found) return tl::unexpected(found.error());
    }
    return index < known_.size();
  }

  // Where it was cut, and what was named there. Of an expired one the journal does not hold it.
  Result<void> find_cut(const wire::SnapshotName& name) {
    auto pages =
        Cursor::open(log_, options_, journal_, std::max(name.journal_from, journal_held_.low));
    if (!pages) return tl::unexpected(pages.error());
    while (true) {
      const auto page = pages->next(journal_held_.high);
      if (!page) return tl::unexpected(page.error());
      if (*page == nullptr) return {};
      const auto told = wire::parse_journal((*page)->value);
      if (!told) return tl::unexpected(told.error());
      for (std::size_t i = 0; i < told->entries.size(); ++i) {
        const auto* cut = std::get_if<wire::SnapshotCut>(&told->entries[i]);
        if (cut == nullptr || cut->generation != name.generation) continue;
        known_.push_back({name, {(*page)->offset, i + 1}});
        if (told->snapshot && told->snapshot->generation < name.generation) {
          before_ = told->snapshot;
        }
        return {};
      }
    }
  }

  const EarlyEnough& early_enough_;
  std::vector<Known> known_;                  // the newest first
  std::optional<wire::SnapshotName> before_;  // the next one back
};

}  // namespace

Result<ReproductionStart> find_earliest_start(log::Log& log, const ProcessorOptions& options,
                                              std::int32_t partition) {
  return EarliestStart(log, options, partition).find();
}

Result<ReproductionStart> find_latest_start(log::Log& log, const ProcessorOptions& options,
                                            std::int32_t partition,
                                            std::optional<WallTime> named_until,
                                            const EarlyEnough& early_enough) {
  auto snapshot = LatestSnapshot(log, options, partition, early_enough).find(named_until);
  if (!snapshot) return tl::unexpected(snapshot.error());
  if (*snapshot) return std::move(**snapshot);
  return find_earliest_start(log, options, partition);
}

}  // namespace crowdflow::processor
