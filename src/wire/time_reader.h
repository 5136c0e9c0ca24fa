#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include <crowdflow/result.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>

namespace crowdflow::wire {

// Reads times as people and spreadsheets write them. Threads: any number at once.
class TimeReader {
 public:
  // `format`: as strftime has it, of %Y %m %d %H %M %S, %y %b %I %p %f (digits of a second), %z, %s
  // (seconds since 1970), %F %T %R %e; empty: RFC 3339, or the same without a zone, to the minute
  // at least. `zone`: what local time means, as in Venue::utc_offsets; nothing: times without a
  // zone of their own are refused. kInvalid: not such a format.
  [[nodiscard]] static Result<TimeReader> make(std::string format,
                                               std::optional<std::vector<UtcOffset>> zone);

  struct Times {
    EventTime time{};
    // When clocks are set back, a local time comes twice: the second time.
    std::optional<EventTime> again;
  };
  // The error says what was expected.
  [[nodiscard]] tl::expected<Times, std::string> read(std::string_view text) const;

 private:
  TimeReader(std::string format, std::optional<std::vector<UtcOffset>> zone)
      : format_(std::move(format)), zone_(std::move(zone)) {}
  [[nodiscard]] tl::expected<Times, std::string> from_local(Span local) const;

  std::string format_;
  std::optional<std::vector<UtcOffset>> zone_;
};

}  // namespace crowdflow::wire
