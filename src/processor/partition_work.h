#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/result.h>
#include <crowdflow/shard.h>

#include "log/log.h"
#include "processor/options.h"
#include "wire/dead_letter.h"
#include "wire/journal.h"
#include "wire/readings_decoder.h"

namespace crowdflow::processor {

// The value of a record's first header of this name; empty when it has none.
[[nodiscard]] std::string_view header(const log::Record& record, std::string_view name);

// A record to write with the next commit; what it was made from may be gone by then.
struct OutRecord {
  std::string key;
  std::string value;
  std::vector<wire::RecordHeader> headers;
  bool has_key = true;
  bool has_value = true;
  friend bool operator==(const OutRecord&, const OutRecord&) = default;
};

// A partition's whole state at one place in the order of its inputs.
struct Snapshot {
  std::uint64_t generation = 0;
  std::string bytes;  // wire/snapshot.h
  std::chrono::steady_clock::duration took{0};
};

// A record for another partition of `readings`.
struct Forward {
  std::int32_t home = 0;
  OutRecord record;
};

// One partition of `readings` in this process: its shard, and what it has taken since the last
// commit. Everything that it does to the shard goes into the journal, in the order done.
//
// Threads: one at a time: whoever restores it, then its engine thread.
class PartitionWork {
 public:
  // What is pending for the next commit.
  struct Pending {
    std::vector<wire::JournalEntry> entries;
    Outputs outputs;
    std::vector<OutRecord> dead_letters;
    std::vector<Forward> forwards;
    Accounting accounting;
    // The latest event time of each record taken, for the end-to-end latency.
    std::vector<EventTime> event_times;
    std::optional<Snapshot> snapshot;

    // Keeps the capacity.
    void clear();
  };

  explicit PartitionWork(std::int32_t partition);
  // As cut() found it. kInvalid: the bytes are not a snapshot of this partition that this version
  // can read.
  [[nodiscard]] static Result<std::unique_ptr<PartitionWork>> load(std::int32_t partition,
                                                                   std::string_view bytes,
                                                                   const ParseVenue& parse_venue);

  [[nodiscard]] std::int32_t partition() const { return partition_; }
  // The venues that are configured; nullptr: not known, the journal is of an earlier version.
  [[nodiscard]] const wire::ConfiguredVenues* configured() const { return configured_.get(); }
  // The partition that this venue is at home on; -1 when it is not configured.
  [[nodiscard]] std::int32_t home_of(std::string_view venue_id) const;

  // The inputs, live: each is journalled and what follows from it is pending.
  void start(const wire::ShardStart& start);
  // Journalled when it is not as it was already.
  void configure(std::shared_ptr<const wire::ConfiguredVenues> venues);
  void put_venue(const wire::VenueFile& file, std::shared_ptr<const Venue> venue);
  void tick(const Tick& tick);
  void take(const log::Record& record);
  // Makes a snapshot of the state at this place; it is pending, too.
  Snapshot& cut(std::uint64_t generation);
  // Takes these venues over from another partition of another log, as they stand there; they are
  // in force here then. Those that are not in force there are passed over. Not journalled: for the
  // beginning of a log, with a cut to follow.
  void adopt(PartitionWork& from, std::span<const std::string> venue_ids);
  // Nothing before this offset is left to take.
  void set_position(std::int64_t offset) { position_ = offset; }

  // The same inputs again, as the journal tells them: nothing is said, counted or sent.
  void redo(const wire::ShardStart& start);
  void redo(const wire::ConfiguredVenues& venues);
  void redo(const wire::VenueFile& file, std::shared_ptr<const Venue> venue);
  void redo(const Tick& tick);
  void redo(const log::Record& record);

  [[nodiscard]] std::int64_t position() const { return position_; }
  [[nodiscard]] const Shard& shard() const { return shard_; }
  // The venues in force, with their files.
  struct InForce {
    std::shared_ptr<const wire::VenueFile> file;
    std::shared_ptr<const Venue> venue;
  };
  [[nodiscard]] const std::vector<InForce>& in_force() const { return in_force_; }
  // Where the venue's time stands; nothing before its first reading.
  [[nodiscard]] std::optional<EventTime> venue_time(std::string_view venue_id) const;
  [[nodiscard]] const Pending& pending() const { return pending_; }
  // What became of each reading of the record taken last; none when it was refused as a whole.
  [[nodiscard]] std::span<const Outcome> outcomes() const { return outcomes_; }
  // Those of them that were rejected; index 0 alone when the record was refused as a whole.
  [[nodiscard]] std::span<const wire::RejectedReading> rejected() const { return rejected_; }
  // Hands over what is pending, and begins anew with `emptied`, of which it uses the capacity.
  [[nodiscard]] Pending hand_over(Pending emptied);

 private:
  void note_in_force(const wire::VenueFile& file, std::shared_ptr<const Venue> venue);
  void apply(const log::Record& record, bool muted);
  // Whether the record was forwarded here before; notes it when it was not.
  [[nodiscard]] bool forwarded_before(const log::Record& record, bool& forwarded);
  [[nodiscard]] bool may_forward(std::int32_t origin) const;
  [[nodiscard]] Outcome route(const Reading& reading, std::uint32_t index, bool stays);
  void forward_elsewhere(const log::Record& record);
  void reject(const log::Record& record, std::string_view message);

  std::int32_t partition_;
  std::shared_ptr<const wire::ConfiguredVenues> configured_;
  Shard shard_;
  std::vector<InForce> in_force_;
  std::int64_t position_ = 0;
  // Highest offset forwarded here from each other partition.
  std::map<std::int32_t, std::int64_t> forwarded_until_;

  wire::ReadingsDecoder decoder_;
  Pending pending_;
  Outputs unsaid_;
  // Of the record in hand.
  std::vector<Outcome> outcomes_;
  std::vector<wire::RejectedReading> rejected_;
  std::map<std::int32_t, std::vector<std::uint32_t>> elsewhere_;
};

}  // namespace crowdflow::processor
