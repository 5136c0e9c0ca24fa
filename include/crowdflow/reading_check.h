#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/outcome.h>
#include <crowdflow/reading.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow {

// Why the engine would refuse a reading.
struct ReadingFault {
  // kUnknownVenue, kUnknownSensor, kImpossible or kFuture.
  Outcome reason = Outcome::kImpossible;
  // The contract's name of what is wrong: "event_time", "count_delta.entries". Lasts for ever.
  std::string_view field;
  // What was found and what was expected; no trailing full stop.
  std::string message;
};

// Says of a reading, before it is published, whether the engine will refuse it for what it is: all
// that does not depend on what was said before. So a reading without a fault may still be LATE or a
// repeat, and one in time for this clock be ahead of the engine's.
//
// Threads: any number at once. Ownership: shares the venues.
class ReadingCheck {
 public:
  // No venues: venues and sensors are not known here, and only values are checked.
  explicit ReadingCheck(std::vector<std::shared_ptr<const Venue>> venues);
  ~ReadingCheck();
  ReadingCheck(ReadingCheck&&) noexcept;
  ReadingCheck& operator=(ReadingCheck&&) noexcept;

  // `now`: the wall clock.
  [[nodiscard]] std::optional<ReadingFault> fault_of(const Reading& reading, WallTime now) const;

 private:
  class KnownVenue;
  std::vector<std::unique_ptr<KnownVenue>> venues_;  // by id
};

}  // namespace crowdflow
