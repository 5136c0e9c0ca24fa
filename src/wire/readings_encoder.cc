#include "wire/readings_encoder.h"

#include <chrono>
#include <string>
#include <variant>

namespace crowdflow::wire {
namespace {

// Overloads, one per kind of statement.
struct Fill {
  v1::Reading& out;

  void operator()(std::monostate) const {}
  void operator()(const CountDelta& said) const {
    out.mutable_count_delta()->set_entries(said.entries);
    out.mutable_count_delta()->set_exits(said.exits);
  }
  void operator()(const CountTotal& said) const {
    out.mutable_count_total()->set_entries(said.entries);
    out.mutable_count_total()->set_exits(said.exits);
  }
  void operator()(const Occupancy& said) const {
    out.mutable_occupancy()->set_people(said.people);
    out.mutable_occupancy()->set_stddev(said.stddev);
    out.mutable_occupancy()->set_capped_at(said.capped_at);
  }
  void operator()(const Motion& said) const {
    out.mutable_motion()->set_mean_speed(said.mean_speed);
    out.mutable_motion()->set_velocity_variance(said.velocity_variance);
  }
  void operator()(const Anchor& said) const {
    out.mutable_anchor()->set_zone_id(std::string(said.zone_id));
    out.mutable_anchor()->set_people(said.people);
    out.mutable_anchor()->set_stddev(said.stddev);
  }
  void operator()(const Access& said) const {
    out.mutable_access()->set_admitted(said.admitted);
    if (said.refused > 0) (*out.mutable_access()->mutable_refused())["refused"] = said.refused;
  }
  void operator()(const Heartbeat&) const { out.mutable_heartbeat(); }
};

}  // namespace

void ReadingsEncoder::begin(std::string_view venue_id) {
  batch_.Clear();
  batch_.set_venue_id(std::string(venue_id));
}

void ReadingsEncoder::add(const Reading& reading) {
  v1::Reading& out = *batch_.add_readings();
  out.set_sensor_id(std::string(reading.sensor_id));
  out.set_sequence(reading.sequence);
  out.set_boot_id(reading.boot_id);
  set_time(reading.event_time, *out.mutable_event_time());
  if (reading.interval != Span{0}) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(reading.interval);
    out.mutable_interval()->set_seconds(seconds.count());
    out.mutable_interval()->set_nanos(
        static_cast<std::int32_t>((reading.interval - seconds).count() * 1000));
  }
  std::visit(Fill{out}, reading.statement);
}

}  // namespace crowdflow::wire
