#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <crowdflow/venue.h>

#include "config/document.h"
#include "config/report.h"

namespace crowdflow::config {

// The ids of one list, for references to it.
class Names {
 public:
  // `noun`: "zone".
  explicit Names(std::string_view noun) : noun_(noun) {}

  // The next item of the list is called `id`, at `node` (nullptr: it has none; that was reported).
  // Reports an id that another item has.
  void add(Report& report, const Node* node, const std::string& id);
  // Reports what is not the id of an item. `other`: a word that could stand there instead of an id.
  [[nodiscard]] std::optional<std::uint32_t> resolve(Report& report, const Node* node,
                                                     std::string_view other = {}) const;

 private:
  struct Item {
    std::uint32_t index = 0;
    std::uint32_t line = 0;
  };

  std::string_view noun_;
  std::uint32_t next_ = 0;
  std::unordered_map<std::string, Item> items_;
};

// A sensor in the file, before it is read: a map under `sensors`, or what an opening or a zone
// names as its own.
struct SensorSource {
  const Node* node = nullptr;
  std::optional<OpeningIndex> at;
  std::optional<ZoneIndex> in;
};

// A venue while its file is being read. Items keep their place in the lists even when something is
// wrong with them, so that references to them are not wrong too.
struct VenueDraft {
  Report& report;
  // What the time zone's name means, when that is known already.
  std::optional<std::vector<UtcOffset>> utc_offsets{};
  Venue venue{};

  Names profiles{"profile"};
  Names zones{"zone"};
  Names openings{"opening"};
  Names sensors{"sensor"};
  Names rules{"rule"};

  // Profiles and zones are as the file says: false after an error in one of them.
  bool limits_are_known = false;

  std::vector<SensorSource> sensor_sources{};
  // Where each zone, opening and rule begins in the file.
  std::vector<const Node*> zone_nodes{};
  std::vector<const Node*> opening_nodes{};
  std::vector<const Node*> rule_nodes{};
};

// The sections of a venue file, to be read in this order; nullptr: not given.
void read_profiles(VenueDraft& draft, const Node* section);
void read_zones(VenueDraft& draft, const Node* section);
void read_openings(VenueDraft& draft, const Node* section);
void read_sensors(VenueDraft& draft, const Node* section);
void read_windows(VenueDraft& draft, const Node* section);
void read_rules(VenueDraft& draft, const Node* section);

// The built-in profile that a zone is judged by which names none.
[[nodiscard]] std::string_view profile_for(ZoneKind kind);

// Warns about what is allowed and yet probably not meant.
void add_remarks(VenueDraft& draft);

// A window such as "10s/1s" or "1m", within what the engine keeps.
[[nodiscard]] std::optional<WindowSpec> read_window(Report& report, const Node* node);

}  // namespace crowdflow::config
