#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/time.h>

// What the console's reader hands to its state: plain values, decoded and already JSON where the
// page gets JSON.
namespace crowdflow::console {

// The newest live state of a zone's shortest window among the records of a batch.
struct ZoneUpdate {
  std::size_t zone = 0;  // in the ZoneDirectory
  EventTime window_end{};
  std::string json;  // ZoneState
};

// What a live state said about a zone's density, for its history.
struct DensityPoint {
  std::size_t zone = 0;
  EventTime at{};
  // People per square metre; nothing when the data are STALE or UNKNOWN.
  std::optional<double> density;
};

// The newest transition of an alarm.
struct AlarmUpdate {
  std::string alert_id;
  bool condition_active = false;
  WallTime said_at{};
  std::string json;  // Alert; empty: the alarm is gone from the log
};

struct FeedBatch {
  std::vector<ZoneUpdate> zones;
  std::vector<DensityPoint> densities;  // in the order of the log
  std::vector<AlarmUpdate> alarms;

  [[nodiscard]] bool empty() const { return zones.empty() && densities.empty() && alarms.empty(); }
};

// The console's connection to the log.
struct FeedHealth {
  bool reachable = false;
  std::string reason = "not connected yet";  // in words, when not reachable
  friend bool operator==(const FeedHealth&, const FeedHealth&) = default;
};

}  // namespace crowdflow::console
