#pragma once

#include <memory>

#include <crowdflow/result.h>
#include <crowdflow/venue.h>

#include "wire/journal.h"

namespace crowdflow::app {

// Reads a venue file that stands in the journal; local time is what it was where it was read first.
[[nodiscard]] Result<std::shared_ptr<const Venue>> parse_journalled_venue(
    const wire::VenueFile& file);

}  // namespace crowdflow::app
