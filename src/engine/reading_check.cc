#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <crowdflow/reading_check.h>

#include "engine/id_index.h"
#include "engine/reading_limits.h"
#include "engine/venue_plan.h"

namespace crowdflow {
namespace {

using Fault = std::optional<ReadingFault>;

Fault fault(Outcome reason, std::string_view field, std::string message) {
  return ReadingFault{.reason = reason, .field = field, .message = std::move(message)};
}
Fault impossible(std::string_view field, std::string message) {
  return fault(Outcome::kImpossible, field, std::move(message));
}

std::string quote(std::string_view id) {
  constexpr std::size_t kLongest = 64;
  if (id.empty()) return "nothing";
  std::size_t bytes = std::min(id.size(), kLongest);
  while (bytes < id.size() && bytes > 0 && (static_cast<unsigned char>(id[bytes]) & 0xC0) == 0x80)
    --bytes;
  return '"' + std::string(id.substr(0, bytes)) + (bytes < id.size() ? "...\"" : "\"");
}

// "a, b, c, ..."
template <typename List>
std::string some_ids(const List& list) {
  constexpr std::size_t kSome = 5;
  std::string text;
  for (std::size_t i = 0; i < list.size() && i < kSome; ++i)
    text += (i == 0 ? "" : ", ") + std::string(list[i].id);
  return list.size() > kSome ? text + ", ..." : text;
}

Fault within(std::string_view field, std::uint64_t value, std::uint64_t most) {
  if (value <= most) return std::nullopt;
  return impossible(field,
                    "found " + std::to_string(value) + ", expected 0 to " + std::to_string(most));
}

// Also for what is no number.
Fault within(std::string_view field, double value, double most) {
  if (value >= 0 && value <= most) return std::nullopt;
  return impossible(field, "found " + std::to_string(value) + ", expected 0 to " +
                               std::to_string(static_cast<std::int64_t>(most)));
}

Fault first_of(std::initializer_list<Fault> faults) {
  const auto* found =
      std::ranges::find_if(faults, [](const Fault& each) { return each.has_value(); });
  return found == faults.end() ? std::nullopt : *found;
}

Fault times(const Reading& reading) {
  if (reading.event_time < kEarliestEvent || reading.event_time > kLatestEvent) {
    return impossible("event_time",
                      "found none, or none that can be, expected the end of what the "
                      "reading speaks of in the years 1970 to 2200, such as "
                      "2018-02-09T11:00:00Z");
  }
  if (reading.interval < Span{0} || reading.interval > kLongestInterval) {
    return impossible("interval", "expected 0 s to 24 h");
  }
  if (reading.event_time - reading.interval < kEarliestEvent) {
    return impossible("interval", "begins before 1970");
  }
  return std::nullopt;
}

std::string_view kind_of(const Statement& statement) {
  constexpr std::array<std::string_view, std::variant_size_v<Statement>> kNames{
      "", "count_delta", "count_total", "occupancy", "motion", "anchor", "access", "heartbeat"};
  return kNames[statement.index()];
}

std::string_view kind_of(CountKind counts) {
  constexpr std::array<std::string_view, 5> kNames{"count_delta", "count_total", "occupancy",
                                                   "motion", "access"};
  return kNames[static_cast<std::size_t>(counts)];
}

// The statement's values, as far as they can be judged without knowing its sensor.
struct Values {
  Fault operator()(std::monostate) const {
    return impossible("",
                      "found no kind, expected one of count_delta, count_total, occupancy, "
                      "motion, anchor, access, heartbeat");
  }
  Fault operator()(const CountDelta& said) const {
    return first_of({within("count_delta.entries", said.entries, kMostPeople),
                     within("count_delta.exits", said.exits, kMostPeople)});
  }
  Fault operator()(const CountTotal& said) const {
    return first_of({within("count_total.entries", said.entries, kMostOfRegister),
                     within("count_total.exits", said.exits, kMostOfRegister)});
  }
  Fault operator()(const Occupancy& said) const {
    return first_of({within("occupancy.people", said.people, kMostPeople),
                     within("occupancy.stddev", said.stddev, kMostStddev)});
  }
  Fault operator()(const Motion& said) const {
    return first_of(
        {within("motion.mean_speed", said.mean_speed, kMostSpeed),
         within("motion.velocity_variance", said.velocity_variance, kMostSpeed * kMostSpeed)});
  }
  Fault operator()(const Anchor& said) const {
    return first_of({within("anchor.people", said.people, kMostPeople),
                     within("anchor.stddev", said.stddev, kMostStddev)});
  }
  Fault operator()(const Access& said) const {
    return first_of({within("access.admitted", said.admitted, kMostPeople),
                     within("access.refused", said.refused, kMostReasons * kMostPeople)});
  }
  Fault operator()(const Heartbeat&) const { return std::nullopt; }
};

// People against the rate that the venue file allows.
Fault within_rate(const Sensor& sensor, Span interval, std::string_view field,
                  std::uint64_t people) {
  if (!sensor.max_rate_per_minute) return std::nullopt;
  // One person more than the span allows may just have crossed.
  const double minutes = std::chrono::duration<double, std::ratio<60>>(interval).count();
  const double most = 1.0 + std::ceil(*sensor.max_rate_per_minute * minutes);
  if (static_cast<double>(people) <= most) return std::nullopt;
  return impossible(field, "found " + std::to_string(people) + ", expected at most " +
                               std::to_string(static_cast<std::int64_t>(most)) +
                               " in this interval by the sensor's max_rate");
}

}  // namespace

class ReadingCheck::KnownVenue {
 public:
  explicit KnownVenue(std::shared_ptr<const Venue> venue)
      : venue_(std::move(venue)), sensors_(venue_->sensors), zones_(venue_->zones) {
    const VenuePlan plan(*venue_);
    feeds_.reserve(venue_->sensors.size());
    for (SensorIndex i = 0; i < venue_->sensors.size(); ++i)
      feeds_.push_back(plan.sensors[i].feeds);
  }

  [[nodiscard]] const std::string& id() const { return venue_->id; }

  [[nodiscard]] bool knows(std::string_view sensor_id) const {
    return sensors_.find(sensor_id).has_value();
  }

  [[nodiscard]] Fault unknown_sensor(const Reading& reading) const {
    return fault(Outcome::kUnknownSensor, "sensor_id",
                 "found " + quote(reading.sensor_id) + ", expected a sensor of venue " +
                     venue_->id + ": " + some_ids(venue_->sensors));
  }

  // What the venue file says against a statement whose values can be.
  [[nodiscard]] Fault against_file(const Reading& reading) const {
    const auto index = sensors_.find(reading.sensor_id);
    if (const auto* anchor = std::get_if<Anchor>(&reading.statement)) {
      return of_anchor(*anchor, index);
    }
    if (!index || std::holds_alternative<Heartbeat>(reading.statement)) return std::nullopt;
    const Sensor& sensor = venue_->sensors[*index];
    if (kind_of(reading.statement) != kind_of(sensor.counts)) {
      return impossible(
          kind_of(reading.statement),
          "expected " + std::string(kind_of(sensor.counts)) + " of this sensor, or heartbeat");
    }
    if (const auto* total = std::get_if<CountTotal>(&reading.statement); total && sensor.bits) {
      const std::uint64_t most = (std::uint64_t{1} << *sensor.bits) - 1;
      return first_of({within("count_total.entries", total->entries, most),
                       within("count_total.exits", total->exits, most)});
    }
    if (const auto* delta = std::get_if<CountDelta>(&reading.statement)) {
      return first_of({within_rate(sensor, reading.interval, "count_delta.entries", delta->entries),
                       within_rate(sensor, reading.interval, "count_delta.exits", delta->exits)});
    }
    if (const auto* access = std::get_if<Access>(&reading.statement)) {
      return within_rate(sensor, reading.interval, "access.admitted", access->admitted);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Fault of_anchor(const Anchor& anchor, std::optional<std::uint32_t> sensor) const {
    ZoneIndex zone = venue_->zones.size() == 1 ? 0 : kOutside;
    if (!anchor.zone_id.empty()) {
      const auto found = zones_.find(anchor.zone_id);
      if (!found) {
        return fault(Outcome::kUnknownSensor, "anchor.zone_id",
                     "found " + quote(anchor.zone_id) + ", expected a zone of venue " + venue_->id +
                         ": " + some_ids(venue_->zones));
      }
      zone = *found;
    }
    if (!sensor) return std::nullopt;
    const auto& feeds = feeds_[*sensor];
    if (zone != kOutside && std::ranges::find(feeds, zone) != feeds.end()) return std::nullopt;
    return impossible("anchor.zone_id",
                      "expected a zone that this sensor counts for; leave "
                      "sensor_id away to speak of any zone");
  }

  std::shared_ptr<const Venue> venue_;
  IdIndex sensors_;
  IdIndex zones_;
  std::vector<std::array<ZoneIndex, 2>> feeds_;  // by sensor
};

ReadingCheck::ReadingCheck(std::vector<std::shared_ptr<const Venue>> venues) {
  venues_.reserve(venues.size());
  for (auto& venue : venues)
    venues_.push_back(std::make_unique<KnownVenue>(std::move(venue)));
  std::ranges::sort(venues_, {}, &KnownVenue::id);
}
ReadingCheck::~ReadingCheck() = default;
ReadingCheck::ReadingCheck(ReadingCheck&&) noexcept = default;
ReadingCheck& ReadingCheck::operator=(ReadingCheck&&) noexcept = default;

std::optional<ReadingFault> ReadingCheck::fault_of(const Reading& reading, WallTime now) const {
  const KnownVenue* venue = nullptr;
  if (!venues_.empty()) {
    const auto found =
        std::ranges::lower_bound(venues_, reading.venue_id, {},
                                 [](const auto& known) { return std::string_view(known->id()); });
    if (found != venues_.end() && (*found)->id() == reading.venue_id) venue = found->get();
  }
  if (venue == nullptr && (!venues_.empty() || reading.venue_id.empty())) {
    const std::string expected =
        venues_.empty() ? "the id of a venue" : "a venue that is configured here";
    return fault(Outcome::kUnknownVenue, "venue_id",
                 "found " + quote(reading.venue_id) + ", expected " + expected);
  }
  // In the engine's order, so that it is the engine's reason.
  const bool anonymous = reading.sensor_id.empty();
  if (venue != nullptr && !anonymous && !venue->knows(reading.sensor_id)) {
    return venue->unknown_sensor(reading);
  }
  if (auto found = times(reading)) return found;
  if (venue != nullptr && anonymous && !std::holds_alternative<Anchor>(reading.statement)) {
    return venue->unknown_sensor(reading);
  }
  if (auto found = std::visit(Values{}, reading.statement)) return found;
  if (venue != nullptr) {
    if (auto found = venue->against_file(reading)) return found;
  }
  if (reading.event_time.time_since_epoch() > now.time_since_epoch() + kMostAhead) {
    return fault(Outcome::kFuture, "event_time",
                 "found " + to_rfc3339(reading.event_time) +
                     ", expected at most 60 s ahead of the clock, which says " + to_rfc3339(now));
  }
  return std::nullopt;
}

}  // namespace crowdflow
