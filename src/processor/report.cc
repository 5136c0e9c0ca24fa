#include "processor/report.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace crowdflow::processor {

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

void Report::begin(WallTime now) {
  status_.now = now;
  status_.partitions.clear();
}

void Report::partition(const PartitionWork& work, std::int64_t end) {
  status_.partitions.push_back({.partition = work.partition(),
                                .position = work.position(),
                                .end = std::max(end, work.position())});
  for (const VenueProgress& progress : work.shard().progress()) {
    const auto venue = std::ranges::find(status_.venues, progress.venue->id,
                                         [](const auto& known) { return known.venue->id; });
    if (venue == status_.venues.end()) continue;
    present_.clear();
    work.shard().present(progress.venue->id, present_);
    venue->progress = progress;
    venue->progress.venue = venue->venue.get();
    venue->zones = present_.states;
    note_oddities(work.shard(), *venue);
  }
}

void Report::note_oddities(const Shard& shard, telemetry::VenueStatus& venue) {
  venue.oddities.clear();
  const std::vector<SensorTotals> totals = shard.sensor_totals(venue.venue->id);
  // A shard may know another version of the venue for a moment.
  const std::size_t sensors = std::min(totals.size(), venue.venue->sensors.size());
  for (std::size_t sensor = 0; sensor < sensors; ++sensor) {
    for (std::size_t i = 0; i < kOddityCount; ++i) {
      const std::uint32_t count = totals[sensor].oddities[i];
      if (count == 0) continue;
      venue.oddities.push_back({.sensor = static_cast<SensorIndex>(sensor),
                                .oddity = static_cast<Oddity>(i),
                                .count = count});
    }
  }
}

void Report::publish() {
  cell_.writable() = status_;
  cell_.publish();
}

}  // namespace crowdflow::processor
