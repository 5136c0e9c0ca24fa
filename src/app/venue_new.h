#pragma once

#include <string>
#include <vector>

namespace crowdflow::app {

struct VenueNewOptions {
  // All as venue_parts.h and venue_answers.h read them. Nothing of this given: a person is asked.
  std::string name;
  std::string id;         // empty: from the name
  std::string time_zone;  // empty: the machine's
  std::vector<std::string> zones;
  std::vector<std::string> doors;
  std::vector<std::string> counters;

  std::string output;  // empty: ID.yaml here
  bool force = false;  // replace the file that is there
};

// Writes a venue file, valid and with comments, or none. Returns the exit code.
[[nodiscard]] int venue_new(const VenueNewOptions& options);

}  // namespace crowdflow::app
