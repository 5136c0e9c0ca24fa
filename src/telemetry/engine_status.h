#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/oddity.h>
#include <crowdflow/outcome.h>
#include <crowdflow/shard.h>
#include <crowdflow/time.h>
#include <crowdflow/venue.h>
#include <crowdflow/zone_state.h>

namespace crowdflow::telemetry {

// Counts of durations by classic Prometheus buckets. Plain: one thread owns it.
struct LatencyHistogram {
  // Upper bounds in seconds; the last bucket has none.
  static constexpr std::array<double, 14> kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                  0.25,  0.5,    1,     2.5,  5,     10,   60};
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double sum_seconds = 0;

  void observe(double seconds) {
    std::size_t i = 0;
    while (i < kBounds.size() && seconds > kBounds[i])
      ++i;
    ++counts[i];
    sum_seconds += seconds;
  }
};

enum class EngineStage : std::uint8_t {
  kStarting,   // not connected yet, or connecting again after a failure
  kWaiting,    // connected; no partitions assigned
  kRestoring,  // re-applying what the log holds
  kRunning,
  kStopping,  // committing what was applied, and taking nothing more
};

// How often something about a sensor's readings was odd.
struct SensorOddity {
  SensorIndex sensor = 0;
  Oddity oddity{};
  std::uint32_t count = 0;  // above 0
};

struct VenueStatus {
  std::shared_ptr<const Venue> venue;
  VenueProgress progress;
  // The present state of each zone, in the file's order; empty until the venue has started.
  std::vector<ZoneState> zones;
  // By sensor, then by oddity. What is not odd is not here: most sensors never are.
  std::vector<SensorOddity> oddities;
};

struct PartitionStatus {
  std::int32_t partition = 0;
  // Offset of the next record to take, and the end of the partition when last heard.
  std::int64_t position = 0;
  std::int64_t end = 0;
};

// What the engine tells about itself, once a second. A value: the thread that runs the engine fills
// it, any other reads a copy (concurrency/latest_value.h).
struct EngineStatus {
  EngineStage stage = EngineStage::kStarting;
  // Why it is not running, or the last failure, in words; may be empty.
  std::string reason;
  WallTime now{};  // of the last tick
  std::vector<VenueStatus> venues;
  std::vector<PartitionStatus> partitions;
  // Since the process started; what was re-applied at a start is not counted again.
  Accounting accounting;
  std::uint64_t commits = 0;
  std::uint64_t restarts = 0;   // times that the engine was discarded and restored in this process
  std::uint64_t snapshots = 0;  // that were completed
  std::uint64_t snapshot_bytes = 0;  // of the last one
  double restore_seconds = 0;        // the last assignment's, all its partitions
  std::uint64_t alerts_raised = 0;
  std::uint64_t alerts_cleared = 0;
  // From the event time of a reading to the end of the commit that holds what followed from it.
  LatencyHistogram end_to_end;
  LatencyHistogram commit_duration;
};

}  // namespace crowdflow::telemetry
