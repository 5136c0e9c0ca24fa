// The parts of the engine one by one: a second that begins and its windows, a sensor's memory of
// its readings, a step of a register. Beside each what one would write without thinking of memory.
#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "engine/reading_memory.h"
#include "engine/register_step.h"
#include "engine/zone_slices.h"
#include "row_of_zones.h"

namespace crowdflow {
namespace {

using bench::kStart;

constexpr std::int64_t kKept = 80;  // seconds
constexpr std::int64_t kWindow = 10;
constexpr std::uint32_t kZones = 20'000;

Crossing crossing_in(std::int64_t second) {
  return {.start = start_of_second(second),
          .end = start_of_second(second + 1),
          .entered = 3,
          .left = 2};
}

// ---- a second begins: one crossing in each zone, and its window of ten seconds ------------------

void SlicesOfZones(benchmark::State& state) {
  ZoneSlices slices(kKept, kZones, {60, 300, 900}, 0);
  slices.start_at(kStart);
  std::int64_t people = 0;
  for (auto _ : state) {
    slices.advance();
    const std::int64_t head = slices.head();
    for (std::uint32_t zone = 0; zone < kZones; ++zone)
      slices.add(zone, crossing_in(head), 1);
    for (std::uint32_t zone = 0; zone < kZones; ++zone) {
      const WindowTotals totals = slices.totals(zone, head + 1 - kWindow, head + 1, 0);
      people += totals.entered + totals.level_sum + totals.level_maximum;
    }
  }
  benchmark::DoNotOptimize(people);
  state.SetItemsProcessed(state.iterations() * kZones);
}

void DequeOfEachZone(benchmark::State& state) {
  struct Slice {
    std::int64_t entered = 0, left = 0, level = 0;
  };
  std::vector<std::deque<Slice>> zones(kZones);
  std::int64_t people = 0;
  for (auto _ : state) {
    for (std::deque<Slice>& zone : zones) {
      const std::int64_t level = zone.empty() ? 0 : zone.back().level;
      zone.push_back({.entered = 3, .left = 2, .level = level + 1});
      if (zone.size() > kKept) zone.pop_front();
    }
    for (const std::deque<Slice>& zone : zones) {
      std::int64_t maximum = 0;
      for (std::size_t i = zone.size() - std::min<std::size_t>(kWindow, zone.size());
           i < zone.size(); ++i) {
        people += zone[i].entered + zone[i].level;
        maximum = std::max(maximum, zone[i].level);
      }
      people += maximum;
    }
  }
  benchmark::DoNotOptimize(people);
  state.SetItemsProcessed(state.iterations() * kZones);
}

void MapByZoneAndSecond(benchmark::State& state) {
  std::map<std::pair<std::int64_t, std::uint32_t>, std::int64_t> slices;
  std::int64_t people = 0;
  std::int64_t head = kStart;
  for (auto _ : state) {
    ++head;
    for (std::uint32_t zone = 0; zone < kZones; ++zone)
      slices[{head, zone}] += 3;
    slices.erase(slices.begin(), slices.lower_bound({head - kWindow + 1, 0}));
    for (std::uint32_t zone = 0; zone < kZones; ++zone) {
      for (std::int64_t second = head - kWindow + 1; second <= head; ++second) {
        const auto slice = slices.find({second, zone});
        if (slice != slices.end()) people += slice->second;
      }
    }
  }
  benchmark::DoNotOptimize(people);
  state.SetItemsProcessed(state.iterations() * kZones);
}
BENCHMARK(SlicesOfZones)->Unit(benchmark::kMillisecond);
BENCHMARK(DequeOfEachZone)->Unit(benchmark::kMillisecond);
BENCHMARK(MapByZoneAndSecond)->Unit(benchmark::kMillisecond);

// ---- what a sensor said: each reading is looked for, then added ---------------------------------

Taken taken_at(std::int64_t second) {
  const EventTime stamp = start_of_second(second);
  return {.sequence = static_cast<std::uint64_t>(second - kStart) + 1,
          .stamp = stamp,
          .time = stamp,
          .interval = std::chrono::seconds{1},
          .kind = StatementKind::kCountDelta,
          .first = 3,
          .second = 2};
}

// `back`: how many seconds ago the reading was said that comes again.
void look_and_add(benchmark::State& state, std::int64_t back) {
  std::vector<std::uint8_t> room(ReadingMemory::room_for(kKept, ReadingMemory::Says::kLittle));
  ReadingMemory memory(room, std::chrono::seconds{1});
  std::int64_t second = kStart;
  for (std::int64_t i = 0; i < kKept; ++i)
    memory.add(taken_at(++second));
  for (auto _ : state) {
    const Taken next = taken_at(++second);
    if (!memory.is_next(next)) state.SkipWithError("the next reading is the next");
    benchmark::DoNotOptimize(memory.add(next));
    if (back == 0) continue;
    auto known = memory.find(taken_at(second - back));
    benchmark::DoNotOptimize(known);
  }
  state.SetItemsProcessed(state.iterations());
}
void MemoryInOrder(benchmark::State& state) { look_and_add(state, 0); }
void MemoryOfARepeat(benchmark::State& state) { look_and_add(state, 30); }

// `back` as above. A deque for the order in which to forget, a map to find.
void look_and_add_to_map(benchmark::State& state, std::int64_t back) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, Taken> by_identity;
  std::deque<std::pair<std::uint64_t, std::uint64_t>> order;
  std::int64_t second = kStart;
  for (auto _ : state) {
    const Taken next = taken_at(++second);
    const std::pair identity(next.boot_id, next.sequence);
    if (by_identity.try_emplace(identity, next).second) order.push_back(identity);
    if (order.size() > kKept) {
      by_identity.erase(order.front());
      order.pop_front();
    }
    if (back == 0) continue;
    auto known = by_identity.find({0, taken_at(second - back).sequence});
    benchmark::DoNotOptimize(known);
  }
  state.SetItemsProcessed(state.iterations());
}
void MapInOrder(benchmark::State& state) { look_and_add_to_map(state, 0); }
void MapOfARepeat(benchmark::State& state) { look_and_add_to_map(state, 30); }
BENCHMARK(MemoryInOrder);
BENCHMARK(MapInOrder);
BENCHMARK(MemoryOfARepeat);
BENCHMARK(MapOfARepeat);

// ---- a register's step --------------------------------------------------------------------------

std::vector<RegisterValue> register_values() {
  std::vector<RegisterValue> values;
  std::int64_t entries = 65'000;
  for (std::int64_t second = 0; second < 4'096; ++second) {
    entries = (entries + second % 7) % 65'536;
    values.push_back({.time = start_of_second(kStart + second), .boot_id = 1, .entries = entries});
  }
  return values;
}

void RegisterSteps(benchmark::State& state) {
  const std::vector<RegisterValue> values = register_values();
  const std::array<UtcOffset, 1> seoul{{{.from = {}, .seconds = std::chrono::hours{9}}}};
  Sensor sensor{.counts = CountKind::kTotal, .bits = 16};
  sensor.resets_at_midnight = state.range(0) != 0;
  std::int64_t people = 0;
  std::size_t i = 1;
  for (auto _ : state) {
    people += step_between(values[i - 1], values[i], sensor, seoul).entries;
    i = i + 1 < values.size() ? i + 1 : 1;
  }
  benchmark::DoNotOptimize(people);
  state.SetItemsProcessed(state.iterations());
}
// Believes whatever the register shows.
void DifferenceOfRegisters(benchmark::State& state) {
  const std::vector<RegisterValue> values = register_values();
  std::int64_t people = 0;
  std::size_t i = 1;
  for (auto _ : state) {
    people += (values[i].entries - values[i - 1].entries) & 0xFFFF;
    i = i + 1 < values.size() ? i + 1 : 1;
  }
  benchmark::DoNotOptimize(people);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(RegisterSteps)->ArgName("midnight")->Arg(0)->Arg(1);
BENCHMARK(DifferenceOfRegisters);

}  // namespace
}  // namespace crowdflow
