#include "engine/register_step.h"

#include <algorithm>
#include <cmath>

namespace crowdflow {
namespace {

using std::chrono::days;

constexpr std::int64_t kMostPeople = 1'000'000;

// People who may have crossed in one direction during a span.
double most_people(const Sensor& sensor, Span span) {
  if (!sensor.max_rate_per_minute) return static_cast<double>(kMostPeople);
  const double minutes = std::chrono::duration<double, std::ratio<60>>(span).count();
  // A rate is no bound on one instant: one person more than the span allows may just have crossed.
  return 1.0 + std::ceil(*sensor.max_rate_per_minute * minutes);
}

// What is the same for both numbers of a step.
struct Circumstances {
  double most = 0;  // people
  // The midnight at which the register was reset if it fell, and who may have come since.
  std::optional<EventTime> midnight;
  double most_since_midnight = 0;
  bool started_anew = false;
  std::optional<std::int64_t> modulus;  // 2^bits
};

bool is_roll_over(std::int64_t risen, const Circumstances& here, const Sensor& sensor) {
  if (sensor.max_rate_per_minute && here.most < static_cast<double>(*here.modulus)) {
    return static_cast<double>(risen) <= here.most;
  }
  return risen < *here.modulus / 16 && risen <= kMostPeople;
}

struct Judged {
  std::int64_t people = 0;
  std::optional<Oddity> oddity;
};

Judged judge(std::int64_t before, std::int64_t after, const Circumstances& here,
             const Sensor& sensor) {
  if (after >= before) {
    const std::int64_t risen = after - before;
    if (static_cast<double>(risen) > here.most) return {.people = 0, .oddity = Oddity::kJump};
    return {.people = risen, .oddity = {}};
  }
  if (here.midnight && static_cast<double>(after) <= here.most_since_midnight) {
    return {.people = after, .oddity = Oddity::kMidnightReset};
  }
  if (here.modulus && !here.started_anew) {
    const std::int64_t risen = after - before + *here.modulus;
    if (is_roll_over(risen, here, sensor)) return {.people = risen, .oddity = Oddity::kRollOver};
  }
  const bool lost = here.started_anew || after <= before / 2;
  if (lost && static_cast<double>(after) <= here.most) {
    return {.people = after, .oddity = Oddity::kReset};
  }
  return {.people = 0, .oddity = Oddity::kBackwards};
}

}  // namespace

RegisterStep step_between(const RegisterValue& before, const RegisterValue& after,
                          const Sensor& sensor, std::span<const UtcOffset> utc_offsets) {
  Circumstances here;
  here.most = most_people(sensor, after.time - before.time);
  here.started_anew = before.boot_id != 0 && after.boot_id != 0 && before.boot_id != after.boot_id;
  if (sensor.bits) here.modulus = std::int64_t{1} << *sensor.bits;
  const bool fell = after.entries < before.entries || after.exits < before.exits;
  if (fell && sensor.resets_at_midnight) {
    const EventTime midnight = last_local_midnight(after.time, utc_offsets);
    if (midnight > before.time) {
      here.midnight = midnight;
      here.most_since_midnight = most_people(sensor, after.time - midnight);
    }
  }

  const Judged entries = judge(before.entries, after.entries, here, sensor);
  const Judged exits = judge(before.exits, after.exits, here, sensor);
  const bool since_midnight =
      entries.oddity == Oddity::kMidnightReset || exits.oddity == Oddity::kMidnightReset;
  return {.start = since_midnight ? *here.midnight : before.time,
          .entries = entries.people,
          .exits = exits.people,
          .entries_oddity = entries.oddity,
          .exits_oddity = exits.oddity};
}

EventTime last_local_midnight(EventTime t, std::span<const UtcOffset> utc_offsets) {
  const auto day_of = [](EventTime utc, std::chrono::seconds offset) {
    return std::chrono::floor<days>(utc + offset);
  };
  if (utc_offsets.empty()) return day_of(t, {});

  const auto later = std::ranges::upper_bound(utc_offsets, t, {}, &UtcOffset::from);
  auto piece = later == utc_offsets.begin() ? later : later - 1;
  while (true) {
    const auto day = day_of(t, piece->seconds);
    const EventTime midnight = day - piece->seconds;
    if (midnight >= piece->from || piece == utc_offsets.begin()) return midnight;
    // The day had begun when this offset came; at that very moment, if the one before had not seen
    // the day.
    const EventTime changed = piece->from;
    --piece;
    t = changed - Span{1};
    if (day_of(t, piece->seconds) < day) return changed;
  }
}

}  // namespace crowdflow
