#include "processor/report.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace crowdflow::processor {

using telemetry::VenueStatus;

Report::Report(StatusCell& cell, std::vector<std::shared_ptr<const Venue>> venues) : cell_(cell) {
  for (auto& venue : venues)
    status_.venues.push_back({.venue = std::move(venue)});
}

void Report::stage(telemetry::EngineStage stage, std::string reason, WallTime now) {
  status_.stage = stage;
  status_.reason = std::move(reason);
  status_.now = now;
  publish();
}

void Report::committed(const PartitionWork::Pending& pending, WallTime now) {
  status_.accounting += pending.accounting;
  for (const EventTime at : pending.event_times) {
    const Span age = now.time_since_epoch() - at.time_since_epoch();
    status_.end_to_end.observe(std::max(0.0, std::chrono::duration<double>(age).count()));
  }
  for (const auto& [venue, alert] : pending.outputs.alerts) {
    ++(alert.condition_active ? status_.alerts_raised : status_.alerts_cleared);
  }
}

void Report::commit_took(double seconds) {
  ++status_.commits;
  status_.commit_duration.observe(seconds);
}

void Report::saved(std::uint64_t bytes) {
  ++status_.snapshots;
  status_.snapshot_bytes = bytes;
}

void Report::restore_took(double seconds) { status_.restore_seconds = seconds; }

void Report::begin(WallTime now) {
  status_.now = now;
  status_.partitions.clear();
  // Of a venue whose partition has gone to another engine nothing is known here any more.
  for (VenueStatus& venue : status_.venues)
    venue = {.venue = std::move(venue.venue), .progress = {}, .zones = {}, .oddities = {}};
}

void Report::partition(std::int32_t partition, const Progress& progress, std::int64_t end) {
  status_.partitions.push_back({.partition = partition,
                                .position = progress.position,
                                .end = std::max(end, progress.position)});
  for (const VenueStatus& told : progress.venues) {
    const auto venue = std::ranges::find(status_.venues, told.progress.venue->id,
                                         [](const auto& known) { return known.venue->id; });
    if (venue == status_.venues.end()) continue;
    venue->progress = told.progress;
    venue->progress.venue = venue->venue.get();
    venue->zones = told.zones;
    venue->oddities = told.oddities;
    // A shard may know another version of the venue for a moment.
    std::erase_if(venue->oddities, [&](const telemetry::SensorOddity& oddity) {
      return oddity.sensor >= venue->venue->sensors.size();
    });
  }
}

void Report::publish() {
  cell_.writable() = status_;
  cell_.publish();
}

}  // namespace crowdflow::processor
