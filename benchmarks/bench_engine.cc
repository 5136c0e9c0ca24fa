// How many readings a second does one shard apply, and what would the obvious way cost?
//
//   readings (count_delta, in batches of 1,000) ──► Shard::apply ──► states, said each second
//   the same readings ──► a mutex, a map by sensor, a map by zone and second ──► occupancy
//
// Each sensor speaks once a second, or ten times: then what is said each second weighs less. In the
// order of the venue file, or in one that has nothing to do with it. The baseline counts people per
// zone and second under a lock and nothing else: no duplicates, no revisions, no windows, no
// quality, no alarms. The ratio of the two in one run is what to look at.
#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/shard.h>

#include "app/large_pages.h"
#include "row_of_zones.h"

namespace crowdflow::bench {
namespace {

// Seconds of venue time after which every ring has been written and every window has closed once.
constexpr int kWarmUp = 100;

enum class Order { kOfTheFile, kAny };

// Readings of `per_second` in each second of venue time, in batches as they come from a log:
// decoded into the same place, one batch after the other.
void apply_all(benchmark::State& state, std::int64_t per_second, Order order) {
  constexpr std::size_t kBatch = 1000;
  static app::LargePages pages;  // as in the program
  std::pmr::set_default_resource(&pages);
  const auto venue = std::make_shared<const Venue>(row_of_zones(state.range(0)));
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  const std::size_t sensors = venue->sensors.size();
  std::vector<std::size_t> turns(sensors);
  std::iota(turns.begin(), turns.end(), std::size_t{0});
  if (order == Order::kAny) std::ranges::shuffle(turns, std::mt19937{7});
  struct Id {
    std::array<char, 15> text{};
    std::uint8_t size = 0;
  };
  std::vector<Id> ids(sensors);
  for (std::size_t i = 0; i < sensors; ++i) {
    const std::string& id = venue->sensors[turns[i]].id;
    std::ranges::copy(id, ids[i].text.begin());
    ids[i].size = static_cast<std::uint8_t>(id.size());
  }
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
          readings[i].sensor_id = {ids[first + i].text.data(), ids[first + i].size};
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
void ShardApply(benchmark::State& state) { apply_all(state, 1, Order::kOfTheFile); }
void ShardApplyTenASecond(benchmark::State& state) { apply_all(state, 10, Order::kOfTheFile); }
void ShardApplyTenASecondAnyOrder(benchmark::State& state) { apply_all(state, 10, Order::kAny); }
BENCHMARK(ShardApply)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ShardApplyTenASecond)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ShardApplyTenASecondAnyOrder)
    ->Arg(200)
    ->Arg(2'000)
    ->Arg(20'000)
    ->Unit(benchmark::kMillisecond);

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
}  // namespace crowdflow::bench
