// From a reading's intended time to the alert that a read-committed reader has in hand, beside what
// one record takes through a transaction at least, under the same load at the same time:
//
//   load ────────────► readings ─► crowdflow run ─► alerts ──► reader
//   probes ──┬───────►
//            └─► bare-in ─► a transaction for each ─► bare-out ─► reader
//
// Probes come at random instants that nothing else decides, so what is held up counts (open loop).
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "exactly_once/bare_loop.h"
#include "exactly_once/experiments.h"
#include "exactly_once/feed.h"
#include "exactly_once/measured.h"
#include "exactly_once/plain_client.h"
#include "exactly_once/venues.h"
#include "kafka/topic_admin.h"
#include "log/log.h"
#include "support/crowdflow_program.h"
#include "support/temp_dir.h"
#include "wire/messages.h"
#include "wire/readings_encoder.h"

namespace crowdflow::bench {
namespace {

constexpr int kPartitions = 4;
constexpr int kProbeZones = 40;
constexpr int kZonesOfAVenue = 1000;
constexpr int kMostSingleReadings = 20'000;  // a second; more come 100 in a record
constexpr const char* kProbes = "probes";
// One probe in each such span, at a random instant of it; a zone is probed every other second.
constexpr std::chrono::milliseconds kEach{50};
constexpr std::chrono::seconds kLast{5};

// When each probe was to be sent and how long it took. Any thread.
class Probes {
 public:
  void sent(std::uint64_t number, Clock::time_point intended) {
    const std::lock_guard lock(mutex_);
    under_way_[number] = intended;
  }
  void seen(std::uint64_t number) {
    const auto now = Clock::now();
    const std::lock_guard lock(mutex_);
    const auto found = under_way_.find(number);
    if (found == under_way_.end()) return;
    if (measuring_) latency_ms_.add(1e3 * seconds(now - found->second));
    under_way_.erase(found);
  }
  void begin() {
    const std::lock_guard lock(mutex_);
    measuring_ = true;
    under_way_.clear();
  }
  [[nodiscard]] std::size_t under_way() const {
    const std::lock_guard lock(mutex_);
    return under_way_.size();
  }
  [[nodiscard]] Samples latency_ms() const {
    const std::lock_guard lock(mutex_);
    return latency_ms_;
  }

 private:
  mutable std::mutex mutex_;
  bool measuring_ = false;
  std::map<std::uint64_t, Clock::time_point> under_way_;
  Samples latency_ms_;
};

// The number of the probe that an alert answers: each zone in turn, raised and cleared in turn.
std::uint64_t probe_of(const v1::Alert& alert) {
  const std::uint64_t zone = std::stoull(alert.zone_id().substr(1));
  const std::uint64_t round = 2 * (alert.occurrence() - 1) + (alert.condition_active() ? 0 : 1);
  return round * kProbeZones + zone;
}

std::string probe_reading(std::uint64_t number, EventTime at) {
  const std::string sensor = sensor_id(static_cast<int>(number % kProbeZones));
  Reading reading;
  reading.venue_id = kProbes;
  reading.sensor_id = sensor;
  reading.sequence = number / kProbeZones + 1;
  reading.event_time = at;
  const bool raises = number / kProbeZones % 2 == 0;
  reading.statement = Occupancy{.people = raises ? 2 * kProbeLimit : 0U};
  wire::ReadingsEncoder encoder;
  encoder.begin(kProbes);
  encoder.add(reading);
  return encoder.bytes();
}

// Sends probes to both until `end`, each at its time.
class Prober {
 public:
  Prober(const std::string& brokers, const std::string& readings, const std::string& bare)
      : producer_(brokers, {readings, bare}, {{"linger.ms", "0"}}) {}

  void run(Clock::duration span, Probes& ours, Probes& theirs) {
    std::uniform_int_distribution<std::int64_t> instant(0, Clock::duration(kEach).count() - 1);
    const auto begin = Clock::now();
    for (int n = 0; n * kEach < span; ++n) {
      const auto slot = begin + n * kEach;
      auto first = slot + Clock::duration(instant(random_));
      auto second = slot + Clock::duration(instant(random_));
      const bool ours_first = first < second;
      for (const bool to_us : {ours_first, !ours_first}) {
        const auto intended =
            to_us == ours_first ? std::min(first, second) : std::max(first, second);
        std::this_thread::sleep_until(intended);
        send(to_us, intended, to_us ? ours : theirs);
      }
    }
  }

 private:
  void send(bool to_us, Clock::time_point intended, Probes& probes) {
    if (to_us) {
      probes.sent(ours_, intended);
      producer_.send(0, log::home_partition(kProbes, kPartitions), kProbes,
                     probe_reading(ours_, event_time_now()));
      ++ours_;
    } else {
      probes.sent(theirs_, intended);
      producer_.send(1, 0, {}, std::to_string(theirs_));
      ++theirs_;
    }
    producer_.serve();
  }

  PlainProducer producer_;
  std::mt19937_64 random_{7};
  std::uint64_t ours_ = 0;
  std::uint64_t theirs_ = 0;
};

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

void print_row(const char* name, const Samples& ms) {
  std::printf("  %-9s %8.1f %8.1f %8.1f %8.1f %8zu\n", name, ms.percentile(0.5), ms.percentile(0.9),
              ms.percentile(0.99), ms.percentile(0.999), ms.count());
}

struct Spent {
  double cpu_s = 0;
  Clock::time_point at;
};

Spent spent_by(const test::CrowdflowProgram& engine) {
  return {.cpu_s = engine.metric("process_cpu_seconds_total"), .at = Clock::now()};
}

// A slow one is not cut off.
void wait_for_the_last(const Probes& ours, const Probes& theirs) {
  const auto deadline = Clock::now() + kLast;
  while (ours.under_way() + theirs.under_way() > 0 && Clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

void print(const LatencyOptions& options, const Samples& ours, const Samples& theirs,
           std::size_t lost) {
  std::printf("latency at %d readings/s, ms from the intended time to the reader (%s):\n",
              options.readings_per_second, load_average().c_str());
  std::printf("  %-9s %8s %8s %8s %8s %8s\n", "", "p50", "p90", "p99", "p99.9", "samples");
  print_row("crowdflow", ours);
  print_row("bare", theirs);
  std::printf("  %-9s %8.2f %8.2f %8.2f %8.2f   not seen in time: %zu\n", "ratio",
              ours.percentile(0.5) / theirs.percentile(0.5),
              ours.percentile(0.9) / theirs.percentile(0.9),
              ours.percentile(0.99) / theirs.percentile(0.99),
              ours.percentile(0.999) / theirs.percentile(0.999), lost);
}

}  // namespace

void measure_latency(const std::string& brokers, const LatencyOptions& options) {
  const int rate = options.readings_per_second;
  const std::string prefix = "latency-" + std::to_string(rate) + ".";
  const auto rows = rows_of_zones(rate / kDoors, kZonesOfAVenue, kPartitions);
  const test::TempDir dir;
  std::vector<std::filesystem::path> files{
      dir.write("probes.yaml", probe_venue(kProbes, kProbeZones))};
  for (const Row& row : rows)
    files.push_back(dir.write(row.id + ".yaml", row.yaml));

  test::CrowdflowProgram engine(brokers, files, prefix, kPartitions);
  if (const auto made = engine.create_topics(); !made) give_up(made.message());
  const std::string in = prefix + "bare-in";
  const std::string out = prefix + "bare-out";
  must(kafka::create_topics({.brokers = brokers}, {{.name = in}, {.name = out}}), "bare topics");
  if (const auto started = engine.start(); !started) give_up(started.message());
  if (const auto ready = engine.becomes_ready(); !ready) give_up(ready.message());

  Probes ours;
  Probes theirs;
  BareLoop bare(brokers, in, out);
  bare.wait_until_assigned();
  const Follower alerts(brokers, engine.topic("alerts"), kPartitions,
                        [&](const rd_kafka_message_t& message) {
                          v1::Alert alert;
                          must(wire::parse(value_of(message), alert), "an alert");
                          ours.seen(probe_of(alert));
                        });
  const Follower passed(brokers, out, 1, [&](const rd_kafka_message_t& message) {
    theirs.seen(std::stoull(std::string(value_of(message))));
  });
  const Feed load(brokers, engine.topic("readings"), rows, rate,
                  rate > kMostSingleReadings ? 100 : 1);
  Prober prober(brokers, engine.topic("readings"), in);

  prober.run(options.warm_up, ours, theirs);
  ours.begin();
  theirs.begin();
  const Spent before = spent_by(engine);
  prober.run(options.measured, ours, theirs);
  const Spent after = spent_by(engine);
  wait_for_the_last(ours, theirs);

  print(options, ours.latency_ms(), theirs.latency_ms(), ours.under_way() + theirs.under_way());
  std::printf(
      "  the engine's process (with its page): %.2f cores, %.0f MB resident; commits: %.1f "
      "ms on average; lag %.0f records\n",
      (after.cpu_s - before.cpu_s) / seconds(after.at - before.at),
      engine.metric("process_resident_memory_bytes") / 1e6,
      1e3 * engine.metric("crowdflow_commit_duration_seconds_sum") /
          engine.metric("crowdflow_commit_duration_seconds_count"),
      engine.metric("crowdflow_consumer_lag_records{partition=\"0\"}"));
  if (const auto stopped = engine.stop(); !stopped) give_up(stopped.message());
}

}  // namespace crowdflow::bench
