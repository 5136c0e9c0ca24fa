#include "console/zone_directory.h"

#include <utility>

namespace crowdflow::console {
namespace {

template <typename Ids>
std::optional<std::size_t> find(const Ids& ids, std::string_view id) {
  const auto found = ids.find(id);
  if (found == ids.end()) return {};
  return found->second;
}

}  // namespace

ZoneDirectory::ZoneDirectory(std::vector<std::shared_ptr<const Venue>> venues)
    : venues_(std::move(venues)), zone_ids_(venues_.size()) {
  for (std::size_t venue = 0; venue < venues_.size(); ++venue) {
    venue_ids_.emplace(venues_[venue]->id, venue);
    for (ZoneIndex zone = 0; zone < venues_[venue]->zones.size(); ++zone) {
      zone_ids_[venue].emplace(venues_[venue]->zones[zone].id, zones_.size());
      zones_.push_back({venue, zone});
    }
  }
}

std::optional<std::size_t> ZoneDirectory::find_venue(std::string_view id) const {
  return find(venue_ids_, id);
}

std::optional<std::size_t> ZoneDirectory::find_zone(std::size_t venue, std::string_view id) const {
  return find(zone_ids_[venue], id);
}

}  // namespace crowdflow::console
