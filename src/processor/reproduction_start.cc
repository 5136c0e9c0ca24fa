#include "processor/reproduction_start.h"

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "processor/cursor.h"
#include "processor/snapshot_reader.h"
#include "wire/journal.h"

namespace crowdflow::processor {
namespace {

class EarliestStart {
 public:
  EarliestStart(log::Log& log, const ProcessorOptions& options, std::int32_t partition)
      : log_(log),
        options_(options),
        partition_(partition),
        journal_{options.topics.journal, partition},
        readings_{options.topics.readings, partition} {}

  Result<ReproductionStart> find() {
    const auto journal = log_.query_bounds(journal_);
    if (!journal) return tl::unexpected(journal.error());
    journal_held_ = *journal;
    const auto readings = log_.query_bounds(readings_);
    if (!readings) return tl::unexpected(readings.error());
    readings_held_ = *readings;
    auto pages = Cursor::open(log_, options_, journal_, journal->low);
    if (!pages) return tl::unexpected(pages.error());
    bool any = false;
    while (true) {
      const auto page = pages->next(journal->high);
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
  // Where a snapshot was cut: by the tick before it or, when that is not kept, just before the
  // next.
  struct Cut {
    std::int64_t journal_offset = 0;
    std::size_t next_entry = 0;
    std::optional<WallTime> said_after;
  };

  Result<void> look(std::int64_t offset, const wire::Journal& page, bool first) {
    for (std::size_t i = 0; i < page.entries.size(); ++i) {
      const wire::JournalEntry& entry = page.entries[i];
      if (const auto* tick = std::get_if<Tick>(&entry)) {
        tick_ = tick->now;
        if (found_ && !knows_time_) {
          found_->said_after = tick->now - Span{1};
          knows_time_ = true;
        }
        for (auto& [generation, at] : cuts_) {
          if (!at.said_after) at.said_after = tick->now - Span{1};
        }
      } else if (const auto* cut = std::get_if<wire::SnapshotCut>(&entry)) {
        cuts_[cut->generation] = {offset, i + 1, tick_};
      } else if (const auto* start = std::get_if<wire::ShardStart>(&entry)) {
        if (found_ || start->first_offset < readings_held_.low) continue;
        begin_life(*start, {offset, i, tick_});
        // Nothing was said before the first life.
        if (first && i == 0 && journal_held_.low == 0) knows_time_ = true;
      }
    }
    if (found_ || !page.snapshot) return {};
    const auto cut = cuts_.find(page.snapshot->generation);
    if (cut == cuts_.end() || cut->second.journal_offset < page.snapshot->journal_from) return {};
    const Cut at = cut->second;
    cuts_.erase(cut);  // once is enough
    return load(*page.snapshot, at);
  }

  void begin_life(const wire::ShardStart& start, const Cut& at) {
    ReproductionStart result;
    result.homes = std::make_unique<VenueHomes>();
    result.work = std::make_unique<PartitionWork>(partition_, *result.homes);
    result.readings_from = start.first_offset;
    use(std::move(result), at);
  }

  Result<void> load(const wire::SnapshotName& name, const Cut& at) {
    const auto bytes = read_snapshot(log_, options_, partition_, name);
    if (!bytes) return tl::unexpected(bytes.error());
    if (bytes->size() != name.bytes) return {};  // has expired
    ReproductionStart result;
    result.homes = std::make_unique<VenueHomes>();
    auto work = PartitionWork::load(partition_, *result.homes, *bytes, options_.parse_venue);
    if (!work) {
      unreadable_ = "; snapshot " + std::to_string(name.generation) +
                    " cannot be used: " + work.error().message;
      return {};
    }
    if ((*work)->position() < readings_held_.low) return {};
    result.readings_from = (*work)->position();
    result.work = std::move(*work);
    use(std::move(result), at);
    return {};
  }

  void use(ReproductionStart start, const Cut& at) {
    start.journal_from = at.journal_offset;
    start.first_entry = at.next_entry;
    start.said_after = at.said_after;
    knows_time_ = at.said_after.has_value();
    found_ = std::move(start);
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

  log::Log& log_;
  const ProcessorOptions& options_;
  const std::int32_t partition_;
  const log::PartitionId journal_;
  const log::PartitionId readings_;
  log::OffsetBounds journal_held_;
  log::OffsetBounds readings_held_;

  std::optional<WallTime> tick_;  // the latest
  std::map<std::uint64_t, Cut> cuts_;
  std::optional<ReproductionStart> found_;
  bool knows_time_ = false;  // said_after is as it has to be
  std::string unreadable_;
};

}  // namespace

Result<ReproductionStart> find_earliest_start(log::Log& log, const ProcessorOptions& options,
                                              std::int32_t partition) {
  return EarliestStart(log, options, partition).find();
}

}  // namespace crowdflow::processor
