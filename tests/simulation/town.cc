#include "simulation/town.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "log/log.h"
#include "wire/readings_encoder.h"
#include "wire/record_headers.h"

namespace crowdflow::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

EventTime event_time(std::int64_t second) { return start_of_second(kEpoch + second); }

std::string protobuf_of(const std::vector<Reading>& readings) {
  wire::ReadingsEncoder encoder;
  encoder.begin(readings.front().venue_id);
  for (const Reading& reading : readings)
    encoder.add(reading);
  return encoder.bytes();
}

std::string json_of(const Reading& reading) {
  const auto& delta = std::get<CountDelta>(reading.statement);
  return R"({"venue_id":")" + std::string(reading.venue_id) + R"(","sensor_id":")" +
         std::string(reading.sensor_id) + R"(","sequence":)" + std::to_string(reading.sequence) +
         R"(,"event_time":")" + to_rfc3339(reading.event_time) +
         R"(","interval":"1s","count_delta":{"entries":)" + std::to_string(delta.entries) +
         R"(,"exits":)" + std::to_string(delta.exits) + "}}";
}

}  // namespace

Town::Town(std::uint64_t seed) : chance_(seed ^ 0x70776eU) {
  partitions_ = static_cast<std::int32_t>(chance_.between(1, 4));
  seconds_ = chance_.between(5, 20);
  const auto venues = static_cast<std::uint32_t>(chance_.between(1, 3));
  for (std::uint32_t number = 0; number < venues; ++number)
    make_venue(number);
  if (chance_.one_in(8)) {
    same_whatever_happens_ = false;
    for (const VenueVersion& known : venues_) {
      Venue changed = *known.venue;
      changed.rules.front().over += 3;
      changed.zones.front().area_m2 *= 2;
      VenueVersion& version = later_.emplace_back();
      version.yaml = known.yaml + ", changed";
      changed.version = venue_version(version.yaml);
      version.venue = std::make_shared<const Venue>(std::move(changed));
    }
  }
  make_voices();
  for (std::int64_t second = 1; second <= seconds_; ++second) {
    for (Voice& voice : voices_) {
      if (chance_.one_in(10)) continue;  // it is silent
      const Time when = seconds{second} + voice.delay + milliseconds{chance_.between(0, 300)};
      publish(voice, {say(voice, second)}, when);
    }
  }
  publish_noise();
  close();
  std::ranges::stable_sort(publications_, {}, &Publication::when);
}

void Town::make_venue(std::uint32_t number) {
  Venue venue;
  venue.id = "venue-" + std::to_string(chance_.below(1000)) + "-" + std::to_string(number);
  venue.profiles.push_back(*built_in_profile("fruin-walkway"));
  venue.windows = {{.size_s = 10, .hop_s = 1}, {.size_s = 20, .hop_s = 20}};
  venue.starts = StartLevel::kEmpty;
  venue.lateness = seconds{chance_.between(3, 6)};
  venue.revise_for = seconds{120};
  if (chance_.one_in(6)) {
    // Some of what the faults hold up will be too late.
    venue.revise_for = seconds{5};
    same_whatever_happens_ = false;
  }
  venue.zones = {{.id = "plaza", .area_m2 = 20}, {.id = "corridor", .area_m2 = 10}};
  venue.openings = {{.id = "gate", .from = kOutside, .to = 0, .width_m = 2},
                    {.id = "door", .from = 0, .to = 1, .width_m = 1}};
  venue.sensors = {{.id = "gate-counter", .at = 0}};
  const bool registers = chance_.one_in(3);
  venue.sensors.push_back(
      {.id = "door-counter", .counts = registers ? CountKind::kTotal : CountKind::kDelta, .at = 1});
  if (chance_.one_in(2)) {
    venue.sensors.push_back({.id = "area", .counts = CountKind::kOccupancy, .in = 1});
  }
  venue.rules = {{.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 8.5},
                 {.id = "dense",
                  .when = RuleKind::kDensity,
                  .zones = {0, 1},
                  .over = 0.7,
                  .deadband = 0.1,
                  .window = WindowSpec{.size_s = 10, .hop_s = 1}}};
  VenueVersion& version = venues_.emplace_back();
  version.yaml = "the file of " + venue.id;
  venue.version = venue_version(version.yaml);
  version.venue = std::make_shared<const Venue>(std::move(venue));
}

void Town::make_voices() {
  for (std::uint32_t v = 0; v < venues_.size(); ++v) {
    const Venue& venue = *venues_[v].venue;
    const std::int32_t home = log::home_partition(venue.id, partitions_);
    for (std::uint32_t s = 0; s < venue.sensors.size(); ++s) {
      Voice voice{.venue = v, .sensor = s, .partition = home};
      voice.delay = milliseconds{chance_.between(0, 500)};
      // A feed whose client has another idea of where a venue belongs.
      if (chance_.one_in(3)) {
        voice.partition =
            static_cast<std::int32_t>(chance_.below(static_cast<std::uint64_t>(partitions_)));
        if (voice.partition != home) out_of_order_.push_back(venue.id);
      }
      voices_.push_back(voice);
    }
  }
}

Reading Town::say(Voice& voice, std::int64_t second) {
  const Venue& venue = *venues_[voice.venue].venue;
  const Sensor& sensor = venue.sensors[voice.sensor];
  Reading reading;
  reading.venue_id = venue.id;
  reading.sensor_id = sensor.id;
  reading.sequence = ++voice.sequence;
  reading.event_time = event_time(second);
  if (sensor.counts == CountKind::kOccupancy) {
    reading.statement = Occupancy{.people = chance_.below(12)};
    return reading;
  }
  const std::uint64_t entries = chance_.below(4);
  const std::uint64_t exits = chance_.below(3);
  voice.entries += entries;
  voice.exits += exits;
  if (sensor.counts == CountKind::kTotal) {
    reading.statement = CountTotal{.entries = voice.entries, .exits = voice.exits};
  } else {
    reading.interval = seconds{1};
    reading.statement = CountDelta{.entries = entries, .exits = exits};
  }
  return reading;
}

// The same again, or with other numbers, may follow.
void Town::publish(Voice& voice, std::vector<Reading> readings, Time when) {
  Publication record{.when = when,
                     .partition = voice.partition,
                     .venue_id = venues_[voice.venue].venue->id,
                     .value = protobuf_of(readings),
                     .content_type = chance_.one_in(3) ? "application/x-protobuf" : ""};
  Reading& last = readings.back();
  auto* delta = std::get_if<CountDelta>(&last.statement);
  if (delta != nullptr && chance_.one_in(8)) {
    record.value = json_of(last);
    record.content_type = "application/json";
  }
  if (chance_.one_in(12)) record.fate = Publication::Fate::kCommitted;
  publications_.push_back(record);
  if (chance_.one_in(10)) {
    record.when += milliseconds{chance_.between(0, 900)};
    publications_.push_back(record);
  }
  if (delta != nullptr && chance_.one_in(15)) {
    delta->entries += 1 + chance_.below(2);
    record.value = protobuf_of(readings);
    record.content_type.clear();
    record.when += milliseconds{chance_.between(0, 900)};
    publications_.push_back(record);
  }
}

// What has to be refused, belongs to several places, or is taken back.
void Town::publish_noise() {
  for (std::uint64_t count = chance_.below(6); count > 0; --count) {
    const Voice& like = voices_[chance_.below(voices_.size())];
    Voice voice = like;
    voice.sequence += 1000;
    voice.partition =
        static_cast<std::int32_t>(chance_.below(static_cast<std::uint64_t>(partitions_)));
    const std::int64_t second = chance_.between(1, seconds_);
    Reading reading = say(voice, second);
    Publication record{.when = seconds{second} + milliseconds{chance_.between(0, 999)},
                       .partition = voice.partition,
                       .venue_id = std::string(reading.venue_id)};
    switch (chance_.below(6)) {
      case 0:
        record.value = "\x7f neither protobuf nor JSON";
        break;
      case 1:
        reading.sensor_id = "a sensor that nobody knows";
        record.value = protobuf_of({reading});
        break;
      case 2:
        reading.venue_id = "a venue that nobody knows";
        record.value = protobuf_of({reading});
        break;
      case 3:
        record.value = protobuf_of({reading});
        record.fate = Publication::Fate::kAborted;
        break;
      case 4:
        record.value = protobuf_of({reading});
        record.fate = Publication::Fate::kLeftOpen;
        break;
      default:
        // Hand counts for two venues in one record.
        record.value = "[";
        for (const VenueVersion& known : venues_) {
          record.value += record.value.size() > 1 ? "," : "";
          record.value += R"({"venue_id":")" + known.venue->id +
                          R"(","sensor_id":"gate-counter","event_time":")" +
                          to_rfc3339(event_time(second)) + R"(","heartbeat":{}})";
        }
        record.value += "]";
        record.content_type = "application/json";
    }
    publications_.push_back(std::move(record));
  }
}

// Everybody speaks once more, after a long time, so that all that was before is over.
void Town::close() {
  for (Voice& voice : voices_) {
    Reading reading = say(voice, kClosingSecond);
    if (auto* delta = std::get_if<CountDelta>(&reading.statement)) *delta = {};
    publications_.push_back({.when = seconds{kClosingSecond} + voice.delay,
                             .partition = voice.partition,
                             .venue_id = venues_[voice.venue].venue->id,
                             .value = protobuf_of({reading})});
  }
}

bool Town::in_one_order(const std::string& venue_id) const {
  return std::ranges::find(out_of_order_, venue_id) == out_of_order_.end();
}

Result<std::shared_ptr<const Venue>> Town::parse(const wire::VenueFile& file) const {
  for (const auto* versions : {&venues_, &later_}) {
    for (const VenueVersion& known : *versions) {
      if (known.venue->id == file.venue_id && known.venue->version == file.version) {
        return known.venue;
      }
    }
  }
  return fail(ErrorCode::kInvalid, "a venue file that nobody wrote");
}

}  // namespace crowdflow::simulation
