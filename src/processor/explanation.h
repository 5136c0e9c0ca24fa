#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/result.h>
#include <crowdflow/venue.h>

#include "log/log.h"
#include "processor/options.h"
#include "wire/journal.h"
#include "wire/messages.h"

namespace crowdflow::processor {

// A transition as `alerts` holds it.
struct HeldAlert {
  std::int64_t offset = 0;
  std::string value;  // byte for byte
  v1::Alert alert;
};

struct AlertSearch {
  // The raise that was looked for; nothing: `alerts` does not hold it.
  std::optional<HeldAlert> raise;
  // Of the alarm, those whose raise is held, in the order of the partition.
  std::vector<std::uint64_t> occurrences;
  // Of all alarms of the venue that `alerts` holds, in their order.
  std::vector<std::string> alert_ids;
};

// Looks for the raise of one alarm of a venue: the one with this occurrence, or the latest.
[[nodiscard]] Result<AlertSearch> find_raise(log::Log& log, const ProcessorOptions& options,
                                             std::int32_t partition, const std::string& venue_id,
                                             const std::string& alert_id,
                                             std::optional<std::uint64_t> occurrence);

// Why an alarm was raised: all that decided it, as it was then.
struct Explanation {
  // A reading of a sensor of the zone, or a count of the zone or the venue.
  struct Statement {
    v1::Reading reading;
    std::int64_t offset = 0;  // of its record
    std::uint32_t index = 0;  // within it, from 0
    Outcome outcome = Outcome::kApplied;
    // When it was taken: venue time behind it, and the wall clock of the tick in force.
    EventTime venue_time{};
    WallTime now{};
  };
  // The zone as it stood when a second of venue time began, and when the alarm was raised, over the
  // venue's shortest window. It ends at the last second that all its sensors had told by then.
  struct Level {
    EventTime venue_time{};
    v1::ZoneState state;
  };

  HeldAlert held;
  wire::VenueFile file;  // in force
  std::shared_ptr<const Venue> venue;
  std::uint32_t rule = 0;
  ZoneIndex zone = 0;
  // Readings and levels are told from this event time on: the rule's window and its delay before
  // the alarm, and a little more.
  EventTime since{};
  std::vector<Statement> statements;  // in the order taken
  std::vector<Level> levels;

  // What was taken until then, by the wall clock, is not told, though it may be of that time: the
  // log does not reach back far enough.
  std::optional<WallTime> untold_until;

  // The step that raised it: a record, or else a tick.
  std::optional<std::int64_t> record_offset;
  Tick tick;  // in force
  EventTime venue_time{};
  std::int64_t journal_offset = 0;
  // Where in the journal it was begun to do it again.
  std::int64_t journal_from = 0;
};

// Does again what the journal says, from the latest start before the time that is told up to the
// step that raised the alarm. kNotFound: the journal raises no such alarm. kInvalid: it is not the
// one that is held, byte for byte; or the journal does not reach back.
[[nodiscard]] Result<Explanation> explain(log::Log& log, const ProcessorOptions& options,
                                          std::int32_t partition, const HeldAlert& held);

}  // namespace crowdflow::processor
