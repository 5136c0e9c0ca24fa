#include "telemetry/exposition.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "build_info.h"
#include "telemetry/health.h"
#include "telemetry/metric_writer.h"
#include "telemetry/process_metrics.h"

namespace crowdflow::telemetry {
namespace {

constexpr std::array<const char*, 4> kQualities{"good", "degraded", "stale", "unknown"};
constexpr std::array<const char*, 4> kPriorities{"low", "medium", "high", "critical"};
constexpr std::array<const char*, 5> kStages{"starting", "waiting", "restoring", "running",
                                             "stopping"};
constexpr std::array<const char*, 6> kKinds{"walkway",  "stairs",  "queue",
                                            "standing", "seating", "other"};

double seconds(Span span) { return std::chrono::duration<double>(span).count(); }

double age_seconds(WallTime now, EventTime at) {
  return seconds(now.time_since_epoch() - at.time_since_epoch());
}

Labels labels_of(const Venue& venue, const Zone& zone) {
  return {{"venue", venue.id}, {"zone", zone.id}};
}

Labels with(Labels labels, const char* name, const char* value) {
  labels.emplace_back(name, value);
  return labels;
}

template <typename Value>
void for_zones(const EngineStatus& status, Value&& value) {
  for (const VenueStatus& of : status.venues) {
    for (const Zone& zone : of.venue->zones)
      value(*of.venue, zone);
  }
}

// For each zone that has a state.
template <typename Value>
void for_states(const EngineStatus& status, Value&& value) {
  for (const VenueStatus& of : status.venues) {
    for (const ZoneState& state : of.zones) {
      value(labels_of(*of.venue, of.venue->zones[state.zone]), state);
    }
  }
}

bool level_is_known(const ZoneState& state) { return state.quality != Quality::kUnknown; }

// A level may be unknown where people are counted through the doors all the same.
bool flow_is_known(const ZoneState& state) {
  const QualityReasons unheard = bit(QualityReason::kNeverHeard) | bit(QualityReason::kNoSensor);
  return level_is_known(state) || (state.quality_reasons & unheard) == 0;
}

void levels(MetricWriter& out, const EngineStatus& status) {
  out.gauge("crowdflow_zone_density_persons_per_square_meter",
            "People per square metre at the end of the zone's newest window; absent when unknown.");
  for_states(status, [&](const Labels& labels, const ZoneState& state) {
    if (level_is_known(state)) out.sample(labels, state.density_at_end);
  });
  out.gauge("crowdflow_zone_occupancy_persons",
            "People present at the end of the zone's newest window; absent when unknown.");
  for_states(status, [&](const Labels& labels, const ZoneState& state) {
    if (level_is_known(state)) out.sample(labels, static_cast<double>(state.occupancy));
  });
  out.gauge("crowdflow_zone_level_of_service",
            "Level of service by the zone's profile: 1 is A (free), 6 is F (breakdown); absent "
            "when unknown.");
  for_states(status, [&](const Labels& labels, const ZoneState& state) {
    if (level_is_known(state)) out.sample(labels, 1.0 + static_cast<int>(state.level_of_service));
  });
  out.gauge("crowdflow_zone_flow_persons_per_second",
            "People who came in and who left, averaged over the zone's newest window; absent when "
            "nothing has been heard of them.");
  for_states(status, [&](const Labels& labels, const ZoneState& state) {
    if (!flow_is_known(state)) return;
    out.sample(with(labels, "direction", "in"), state.inflow / 60);
    out.sample(with(labels, "direction", "out"), state.outflow / 60);
  });
}

void qualities(MetricWriter& out, const EngineStatus& status, WallTime now) {
  out.gauge("crowdflow_zone_quality",
            "1 for the quality that the zone's data have, 0 for the others.");
  const auto sample = [&](const Labels& labels, Quality quality) {
    for (std::size_t i = 0; i < kQualities.size(); ++i) {
      out.sample(with(labels, "quality", kQualities[i]),
                 static_cast<std::size_t>(quality) == i ? 1.0 : 0.0);
    }
  };
  // What an engine said that has stopped speaking was good when it was said.
  const Quality best = is_current(status, now) ? Quality::kGood : Quality::kStale;
  for (const VenueStatus& of : status.venues) {
    for (const ZoneState& state : of.zones) {
      sample(labels_of(*of.venue, of.venue->zones[state.zone]), std::max(best, state.quality));
    }
    if (!of.zones.empty()) continue;
    for (const Zone& zone : of.venue->zones)
      sample(labels_of(*of.venue, zone), Quality::kUnknown);
  }
  out.gauge("crowdflow_zone_data_age_seconds",
            "From the end of the zone's newest window to the scrape, by the wall clock.");
  for_states(status, [&](const Labels& labels, const ZoneState& state) {
    out.sample(labels, age_seconds(now, state.window_end));
  });
}

void zone_facts(MetricWriter& out, const EngineStatus& status) {
  out.gauge("crowdflow_zone_info", "Names of a zone; always 1.");
  for_zones(status, [&](const Venue& venue, const Zone& zone) {
    Labels labels = labels_of(venue, zone);
    labels.emplace_back("name", zone.name);
    labels.emplace_back("kind", kKinds[static_cast<std::size_t>(zone.kind)]);
    labels.emplace_back("profile", venue.profiles[zone.profile].name);
    out.sample(labels, 1.0);
  });
  out.gauge("crowdflow_zone_area_square_meters", "Area of the zone.");
  for_zones(status, [&](const Venue& venue, const Zone& zone) {
    out.sample(labels_of(venue, zone), zone.area_m2);
  });
  out.gauge("crowdflow_zone_capacity_persons",
            "People that the zone is meant to hold at most; absent when the venue file says none.");
  for_zones(status, [&](const Venue& venue, const Zone& zone) {
    if (zone.capacity) out.sample(labels_of(venue, zone), static_cast<double>(*zone.capacity));
  });
  out.gauge("crowdflow_zone_density_limit_persons_per_square_meter",
            "The limit that the zone's profile sets; absent when it sets none.");
  for_zones(status, [&](const Venue& venue, const Zone& zone) {
    const auto& limit = venue.profiles[zone.profile].limit;
    if (limit) out.sample(labels_of(venue, zone), *limit);
  });
}

void venues(MetricWriter& out, const EngineStatus& status, WallTime now) {
  out.gauge("crowdflow_watermark_lag_seconds",
            "From the venue's watermark to the scrape, by the wall clock.");
  for (const VenueStatus& venue : status.venues) {
    if (venue.progress.started) {
      out.sample({{"venue", venue.venue->id}}, age_seconds(now, venue.progress.watermark));
    }
  }
  out.gauge("crowdflow_venue_time_lag_seconds",
            "From the venue's own time to the scrape, by the wall clock.");
  for (const VenueStatus& venue : status.venues) {
    if (venue.progress.started) {
      out.sample({{"venue", venue.venue->id}}, age_seconds(now, venue.progress.venue_time));
    }
  }
  out.gauge("crowdflow_alarms_active", "Alarms whose condition is active.");
  for (const VenueStatus& venue : status.venues) {
    for (std::size_t i = 0; i < kPriorities.size(); ++i) {
      out.sample({{"venue", venue.venue->id}, {"priority", kPriorities[i]}},
                 venue.progress.active_alarms[i]);
    }
  }
}

void sensors(MetricWriter& out, const EngineStatus& status) {
  out.counter("crowdflow_sensor_oddities_total",
              "What was odd about a sensor's readings, as far as the log tells; absent until it "
              "happens.");
  for (const VenueStatus& venue : status.venues) {
    for (const SensorOddity& odd : venue.oddities) {
      out.sample({{"venue", venue.venue->id},
                  {"sensor", venue.venue->sensors[odd.sensor].id},
                  {"oddity", std::string(name_of(odd.oddity))}},
                 std::uint64_t{odd.count});
    }
  }
}

void readings(MetricWriter& out, const EngineStatus& status) {
  const Accounting& accounting = status.accounting;
  out.counter("crowdflow_readings_consumed_total", "Readings taken from the log.");
  out.sample({}, accounting.consumed);
  out.counter("crowdflow_readings_total",
              "Readings by what became of them; they add up to those consumed.");
  std::uint64_t rejected = 0;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (is_rejection(outcome)) {
      rejected += accounting.by_outcome[i];
    } else {
      out.sample({{"result", std::string(name_of(outcome))}}, accounting.by_outcome[i]);
    }
  }
  out.sample({{"result", "rejected"}}, rejected);
  out.counter("crowdflow_readings_rejected_total",
              "Readings that became dead letters, by reason code.");
  for (auto i = static_cast<std::size_t>(kFirstRejection); i < kOutcomeCount; ++i) {
    out.sample({{"reason", std::string(name_of(static_cast<Outcome>(i)))}},
               accounting.by_outcome[i]);
  }
}

void engine(MetricWriter& out, const EngineStatus& status) {
  out.gauge("crowdflow_engine_stage", "1 for the stage that the engine is in, 0 for the others.");
  for (std::size_t i = 0; i < kStages.size(); ++i) {
    out.sample({{"stage", kStages[i]}}, static_cast<std::size_t>(status.stage) == i ? 1.0 : 0.0);
  }
  out.counter("crowdflow_engine_restarts_total",
              "Times that the engine was thrown away and restored within this process.");
  out.sample({}, status.restarts);
  out.counter("crowdflow_engine_snapshots_total", "Snapshots of a partition's state completed");
  out.sample({}, status.snapshots);
  out.gauge("crowdflow_engine_snapshot_bytes", "Size of the latest complete snapshot");
  out.sample({}, static_cast<double>(status.snapshot_bytes));
  out.gauge("crowdflow_engine_restore_seconds",
            "How long restoring took when partitions were last assigned");
  out.sample({}, status.restore_seconds);
  out.gauge("crowdflow_consumer_lag_records",
            "Records of the partition of readings that the engine has still to take.");
  for (const PartitionStatus& partition : status.partitions) {
    out.sample({{"partition", std::to_string(partition.partition)}},
               static_cast<double>(partition.end - partition.position));
  }
  out.counter("crowdflow_commits_total", "Transactions committed.");
  out.sample({}, status.commits);
  out.histogram("crowdflow_commit_duration_seconds", "Time that a commit took.");
  out.sample({}, status.commit_duration);
  out.histogram("crowdflow_end_to_end_latency_seconds",
                "From a record's latest event time to the end of the commit of what followed.");
  out.sample({}, status.end_to_end);
  out.counter("crowdflow_alert_transitions_total", "Alarm transitions committed.");
  out.sample({{"transition", "raised"}}, status.alerts_raised);
  out.sample({{"transition", "cleared"}}, status.alerts_cleared);
}

}  // namespace

std::string exposition(const EngineStatus& status, WallTime now) {
  MetricWriter out;
  levels(out, status);
  qualities(out, status, now);
  zone_facts(out, status);
  venues(out, status, now);
  sensors(out, status);
  readings(out, status);
  engine(out, status);

  const BuildInfo& build = build_info();
  out.gauge("crowdflow_build_info", "What is running; always 1.");
  out.sample({{"version", std::string(build.version)},
              {"commit", std::string(build.commit)},
              {"compiler", std::string(build.compiler)}},
             1.0);
  process_metrics(out);
  return std::move(out).text();
}

std::string log_exposition(bool reachable) {
  MetricWriter out;
  out.gauge("crowdflow_log_reachable", "1 while the brokers answer, 0 while they do not.");
  out.sample({}, reachable ? 1.0 : 0.0);
  return std::move(out).text();
}

}  // namespace crowdflow::telemetry
