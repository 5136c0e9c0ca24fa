// From the bytes of a log's records to states, without a broker: how many readings a second on one
// core, and what would the obvious way cost?
//
//   records (protobuf, 100 readings each) ──► wire decoder ──► Shard::apply(span) ──► states
//   the same records ──► protobuf's parser ──► a mutex, a map by sensor, a map by zone and second
//
// The baseline counts people and nothing else: no duplicates, revisions, windows, quality, alarms.
#include <benchmark/benchmark.h>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <crowdflow/check.h>
#include <crowdflow/shard.h>

#include "row_of_zones.h"
#include "wire/messages.h"
#include "wire/readings_decoder.h"
#include "wire/record_headers.h"

namespace crowdflow {
namespace {

using bench::kStart;
using bench::row_of_zones;

constexpr std::size_t kBatch = 100;
// Seconds of venue time after which every ring has been written.
constexpr std::int64_t kWarmUp = 100;

// What all sensors say in one second, as records.
class Records {
 public:
  explicit Records(const Venue& venue) : values_((venue.sensors.size() + kBatch - 1) / kBatch) {
    for (std::size_t i = 0; i < venue.sensors.size(); ++i) {
      if (i % kBatch == 0) batches_.emplace_back().set_venue_id(venue.id);
      v1::Reading& reading = *batches_.back().add_readings();
      reading.set_sensor_id(venue.sensors[i].id);
      reading.mutable_interval()->set_seconds(1);
      reading.mutable_count_delta()->set_entries(1);
      reading.mutable_count_delta()->set_exits(1);
    }
  }
  const std::vector<std::string>& of(std::int64_t second) {
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      for (v1::Reading& reading : *batches_[i].mutable_readings()) {
        reading.set_sequence(static_cast<std::uint64_t>(second - kStart) + 1);
        reading.mutable_event_time()->set_seconds(second);
      }
      batches_[i].SerializeToString(&values_[i]);
    }
    return values_;
  }

 private:
  std::vector<v1::ReadingBatch> batches_;
  std::vector<std::string> values_;
};

void DecodeAndApply(benchmark::State& state) {
  const auto venue = std::make_shared<const Venue>(row_of_zones(state.range(0)));
  Shard shard;
  Outputs out;
  shard.put_venue(venue, out);
  std::vector<Outcome> outcomes(kBatch);
  std::int64_t second = kStart;
  const auto begin_second = [&] {
    ++second;
    shard.tick({.now = WallTime{start_of_second(second).time_since_epoch()}}, out);
  };
  while (second < kStart + kWarmUp) {
    begin_second();
    for (std::size_t i = 0; i < venue->sensors.size(); ++i)
      static_cast<void>(shard.apply(bench::reading_of(*venue, i, second), out));
    out.clear();
  }

  Records records(*venue);
  wire::ReadingsDecoder decoder;
  std::int64_t applied = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string>& values = records.of(second + 1);
    state.ResumeTiming();
    begin_second();
    for (const std::string& value : values) {
      const auto readings = decoder.decode(value, wire::kProtobufContentType);
      shard.apply(*readings, std::span(outcomes).first(readings->size()), out);
      applied += static_cast<std::int64_t>(readings->size());
    }
    benchmark::DoNotOptimize(out.states.data());
    out.clear();
  }
  CROWDFLOW_CHECK(outcomes[0] == Outcome::kApplied, "the benchmark's readings are applied");
  state.SetItemsProcessed(applied);
}

void ParserMutexAndMaps(benchmark::State& state) {
  const Venue venue = row_of_zones(state.range(0));
  std::mutex mutex;
  std::map<std::string, std::size_t, std::less<>> sensors;
  for (std::size_t i = 0; i < venue.sensors.size(); ++i)
    sensors[venue.sensors[i].id] = i;
  std::map<std::pair<ZoneIndex, std::int64_t>, std::int64_t> people;

  Records records(venue);
  v1::ReadingBatch batch;
  std::int64_t second = kStart;
  std::int64_t applied = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::vector<std::string>& values = records.of(++second);
    state.ResumeTiming();
    for (const std::string& value : values) {
      batch.ParseFromString(value);
      for (const v1::Reading& reading : batch.readings()) {
        const std::lock_guard lock(mutex);
        const Sensor& sensor = venue.sensors[sensors.find(reading.sensor_id())->second];
        people[{venue.openings[*sensor.at].to, reading.event_time().seconds()}] +=
            static_cast<std::int64_t>(reading.count_delta().entries()) -
            static_cast<std::int64_t>(reading.count_delta().exits());
      }
      applied += batch.readings_size();
    }
    if (second % 80 == 0) people.clear();  // as much as the shard's rings remember
  }
  state.SetItemsProcessed(applied);
}

BENCHMARK(DecodeAndApply)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);
BENCHMARK(ParserMutexAndMaps)->Arg(200)->Arg(2'000)->Arg(20'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crowdflow
