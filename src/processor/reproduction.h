#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>

#include "log/log.h"
#include "processor/cursor.h"
#include "processor/lane.h"
#include "processor/options.h"
#include "processor/partition_work.h"
#include "processor/reproduction_start.h"
#include "wire/journal.h"
#include "wire/readings_decoder.h"

namespace crowdflow::processor {

// Is told of each step while it is done again. `work` is as it is at that moment.
class ReproductionObserver {
 public:
  // What the record says, or why it was refused as a whole.
  using Readings = wire::ReadingsDecoder::Readings;

  virtual ~ReproductionObserver() = default;
  virtual void before_record(const Readings&, const PartitionWork& /*work*/) {}
  virtual void after_record(const log::Record&, const Readings&, const PartitionWork& /*work*/) {}
  virtual void after_tick(const Tick&, const PartitionWork& /*work*/) {}
  virtual void after_venue(const wire::VenueFile&, const std::shared_ptr<const Venue>&,
                           const PartitionWork& /*work*/) {}
};

// Does again, from a start on, what the journal of a partition says, as it was done live: what
// follows from each journal record is what was committed with it, byte for byte, if the same build
// reads the same readings. What became of the readings is compared with what the journal counted,
// so that a difference is an error and no wrong answer.
//
// Threads: one at a time. The log, the options and the observer must outlive it.
class Reproduction {
 public:
  // What one journal record stands for. The pointers in it are good until the next call.
  struct Page {
    std::int64_t journal_offset = 0;
    // False: its first entries were in the start's state; some of what was committed is not here.
    bool whole = true;
    // False: the journal is of an earlier version, which did not say which venues were configured,
    // so that nobody knows which readings of other venues were forwarded and which refused.
    bool configuration_known = true;
    HandOver hand_over;
  };

  [[nodiscard]] static Result<Reproduction> open(log::Log& log, const ProcessorOptions& options,
                                                 ReproductionStart start,
                                                 ReproductionObserver& observer);

  // The next before the journal's offset `end`; nullptr when none is left. kInvalid: readings that
  // the journal counts are not there, became of something else than then, or the journal holds what
  // this version cannot read.
  [[nodiscard]] Result<const Page*> next(std::int64_t end);
  [[nodiscard]] const PartitionWork& work() const { return *start_.work; }

 private:
  Reproduction(const ProcessorOptions& options, ReproductionStart start,
               ReproductionObserver& observer, Cursor readings, Cursor journal)
      : options_(&options),
        start_(std::move(start)),
        observer_(&observer),
        readings_(std::move(readings)),
        journal_(std::move(journal)) {}

  [[nodiscard]] Result<void> redo(const wire::JournalEntry& entry);
  [[nodiscard]] Result<void> take(const wire::OffsetRange& range);
  [[nodiscard]] Result<void> put(const wire::VenueFile& file);
  [[nodiscard]] Result<void> check(const wire::Journal& journal) const;

  const ProcessorOptions* options_;
  ReproductionStart start_;
  ReproductionObserver* observer_;
  Cursor readings_;
  Cursor journal_;
  wire::ReadingsDecoder decoder_;
  Page page_;
};

// The ids of all venues that the journal has had a file of, on any partition, in their order.
[[nodiscard]] Result<std::vector<std::string>> list_journalled_venues(
    log::Log& log, const ProcessorOptions& options);

}  // namespace crowdflow::processor
