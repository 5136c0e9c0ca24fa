// VenueEngine as bytes. shard_snapshot.cc has the format.

#include <algorithm>
#include <array>

#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"
#include "engine/venue_engine.h"

namespace crowdflow {
namespace {

enum Tag : std::uint8_t { kTime = 1, kZones = 2, kOpenings = 3, kSensors = 4, kAlarms = 5 };

constexpr std::uint8_t kRevises = 1;
constexpr std::uint8_t kCorrects = 2;
constexpr int kQualityShift = 2;

constexpr std::uint8_t kClockAhead = 1;
constexpr std::uint8_t kHasOddities = 2;

// Seconds that a zone may be behind what it has to say: lateness and a sensor's pause, and some.
constexpr std::int64_t kMostBehind = 3 * 86'400;
constexpr std::int64_t kMostSum = std::int64_t{1} << 60;
constexpr std::int64_t kFarthestSecond = std::int64_t{1} << 36;
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

// A second that may not be one.
void save_second(SnapshotWriter& to, std::int64_t second, std::int64_t none, std::int64_t head) {
  to.flag(second != none);
  if (second != none) to.integer(second - head);
}
std::int64_t load_second(SnapshotReader& from, std::int64_t none, std::int64_t head) {
  return from.flag() ? head + from.integer(-kFarthestSecond, kFarthestSecond) : none;
}

}  // namespace

std::size_t VenueEngine::snapshot_bytes() const { return snapshot_bytes_; }

void VenueEngine::save(SnapshotWriter& to) const {
  const auto section = [&](Tag tag, const auto& save_it) {
    SnapshotWriter::Section opened = to.section(tag);
    save_it();
    opened.end();
  };
  section(kTime, [&] { save_time(to); });
  if (started_) {
    section(kZones, [&] { save_zones(to); });
    section(kOpenings, [&] {
      for (const OpeningSlices& group : opening_groups_)
        group.save(to);
    });
    section(kSensors, [&] { save_sensors(to); });
  }
  section(kAlarms, [&] { alarms_.save(to); });
}

void VenueEngine::load(SnapshotReader& from) {
  std::uint32_t seen = 0;
  while (from.ok() && !from.at_end()) {
    auto [tag, inside] = from.section();
    if (tag < kTime || tag > kAlarms) continue;
    const bool in_order = (seen >> tag) == 0 && (tag == kTime || (seen & 1U << kTime) != 0);
    seen |= 1U << tag;
    from.expect(in_order, "a section in the wrong place");
    if (!from.ok()) return;
    if (tag == kTime) load_time(inside);
    if (tag == kZones) load_zones(inside);
    if (tag == kOpenings) load_openings(inside);
    if (tag == kSensors) load_sensors(inside);
    if (tag == kAlarms) alarms_.load(inside);
    inside.expect(inside.at_end(), "a section is too long");
    from.fail_as(inside);
  }
  const std::uint32_t always = 1U << kTime | 1U << kAlarms;
  const std::uint32_t started = 1U << kZones | 1U << kOpenings | 1U << kSensors;
  from.expect(seen == (started_ ? always | started : always), "a section is missing");
}

// ---- time ---------------------------------------------------------------------------------------

// The clock; whether time has started; and if so the frontier, venue time, and what else is one of.
void VenueEngine::save_time(SnapshotWriter& to) const {
  to.integer(now_.time_since_epoch().count());
  to.flag(started_);
  if (!started_) return;
  to.time(venue_time_);
  to.time_from(venue_time_, frontier_);
  to.flag(venue_time_at_tick_ != EventTime::min());
  if (venue_time_at_tick_ != EventTime::min()) to.time_from(venue_time_, venue_time_at_tick_);
  to.integer(first_ - head_);
  to.integer(told_until_ - head_);
  save_second(to, latest_hand_count_, kNever, head_);
  save_second(to, latest_venue_count_, kNever, head_);
  save_second(to, apportion_from_, kNothing, head_);
}

void VenueEngine::load_time(SnapshotReader& from) {
  now_ = WallTime{from.time().time_since_epoch()};
  if (!from.flag()) return;
  const EventTime present = from.time();
  from.expect(present >= kEarliestEvent - std::chrono::hours{24}, "venue time is too early");
  if (!from.ok()) return;
  start(present);
  frontier_ = from.time_from(present);
  if (from.flag()) venue_time_at_tick_ = from.time_from(present);
  from.expect(frontier_ <= present && venue_time_at_tick_ <= present, "later than venue time");
  first_ = head_ + from.integer(-kFarthestSecond, 0);
  told_until_ = head_ + from.integer(-kFarthestSecond, 1);
  latest_hand_count_ = load_second(from, kNever, head_);
  latest_venue_count_ = load_second(from, kNever, head_);
  apportion_from_ = load_second(from, kNothing, head_);
}

// ---- zones and openings -------------------------------------------------------------------------

// By group of zones: their slices; how often each window was said. Then each zone's news.
void VenueEngine::save_zones(SnapshotWriter& to) const {
  for (const ZoneGroup& group : zone_groups_) {
    group.slices.save(to);
    to.number(group.times_said.size());
    to.packed(group.times_said.size(), [&](std::size_t i) { return group.times_said[i]; });
  }
  for (const News& news : news_) {
    const bool revises = news.revise_from != kNothing;
    const bool corrects = news.correcting_since != kNothing;
    to.byte(static_cast<std::uint8_t>((revises ? kRevises : 0U) | (corrects ? kCorrects : 0U) |
                                      static_cast<unsigned>(news.last_quality) << kQualityShift));
    to.number(news.last_reasons);
    to.integer(news.settled - head_);
    to.integer(news.closed - head_);
    to.integer(news.said_until - head_);
    to.integer(news.changed_in - head_);
    if (revises) to.integer(news.revise_from - head_);
    if (!corrects) continue;
    to.integer(news.correcting_since - head_);
    to.integer(news.corrected_at - head_);
  }
}

void VenueEngine::load_zones(SnapshotReader& from) {
  from.expect(started_, "zones before time has started");
  for (ZoneGroup& group : zone_groups_) {
    if (!from.ok()) return;
    group.slices.load(from);
    from.expect(from.number() == group.times_said.size(), "not as many windows as are revised");
    if (!from.ok()) return;
    std::uint32_t most = 0;
    from.packed(group.times_said.size(), [&](std::size_t i, std::uint32_t times) {
      group.times_said[i] = static_cast<std::uint16_t>(times);
      most = std::max(most, times);
    });
    from.expect(most <= 0xFFFF, "a window was said too often");
  }
  for (News& news : news_)
    load_news(from, news);
  // What the slices brought.
  for (ZoneIndex zone = 0; zone < places_.size(); ++zone) {
    if (!slices(zone).has_gauges(column(zone))) continue;
    for (const SensorIndex sensor : plan_.sensors_of_zone.of(zone))
      sensors_[sensor].feeds_gauged = true;
  }
}

void VenueEngine::load_news(SnapshotReader& from, News& news) const {
  const auto second = [&](std::int64_t least, std::int64_t most) {
    return head_ + from.integer(least, most);
  };
  const std::uint8_t flags = from.byte();
  from.expect(flags >> kQualityShift <= static_cast<int>(Quality::kUnknown), "no such quality");
  news.last_quality = static_cast<Quality>(flags >> kQualityShift & 3);
  news.last_reasons = static_cast<QualityReasons>(from.number(0xFFFF));
  news.settled = second(-kMostBehind, 0);
  news.closed = second(-kMostBehind, 1);
  news.said_until = second(-kFarthestSecond, 1);
  news.changed_in = second(-kFarthestSecond, 0);
  if ((flags & kRevises) != 0) news.revise_from = second(-kFarthestSecond, 1);
  if ((flags & kCorrects) == 0) return;
  news.correcting_since = second(-kFarthestSecond, 0);
  news.corrected_at = second(-kFarthestSecond, 0);
}

void VenueEngine::load_openings(SnapshotReader& from) {
  from.expect(started_, "openings before time has started");
  for (OpeningSlices& group : opening_groups_) {
    if (from.ok()) group.load(from);
  }
}

// ---- sensors ------------------------------------------------------------------------------------

// How many there are, with the one that anchors without a sensor; each: flags, since when it is
// waited for, its totals, what is heard of it and of the flow, its readings.
void VenueEngine::save_sensors(SnapshotWriter& to) const {
  to.number(sensors_.size());
  for (SensorIndex i = 0; i < sensors_.size(); ++i) {
    const SensorWork& sensor = sensors_[i];
    const SensorRest& rest = rest_[i];
    const bool odd = rest.oddities != OddityCounts{};
    to.byte(static_cast<std::uint8_t>((sensor.clock_ahead ? kClockAhead : 0U) |
                                      (odd ? kHasOddities : 0U)));
    to.integer(rest.waited_for_since - head_);
    to.number(sensor.readings);
    to.integer(sensor.entered);
    to.integer(sensor.left);
    if (odd) {
      to.number(kOddityCount);
      for (const std::uint32_t times : rest.oddities)
        to.number(times);
    }
    sensor.anything.save(to, venue_time_, pauses_of(i, kAnything));
    sensor.flow.save(to, venue_time_, pauses_of(i, kFlow));
    sensor.memory.save(to, venue_time_);
  }
}

void VenueEngine::load_sensors(SnapshotReader& from) {
  from.expect(started_, "sensors before time has started");
  from.expect(from.number() == sensors_.size(), "not as many sensors as the venue has");
  for (SensorIndex i = 0; i < sensors_.size() && from.ok(); ++i)
    load_sensor(from, i);
}

void VenueEngine::load_sensor(SnapshotReader& from, SensorIndex index) {
  SensorWork& sensor = sensors_[index];
  const std::uint8_t flags = from.byte();
  SensorRest& rest = rest_[index];
  sensor.clock_ahead = (flags & kClockAhead) != 0;
  rest.waited_for_since = head_ + from.integer(-kFarthestSecond, 0);
  sensor.readings = from.number();
  sensor.entered = from.integer(-kMostSum, kMostSum);
  sensor.left = from.integer(-kMostSum, kMostSum);
  if ((flags & kHasOddities) != 0) {
    // A later version may know more of them, at the end.
    const std::uint64_t count = from.number(kOddityCount);
    for (std::uint64_t i = 0; i < count; ++i)
      rest.oddities[i] = from.number_32();
  }
  sensor.anything.load(from, venue_time_, pauses_of(index, kAnything));
  sensor.flow.load(from, venue_time_, pauses_of(index, kFlow));
  if (from.ok()) sensor.memory.load(from, sane_readings_of(index));
}

ReadingMemory::Sane VenueEngine::sane_readings_of(SensorIndex index) const {
  const auto kind = [](StatementKind one) { return 1U << static_cast<unsigned>(one); };
  ReadingMemory::Sane sane{.present = venue_time_,
                           .kinds = kind(StatementKind::kAnchor),
                           .zones = static_cast<ZoneIndex>(places_.size()),
                           .feeds = sensors_[index].feeds,
                           .of_nobody = index == anybody()};
  if (sane.of_nobody) return sane;
  constexpr std::array kKinds{StatementKind::kCountDelta, StatementKind::kCountTotal,
                              StatementKind::kOccupancy, StatementKind::kMotion,
                              StatementKind::kAccess};  // by CountKind
  sane.kinds |= kind(StatementKind::kHeartbeat) |
                kind(kKinds[static_cast<std::size_t>(sensors_[index].counts)]);
  return sane;
}

}  // namespace crowdflow
