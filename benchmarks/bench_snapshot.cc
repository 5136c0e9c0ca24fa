// A shard's state as bytes and back: five sensors a zone, default windows, five minutes of
// readings. Beside it what copying as many bytes takes.
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/check.h>
#include <crowdflow/shard.h>

#include "row_of_zones.h"

namespace crowdflow {
namespace {

using bench::kStart;

constexpr std::int64_t kSeconds = 300;  // of venue time, one reading a second by each sensor

struct Said {
  std::shared_ptr<const Venue> venue;
  Shard shard;
  std::string bytes;
};

Said said_of(std::int64_t zones) {
  Said said{
      .venue = std::make_shared<const Venue>(bench::row_of_zones(zones)), .shard = {}, .bytes = {}};
  const Venue& venue = *said.venue;
  Outputs out;
  said.shard.put_venue(said.venue, out);
  std::vector<Reading> readings(100);
  std::vector<Outcome> outcomes(readings.size());
  for (std::int64_t second = kStart; second < kStart + kSeconds; ++second) {
    said.shard.tick({.now = WallTime{start_of_second(second).time_since_epoch()}}, out);
    for (std::size_t first = 0; first < venue.sensors.size(); first += readings.size()) {
      for (std::size_t i = 0; i < readings.size(); ++i) {
        readings[i] = bench::reading_of(venue, first + i, second);
        // Nobody's stamps are that even.
        readings[i].event_time += std::chrono::microseconds{(first + i) * 7919 % 900'000};
      }
      said.shard.apply(readings, outcomes, out);
    }
    out.clear();
  }
  said.shard.save(said.bytes);
  return said;
}

// Kept from one benchmark to the next of the same size.
const Said& said_once(std::int64_t zones) {
  static std::map<std::int64_t, Said> all;
  if (!all.contains(zones)) {
    all.clear();
    all.emplace(zones, said_of(zones));
  }
  return all.at(zones);
}

void count_bytes(benchmark::State& state, const Said& said) {
  const auto bytes = static_cast<double>(said.bytes.size());
  state.counters["MB"] = bytes / 1e6;
  state.counters["bytes_per_zone"] = bytes / static_cast<double>(state.range(0));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(said.bytes.size()));
}

void Save(benchmark::State& state) {
  const Said& said = said_once(state.range(0));
  for (auto _ : state) {
    std::string bytes;
    said.shard.save(bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count_bytes(state, said);
}

void Load(benchmark::State& state) {
  const Said& said = said_once(state.range(0));
  for (auto _ : state) {
    const auto loaded = Shard::load(said.bytes, {&said.venue, 1});
    CROWDFLOW_CHECK(loaded.has_value(), "what was saved can be loaded");
    benchmark::DoNotOptimize(&*loaded);
  }
  count_bytes(state, said);
}

// What load() does first whatever the bytes say: take the venue's memory.
void PutVenue(benchmark::State& state) {
  const Said& said = said_once(state.range(0));
  Outputs out;
  for (auto _ : state) {
    Shard shard;
    shard.put_venue(said.venue, out);
    benchmark::DoNotOptimize(&shard);
  }
}

void Copy(benchmark::State& state) {
  const Said& said = said_once(state.range(0));
  for (auto _ : state) {
    std::string bytes;
    bytes.reserve(said.bytes.size());
    bytes.append(said.bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
  count_bytes(state, said);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->ArgName("zones");
}

// One size after the other, so that each is made once.
const int kRegistered = [] {
  for (const std::int64_t zones : {1'000, 10'000, 20'000}) {
    sizes(benchmark::RegisterBenchmark("Save", Save)->Arg(zones));
    sizes(benchmark::RegisterBenchmark("Load", Load)->Arg(zones));
    sizes(benchmark::RegisterBenchmark("PutVenue", PutVenue)->Arg(zones));
    sizes(benchmark::RegisterBenchmark("Copy", Copy)->Arg(zones));
  }
  return 0;
}();

}  // namespace
}  // namespace crowdflow
