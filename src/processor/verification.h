#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "log/log.h"
#include "processor/cursor.h"
#include "processor/options.h"
#include "processor/partition_work.h"

namespace crowdflow::processor {

// Compares what a journal gives again with what a topic holds of it, record by record, in the order
// of the partition.
//
// Threads: one at a time. The log and the options must outlive it.
class Verification {
 public:
  // Where a record stands in the order in which such are said (nothing: that cannot be told), and
  // whether it is to be compared. Later ones have higher numbers; several may have the same.
  struct Said {
    std::optional<std::int64_t> at;
    bool wanted = true;
  };
  using Look = std::function<Said(const OutRecord&)>;

  struct Difference {
    enum class Kind {
      kDiffers,      // both are there, and are not the same
      kMissing,      // the topic ends, or goes on, without it
      kUnexplained,  // the topic holds what follows from no journal record
    };
    Kind kind = Kind::kDiffers;
    std::int64_t journal_offset = -1;  // of the record that it follows from; -1: none
    std::int64_t offset = -1;          // in the topic; -1: none
    std::optional<OutRecord> expected;
    std::optional<OutRecord> held;
  };

  // `look` is asked of both sides. What stands at `said_after` or before it is not compared.
  [[nodiscard]] static Result<Verification> open(log::Log& log, const ProcessorOptions& options,
                                                 const log::PartitionId& at,
                                                 std::optional<std::int64_t> said_after, Look look);
  // The same for what the journal cannot give again. To be called before the next expect().
  void pass_over(std::int64_t until) { said_after_ = std::max(said_after_.value_or(until), until); }

  // To be called when the end of the journal that is reproduced has been fixed, after open(): what
  // was there at open() must follow from it, what is here now holds all that follows from it.
  [[nodiscard]] Result<void> fix_end();
  // The next record that follows from the journal.
  [[nodiscard]] Result<void> expect(const OutRecord& record, std::int64_t journal_offset);
  // No more follow.
  [[nodiscard]] Result<void> finish();

  [[nodiscard]] const log::PartitionId& at() const { return at_; }
  // Records that were the same.
  [[nodiscard]] std::uint64_t same() const { return same_; }
  // Records that follow from the journal and are older than what the topic still holds.
  [[nodiscard]] std::uint64_t expired() const { return expired_; }
  // The first; nothing after it has been compared.
  [[nodiscard]] const std::optional<Difference>& difference() const { return difference_; }

 private:
  struct Held {
    std::int64_t offset = 0;
    OutRecord record;
  };

  Verification(log::Log& log, Cursor cursor) : log_(&log), cursor_(std::move(cursor)) {}

  // The oldest record may be one of several that were said at once, and the others gone.
  [[nodiscard]] Result<void> skip_what_expires(log::Log& log, const ProcessorOptions& options,
                                               const log::OffsetBounds& bounds);
  // The next that is to be compared, before `end`.
  [[nodiscard]] Result<std::optional<Held>> next(std::int64_t end);
  [[nodiscard]] bool too_old(const Said& said) const {
    return said_after_ && said.at && *said.at <= *said_after_;
  }

  log::Log* log_;
  Cursor cursor_;
  log::PartitionId at_;
  Look look_;
  std::optional<std::int64_t> said_after_;
  std::int64_t must_follow_until_ = 0;
  std::int64_t holds_all_until_ = 0;
  std::uint64_t same_ = 0;
  std::uint64_t expired_ = 0;
  std::optional<Difference> difference_;
};

// [from, to) of event time.
struct EventRange {
  EventTime from = EventTime::min();
  EventTime to = EventTime::max();
  [[nodiscard]] bool holds(EventTime t) const { return from <= t && t < to; }
  [[nodiscard]] bool everything() const {
    return from == EventTime::min() && to == EventTime::max();
  }
};

// What `zone-states` says of a venue, by the venue time at which it was said. Stands where the wall
// clock stood, as place_of() has it.
[[nodiscard]] Verification::Look look_for_states(std::string venue_id, EventRange range);
// What `alerts` says of a venue, by the time at which it happened. Stands in the same way.
[[nodiscard]] Verification::Look look_for_alerts(std::string venue_id, EventRange range);
[[nodiscard]] std::int64_t place_of(WallTime said_at);
// The dead letters of one partition of `readings`, whatever their venue. Stand at the offset that
// they were read from.
[[nodiscard]] Verification::Look look_for_dead_letters(std::string readings,
                                                       std::int32_t partition);

}  // namespace crowdflow::processor
