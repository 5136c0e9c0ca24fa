#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/alert.h>
#include <crowdflow/shard.h>
#include <crowdflow/venue.h>

namespace crowdflow {

class SnapshotReader;
class SnapshotWriter;

// The alarms of one venue: one for each rule and zone, with on-delay, off-delay and deadband. Time
// is what the caller says: venue time for the present level, the window's end for a window.
class Alarms {
 public:
  explicit Alarms(const Venue& venue);

  // A value of the zone to judge, at one moment.
  struct Sample {
    EventTime at{};
    double density = 0;    // people per square metre
    double occupancy = 0;  // people
    Quality quality = Quality::kUnknown;
  };

  // Judges the zone's present level by its rules without a window.
  void judge_present(ZoneIndex zone, const Sample& sample, WallTime now, Outputs& out);

  // The windows that the zone's rules want judged, each second of venue time.
  [[nodiscard]] std::span<const WindowSpec> windows_of(ZoneIndex zone) const {
    return zones_[zone].windows;
  }
  // Judges a window of the zone by the rules on that window.
  void judge_window(ZoneIndex zone, const WindowSpec& window, const Sample& sample, WallTime now,
                    Outputs& out);

  // What the alarms of a venue take.
  [[nodiscard]] static std::size_t bytes(const Venue& venue) {
    std::size_t bytes = venue.zones.size() * sizeof(ZoneAlarms);
    for (const Rule& rule : venue.rules)
      bytes += rule.zones.size() * (sizeof(Alarm) + sizeof(WindowSpec));
    return bytes;
  }

  // Active alarms by Priority.
  [[nodiscard]] std::array<std::uint64_t, 4> active() const;

  [[nodiscard]] bool watches_present(ZoneIndex zone) const { return zones_[zone].watches_present; }

  // Takes over the alarms of another version of the venue that have the same rule and zone ids;
  // active ones whose rule or zone is gone are cleared, for good: their occurrence is over.
  void adopt(const Alarms& old, EventTime at, WallTime now, Outputs& out);

  // As bytes. These are new when they are loaded.
  void save(SnapshotWriter& to) const;
  void load(SnapshotReader& from);

 private:
  struct Alarm {
    std::uint32_t rule = 0;
    bool active = false;
    // The condition for the opposite of `active` has held since then.
    bool turning = false;
    EventTime turning_since{};
    std::uint64_t occurrence = 0;
    std::uint64_t sequence = 0;
  };
  struct ZoneAlarms {
    std::vector<Alarm> alarms;  // in the order of the rules
    std::vector<WindowSpec> windows;
    bool watches_present = false;
  };

  void judge(ZoneIndex zone, Alarm& alarm, const Sample& sample, WallTime now, Outputs& out);

  const Venue* venue_;
  std::vector<ZoneAlarms> zones_;
  // How often alarms were raised that a former version of the file had (rule id, zone id): one that
  // comes back goes on counting.
  std::map<std::pair<std::string, std::string>, std::uint64_t> raised_before_;
};

}  // namespace crowdflow
