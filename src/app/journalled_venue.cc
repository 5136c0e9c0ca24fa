#include "app/journalled_venue.h"

#include "config/config_error.h"
#include "config/venue_file.h"

namespace crowdflow::app {

Result<std::shared_ptr<const Venue>> parse_journalled_venue(const wire::VenueFile& file) {
  auto venue =
      config::parse_venue_again(file.yaml, "a venue file in the journal", file.utc_offsets);
  if (!venue) return fail(ErrorCode::kInvalid, config::format_errors(venue.error()));
  return std::make_shared<const Venue>(std::move(*venue));
}

}  // namespace crowdflow::app
