#include <algorithm>
#include <utility>

#include "engine/alarms.h"
#include "engine/snapshot_reader.h"
#include "engine/snapshot_writer.h"

namespace crowdflow {
namespace {

constexpr std::uint8_t kActive = 1;
constexpr std::uint8_t kTurning = 2;
constexpr std::uint8_t kHasCounts = 4;

}  // namespace

// How many alarms there are; each, by zone and then in the order of the rules; and those of former
// versions of the file, by their ids.
void Alarms::save(SnapshotWriter& to) const {
  std::size_t count = 0;
  for (const ZoneAlarms& zone : zones_)
    count += zone.alarms.size();
  to.number(count);
  for (const ZoneAlarms& zone : zones_) {
    for (const Alarm& alarm : zone.alarms) {
      const bool has_counts = alarm.occurrence != 0 || alarm.sequence != 0;
      to.byte(static_cast<std::uint8_t>((alarm.active ? kActive : 0U) |
                                        (alarm.turning ? kTurning : 0U) |
                                        (has_counts ? kHasCounts : 0U)));
      if (alarm.turning) to.time(alarm.turning_since);
      if (!has_counts) continue;
      to.number(alarm.occurrence);
      to.number(alarm.sequence);
    }
  }
  to.number(raised_before_.size());
  for (const auto& [ids, times] : raised_before_) {
    to.text(ids.first);
    to.text(ids.second);
    to.number(times);
  }
}

void Alarms::load(SnapshotReader& from) {
  std::size_t count = 0;
  for (const ZoneAlarms& zone : zones_)
    count += zone.alarms.size();
  from.expect(from.number() == count, "not as many alarms as the venue has");
  for (ZoneAlarms& zone : zones_) {
    for (Alarm& alarm : zone.alarms) {
      const std::uint8_t flags = from.byte();
      alarm.active = (flags & kActive) != 0;
      alarm.turning = (flags & kTurning) != 0;
      if (alarm.turning) alarm.turning_since = from.time();
      if ((flags & kHasCounts) == 0) continue;
      alarm.occurrence = from.number();
      alarm.sequence = from.number();
    }
  }
  for (std::uint64_t left = from.number(); left > 0 && from.ok(); --left) {
    const std::string_view rule = from.text();
    const std::string_view zone = from.text();
    const std::uint64_t times = from.number();
    raised_before_.emplace(std::pair(rule, zone), times);
  }
}

}  // namespace crowdflow
