#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <crowdflow/time.h>

#include "console/density_history.h"
#include "console/feed.h"
#include "console/zone_directory.h"

namespace crowdflow::console {

// What the operators' page shows, and its JSON: the newest state of each zone, each alarm's newest
// transition, and 15 minutes of density.
//
// Updates are numbered. A snapshot carries the number of the last update and holds at least what
// was said up to it, so whoever has the snapshot can take the next update.
//
// Threads: one at a time. No clock in here: `now` is the wall clock, for the page's ages.
class ConsoleState {
 public:
  using Text = std::shared_ptr<const std::string>;

  // Alarms whose condition has ended stay for this long, and this many of them.
  static constexpr std::chrono::hours kClearedStay{1};
  static constexpr std::size_t kMostCleared = 200;

  // `version`: of the program.
  ConsoleState(std::shared_ptr<const ZoneDirectory> directory, std::string version);

  void apply(FeedBatch batch);
  void set_health(FeedHealth health);

  // Whether something was said since the last update().
  [[nodiscard]] bool changed() const;
  // {"type":"update",...}: what was said since the last one.
  [[nodiscard]] Text update(WallTime now);
  // {"type":"snapshot",...}. The same text until the next update().
  [[nodiscard]] Text snapshot(WallTime now);

  // The bodies of /api/v1/venues, /api/v1/zones and /api/v1/alerts.
  [[nodiscard]] std::string venues() const { return "{\"venues\":" + venues_ + '}'; }
  [[nodiscard]] std::string zones(WallTime now) const;
  [[nodiscard]] std::string alerts(WallTime now) const;

 private:
  struct ZoneView {
    EventTime window_end{};
    std::string json;  // that of a zone never heard of, to begin with
    DensityHistory history;
    bool changed = false;
  };
  struct AlarmView {
    bool condition_active = false;
    WallTime said_at{};
    std::string json;
  };
  using Alarms = std::map<std::string, AlarmView, std::less<>>;

  void apply(ZoneUpdate& update);
  void apply(AlarmUpdate& update);
  void forget_old_alarms();
  [[nodiscard]] static bool shown(const AlarmView& alarm, WallTime now);

  void append_head(std::string_view type, WallTime now, std::string& out) const;
  void append_zones(std::string& out) const;
  void append_alerts(WallTime now, std::string& out) const;
  void append_history(std::string& out) const;

  const std::shared_ptr<const ZoneDirectory> directory_;
  const std::string version_;
  std::string venues_;  // a JSON array

  std::vector<ZoneView> zones_;      // as in the directory
  std::vector<EventTime> frontier_;  // by venue: the newest window_end
  Alarms alarms_;
  FeedHealth health_;

  std::uint64_t sequence_ = 1;  // of the last update
  bool health_changed_ = false;
  std::vector<std::size_t> changed_zones_;
  std::set<std::string> changed_alarms_;  // ids
  Text snapshot_;                         // made since the last update; null: none yet
};

}  // namespace crowdflow::console
