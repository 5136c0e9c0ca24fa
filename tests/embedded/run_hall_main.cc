// run_hall FOLDER SECONDS [CUT IMAGE]: the engine on the embedded log there, and the feed of a hall
// that fills and empties every forty seconds. Goes on from what the log holds; ends when all has
// been taken. CUT: the power is cut at that operation of the disk; then IMAGE gets what is left,
// and the exit status is 75.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "embedded/embedded_log.h"
#include "embedded/fault_disk.h"
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

// Ends the process as a power cut does; `image` gets what the disk has then. Threads: any.
class Power {
 public:
  Power(std::int64_t cut_at, std::string image) : cut_at_(cut_at), image_(std::move(image)) {
    disk_.plan(test::FaultDisk::Fault::kPowerCut, cut_at);
  }
  [[nodiscard]] const std::string& disk() const { return disk_.name(); }
  void end_if_cut() {
    const std::lock_guard lock(mutex_);
    if (disk_.struck() == 0) return;
    disk_.lasting_image(image_, static_cast<std::uint64_t>(cut_at_));
    std::_Exit(kCut);
  }

 private:
  static constexpr int kCut = 75;

  test::FaultDisk disk_;
  const std::int64_t cut_at_;
  const std::string image_;
  std::mutex mutex_;
};

bool run(const std::string& folder, std::int64_t seconds, Power* power) {
  const auto end_if_cut = [power] {
    if (power != nullptr) power->end_if_cut();
  };
  const auto failed = [&end_if_cut](const Error& error) {
    end_if_cut();
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return false;
  };
  const log::TopicNames names;
  auto opened = embedded::EmbeddedLog::open({.folder = folder,
                                             .topics = embedded::topic_specs(names),
                                             .vfs = power != nullptr ? power->disk() : "",
                                             .now = nullptr,
                                             .pace = {}});
  if (!opened) return failed(opened.error());
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
      failed(ended.error());
      std::_Exit(1);
    }
  });

  auto appender = std::move(*log.appender());
  const log::PartitionId readings{names.readings, 0};
  const auto bounds = log.query_bounds(readings);
  if (!bounds) return failed(bounds.error());
  for (auto i = bounds->high; i <= seconds; ++i) {
    const std::string value = reading_of(i, seconds);
    auto done = appender->append({.topic = names.readings, .partition = 0, .value = value});
    if (done) done = appender->flush(10s);
    if (!done) return failed(done.error());
    std::printf("reading %lld\n", static_cast<long long>(i));
    std::fflush(stdout);
  }
  for (;;) {
    end_if_cut();
    const auto committed = log.committed("crowdflow", std::vector{readings});
    if (committed && committed->front().offset == seconds + 1) break;
    std::this_thread::sleep_for(5ms);
  }
  std::printf("all taken\n");
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 5) return 2;
  const std::string folder = argv[1];
  const std::int64_t seconds = std::atoll(argv[2]);
  if (argc == 3) return run(folder, seconds, nullptr) ? 0 : 1;
  Power power(std::atoll(argv[3]), argv[4]);
  const bool good = run(folder, seconds, &power);
  power.end_if_cut();  // while the log was being closed
  return good ? 0 : 1;
}
