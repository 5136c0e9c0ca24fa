// How many readings a second does one core decode from the wire, in batches of 1 and of 100, as
// protobuf and as JSON; beside it protobuf's own parser, which only fills its message.
#include <benchmark/benchmark.h>
#include <string>

#include "wire/json.h"
#include "wire/messages.h"
#include "wire/readings_decoder.h"

namespace crowdflow {
namespace {

v1::ReadingBatch batch_of(std::int64_t readings) {
  v1::ReadingBatch batch;
  batch.set_venue_id("gangneung-hall");
  for (std::int64_t i = 0; i < readings; ++i) {
    v1::Reading& reading = *batch.add_readings();
    reading.set_sensor_id("turnstile-" + std::to_string(i % 40));
    reading.set_sequence(static_cast<std::uint64_t>(i) + 1);
    reading.mutable_event_time()->set_seconds(1'518'174'000 + i / 40);
    reading.mutable_interval()->set_seconds(1);
    reading.mutable_count_delta()->set_entries(3);
    reading.mutable_count_delta()->set_exits(1);
  }
  return batch;
}

void decode(benchmark::State& state, const std::string& bytes, std::string_view type) {
  wire::ReadingsDecoder decoder;
  std::int64_t readings = 0;
  for (auto _ : state) {
    const auto decoded = decoder.decode(bytes, type);
    readings += static_cast<std::int64_t>(decoded->size());
  }
  state.SetItemsProcessed(readings);
}

void OurProtobuf(benchmark::State& state) {
  decode(state, wire::to_bytes(batch_of(state.range(0))), "application/x-protobuf");
}
void OurJson(benchmark::State& state) {
  decode(state, wire::to_json(batch_of(state.range(0))), "application/json");
}
void ProtobufOwnParser(benchmark::State& state) {
  const std::string bytes = wire::to_bytes(batch_of(state.range(0)));
  v1::ReadingBatch batch;
  std::int64_t readings = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(batch.ParseFromString(bytes));
    readings += batch.readings_size();
  }
  state.SetItemsProcessed(readings);
}
BENCHMARK(OurProtobuf)->Arg(1)->Arg(100);
BENCHMARK(ProtobufOwnParser)->Arg(1)->Arg(100);
BENCHMARK(OurJson)->Arg(1)->Arg(100);

}  // namespace
}  // namespace crowdflow
