#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/venue.h>

namespace crowdflow::console {

// All zones of all venues, numbered through: first the venues in the order given, within each its
// zones in the order of its file. Constant after construction; any thread.
class ZoneDirectory {
 public:
  struct Entry {
    std::size_t venue = 0;  // index into venues()
    ZoneIndex zone = 0;     // index into the venue's zones
  };

  explicit ZoneDirectory(std::vector<std::shared_ptr<const Venue>> venues);

  [[nodiscard]] std::span<const std::shared_ptr<const Venue>> venues() const { return venues_; }
  [[nodiscard]] std::span<const Entry> zones() const { return zones_; }

  // The index of a venue, the number of one of its zones; nothing when there is none of that id.
  [[nodiscard]] std::optional<std::size_t> find_venue(std::string_view id) const;
  [[nodiscard]] std::optional<std::size_t> find_zone(std::size_t venue, std::string_view id) const;

  [[nodiscard]] const Venue& venue_of(std::size_t zone) const {
    return *venues_[zones_[zone].venue];
  }
  [[nodiscard]] const Zone& zone(std::size_t zone) const {
    return venue_of(zone).zones[zones_[zone].zone];
  }

 private:
  using Ids = std::map<std::string, std::size_t, std::less<>>;

  std::vector<std::shared_ptr<const Venue>> venues_;
  std::vector<Entry> zones_;
  Ids venue_ids_;
  std::vector<Ids> zone_ids_;  // by venue
};

}  // namespace crowdflow::console
