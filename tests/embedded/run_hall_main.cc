// run_hall FOLDER SECONDS: the engine on the embedded log there, and the feed of a hall that fills
// and empties every forty seconds. Goes on from what the log holds; ends when all has been taken.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "embedded/embedded_log.h"
#include "processor/processor.h"
#include "unit/engine/venue_builder.h"
#include "wire/readings_encoder.h"

namespace {

using namespace std::chrono_literals;
using namespace crowdflow;

constexpr std::int64_t kStart = 1'518'174'000;

std::shared_ptr<const Venue> hall() {
  return testing::one_hall()
      .rule({.id = "full", .when = RuleKind::kOccupancy, .zones = {0}, .over = 9.5})
      .lateness(60s)
      .build();
}

std::string reading_of(std::int64_t i, std::int64_t seconds) {
  // The last one lies hours later, so that every window closes.
  const std::int64_t second = kStart + i + (i == seconds ? 7200 : 0);
  const bool fills = i % 40 < 20;
  Reading reading;
  reading.venue_id = "hall";
  reading.sensor_id = "counter";
  reading.event_time = start_of_second(second);
  reading.interval = 1s;
  reading.statement = CountDelta{.entries = fills ? 1U : 0U, .exits = fills ? 0U : 1U};
  wire::ReadingsEncoder encoder;
  encoder.begin("hall");
  encoder.add(reading);
  return encoder.bytes();
}

WallTime wall_clock() {
  return WallTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::int64_t seconds = std::atoll(argv[2]);
  const log::TopicNames names;
  auto opened = embedded::EmbeddedLog::open({.folder = argv[1],
                                             .topics = embedded::topic_specs(names),
                                             .vfs = "",
                                             .now = nullptr,
                                             .pace = {}});
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    return 1;
  }
  log::Log& log = **opened;
  processor::ProcessorOptions options;
  options.topics = names;
  options.instance = "engine";
  options.venues = {{.yaml = "the hall", .venue = hall()}};
  options.parse_venue = [](const wire::VenueFile&) { return hall(); };
  options.commit_interval = 5ms;
  options.snapshot_every = 200ms;
  options.now = wall_clock;
  processor::StatusCell status;
  processor::Processor engine(log, std::move(options), status);
  std::jthread running([&](const std::stop_token& stop) {
    if (auto ended = engine.run(stop); !ended) {
      std::fprintf(stderr, "the engine ended: %s\n", ended.error().message.c_str());
      std::_Exit(1);
    }
  });

  auto appender = std::move(*log.appender());
  const log::PartitionId readings{names.readings, 0};
  for (auto i = log.query_bounds(readings)->high; i <= seconds; ++i) {
    const std::string value = reading_of(i, seconds);
    auto done = appender->append({.topic = names.readings, .partition = 0, .value = value});
    if (done) done = appender->flush(10s);
    if (!done) return 1;
    std::printf("reading %lld\n", static_cast<long long>(i));
    std::fflush(stdout);
  }
  for (;;) {
    const auto committed = log.committed("crowdflow", std::vector{readings});
    if (committed && committed->front().offset == seconds + 1) break;
    std::this_thread::sleep_for(5ms);
  }
  std::printf("all taken\n");
}
