#pragma once

#include <memory>
#include <span>
#include <string>

#include <crowdflow/venue.h>

namespace crowdflow::console {

// Appends the venues as a JSON array, as the page gets them: zones with their profile, their
// outline and for how long, in seconds, their newest state may be taken for the present; openings
// with the ids of their sides.
void append_venues(std::span<const std::shared_ptr<const Venue>> venues, std::string& out);

}  // namespace crowdflow::console
