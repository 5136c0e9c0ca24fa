// How many readings a second does one shard apply, and what would the obvious way cost?
//
//   readings (count_delta, 1 Hz, in order) ──► Shard::apply ──► states
//   the same readings ──► a mutex, a map by sensor, a map by zone and second ──► occupancy
//
// The baseline counts people per zone and second under a lock and nothing else: no duplicates, no
// revisions, no windows, no quality, no alarms. The ratio of the two in one run is what to look at.
#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/shard.h>

namespace crowdflow {
namespace {

constexpr std::int64_t kStart = 1'518'174'000;
// Seconds of venue time after which every ring has been written and every window has closed once.
constexpr int kWarmUp = 100;

// Zones in a row, five doors to the outside each with a counter.
Venue row_of_zones(std::int64_t zones) {
  constexpr int kDoors = 5;
  Venue venue;
  venue.id = "row";
  venue.profiles.push_back(*built_in_profile("fruin-walkway"));
  venue.windows = {{.size_s = 10, .hop_s = 1},
                   {.size_s = 60, .hop_s = 60},
                   {.size_s = 300, .hop_s = 300},
                   {.size_s = 900, .hop_s = 900}};
  venue.starts = StartLevel::kEmpty;
  for (ZoneIndex zone = 0; zone < static_cast<ZoneIndex>(zones); ++zone) {
    venue.zones.push_back({.id = "z" + std::to_string(zone), .area_m2 = 100});
    for (int door = 0; door < kDoors; ++door) {
      const std::string id = "d" + std::to_string(zone) + "-" + std::to_string(door);
      const auto opening = static_cast<OpeningIndex>(venue.openings.size());
      venue.openings.push_back({.id = id, .from = kOutside, .to = zone, .width_m = 2.0});
      venue.sensors.push_back({.id = id, .at = opening});
    }
  }
  return venue;
}

Reading reading_of(const Venue& venue, std::size_t sensor, std::int64_t second) {
  Reading reading;
  reading.venue_id = venue.id;
  reading.sensor_id = venue.sensors[sensor].id;
  reading.sequence = static_cast<std::uint64_t>(second - kStart) + 1;
  reading.event_time = start_of_second(second);
  reading.interval = std::chrono::seconds{1};
  reading.statement = CountDelta{.entries = 1, .exits = 1};
  return reading;
}

// Readings of `per_second` in each second of venue time, in batches as they come from a log:
// decoded into the same place, one batch after the other.
void apply_all(benchmark::State& state, std::int64_t per_second) {
  constexpr std::size_t kBatch = 1000;
  const auto venue = std::make_shared<const Venue>(row_of_zones(state.range(0)));
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  const std::size_t sensors = venue->sensors.size();
  std::vector<std::array<char, 16>> ids(sensors);
  for (std::size_t i = 0; i < sensors; ++i)
    std::ranges::copy(venue->sensors[i].id, ids[i].begin());
  std::vector<std::uint8_t> sizes(sensors);
  for (std::size_t i = 0; i < sensors; ++i)
    sizes[i] = static_cast<std::uint8_t>(venue->sensors[i].id.size());
  std::vector<Reading> readings(kBatch, reading_of(*venue, 0, kStart));
  std::uint64_t sequence = 0;
  std::vector<Outcome> outcomes(kBatch);
  EventTime now = start_of_second(kStart);
  const auto pass_second = [&](std::int64_t times) {
    const Span step = Span{std::chrono::seconds{1}} / times;
    for (std::int64_t n = 0; n < times; ++n) {
      now += step;
      shard.tick({.now = WallTime{now.time_since_epoch()}}, out);
      ++sequence;
      for (std::size_t first = 0; first < sensors; first += kBatch) {
        const std::size_t count = std::min(kBatch, sensors - first);
        for (std::size_t i = 0; i < count; ++i) {
          readings[i].sensor_id = {ids[first + i].data(), sizes[first + i]};
          readings[i].sequence = sequence;
          readings[i].event_time = now;
          readings[i].interval = step;
        }
        shard.apply(std::span(readings).first(count), std::span(outcomes).first(count), out);
      }
    }
    benchmark::DoNotOptimize(out.states.data());
    out.clear();
  };
  for (int second = 0; second < kWarmUp; ++second)
    pass_second(1);
  std::int64_t applied = 0;
  for (auto _ : state) {
    pass_second(per_second);
    applied += per_second * static_cast<std::int64_t>(sensors);
  }
  state.SetItemsProcessed(applied);
}
void ShardApply(benchmark::State& state) { apply_all(state, 1); }
void ShardApplyTenASecond(benchmark::State& state) { apply_all(state, 10); }
BENCHMARK(ShardApply)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ShardApplyTenASecond)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);

void MutexAndMaps(benchmark::State& state) {
  const Venue venue = row_of_zones(state.range(0));
  std::mutex mutex;
  std::map<std::string, std::size_t, std::less<>> sensors;
  for (std::size_t i = 0; i < venue.sensors.size(); ++i)
    sensors[venue.sensors[i].id] = i;
  std::map<std::pair<ZoneIndex, std::int64_t>, std::int64_t> people;
  std::int64_t second = kStart;
  std::int64_t readings = 0;
  for (auto _ : state) {
    ++second;
    for (std::size_t sensor = 0; sensor < venue.sensors.size(); ++sensor) {
      const Reading reading = reading_of(venue, sensor, second);
      const auto& delta = std::get<CountDelta>(reading.statement);
      const std::lock_guard lock(mutex);
      const Sensor& found = venue.sensors[sensors.find(reading.sensor_id)->second];
      people[{venue.openings[*found.at].to, second}] +=
          static_cast<std::int64_t>(delta.entries) - static_cast<std::int64_t>(delta.exits);
    }
    if (second % 80 == 0) people.clear();  // as much as the shard's ring remembers
    readings += static_cast<std::int64_t>(venue.sensors.size());
  }
  state.SetItemsProcessed(readings);
}
BENCHMARK(MutexAndMaps)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crowdflow
