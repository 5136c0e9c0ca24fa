// An engine with many zones is killed at a random instant and started again, the same instance:
// how long does it work after its assignment, and when can a fresh state be read again? At the end,
// a restore beside the dead engine's log tells where the time goes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "exactly_once/experiments.h"
#include "exactly_once/feed.h"
#include "exactly_once/measured.h"
#include "exactly_once/observed_log.h"
#include "exactly_once/venues.h"
#include "kafka/kafka_log.h"
#include "log/topics.h"
#include "processor/restore.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/temp_dir.h"
#include "wire/messages.h"

namespace crowdflow::bench {
namespace {

constexpr int kPartitions = 4;
constexpr std::chrono::seconds kPatience{90};
constexpr std::chrono::seconds kFreshWithin{3};  // by its venue time, of the wall clock
constexpr std::size_t kBeginning = 512;          // of a record: more than its own times

// The first state that can be read and speaks of a time after an instant. Any thread.
class FreshState {
 public:
  void wait_for_after(EventTime instant) {
    const std::lock_guard lock(mutex_);
    after_ = instant;
    any_.reset();
    fresh_.reset();
  }
  void seen(const rd_kafka_message_t& message) {
    const auto now = Clock::now();
    // The batch's own times come first; what follows is cut, and so does not parse to its end.
    v1::ZoneStateBatch head;
    const std::size_t size = std::min(message.len, kBeginning);
    static_cast<void>(head.ParsePartialFromArray(message.payload, static_cast<int>(size)));
    const EventTime venue_time = wire::event_time(head.venue_time());
    const std::lock_guard lock(mutex_);
    if (venue_time <= after_) return;
    if (!any_) any_ = now;
    if (!fresh_ && event_time_now() - venue_time <= kFreshWithin) fresh_ = now;
  }
  [[nodiscard]] std::optional<Clock::time_point> any() const {
    const std::lock_guard lock(mutex_);
    return any_;
  }
  [[nodiscard]] std::optional<Clock::time_point> fresh() const {
    const std::lock_guard lock(mutex_);
    return fresh_;
  }

 private:
  mutable std::mutex mutex_;
  EventTime after_ = kLatestEvent;
  std::optional<Clock::time_point> any_;
  std::optional<Clock::time_point> fresh_;
};

// What a restore reads, and when.
class RestoreSteps final : public LogObserver {
 public:
  explicit RestoreSteps(const log::TopicNames& topics) : topics_(topics) {}
  void starts(const std::string&, std::span<const log::Position> at) override {
    if (at.empty()) return;
    const std::string& topic = at.front().at.topic;
    if (topic == topics_.snapshots) snapshot_from_ = Clock::now();
    if (topic == topics_.readings) readings_from_ = Clock::now();
  }
  void took(const std::string&, std::span<const log::Record> records) override {
    if (records.front().topic == topics_.snapshots) {
      snapshot_until_ = Clock::now();
      for (const log::Record& record : records)
        snapshot_bytes_ += record.value.size();
    } else if (records.front().topic == topics_.readings) {
      readings_ += records.size();
    }
  }
  void print(Clock::time_point begun, Clock::time_point ended, Clock::duration parsing) const {
    std::printf(
        "  a restore of one partition: %.2f s; journal's end %.2f, snapshot of %.1f MB read %.2f, "
        "loaded %.2f (of it the venue files %.2f), %zu records re-applied %.2f\n",
        seconds(ended - begun), seconds(snapshot_from_ - begun),
        static_cast<double>(snapshot_bytes_) / 1e6, seconds(snapshot_until_ - snapshot_from_),
        seconds(readings_from_ - snapshot_until_), seconds(parsing), readings_,
        seconds(ended - readings_from_));
  }

 private:
  const log::TopicNames& topics_;
  Clock::time_point snapshot_from_;
  Clock::time_point snapshot_until_;
  Clock::time_point readings_from_;
  std::size_t snapshot_bytes_ = 0;
  std::size_t readings_ = 0;
};

void restore_beside(const std::string& brokers, const std::string& prefix,
                    const std::vector<Row>& rows, std::int32_t partition) {
  processor::ProcessorOptions options;
  options.topics = log::TopicNames(prefix);
  options.group = prefix + "engine";
  for (const Row& row : rows)
    options.venues.push_back(source_of(row));
  options.now = [] { return WallTime{event_time_now().time_since_epoch()}; };
  Clock::duration parsing{0};
  options.parse_venue = [&](const wire::VenueFile& file) {
    const auto begun = Clock::now();
    auto venue = parse_venue(file);
    parsing += Clock::now() - begun;
    return venue;
  };
  auto log = must(kafka::connect({.brokers = brokers}), "connecting");
  RestoreSteps steps(options.topics);
  ObservedLog relay(*log, steps);
  const auto begun = Clock::now();
  must(processor::restore_partition(relay, options,
                                    processor::configured_venues(options, kPartitions), partition),
       "restoring");
  steps.print(begun, Clock::now(), parsing);
}

void wait_for_snapshot(const test::CrowdflowProgram& engine) {
  const auto done = test::eventually(
      kPatience, [&] { return engine.metric("crowdflow_engine_snapshots_total") >= 1; });
  if (!done) give_up("no snapshot in time:\n" + engine.log() + engine.metrics());
}

}  // namespace

void measure_restart(const std::string& brokers, const RestartOptions& options) {
  const std::string prefix = "restart.";
  const auto rows = rows_of_zones(options.zones, options.zones_of_a_venue, kPartitions);
  const test::TempDir dir;
  std::vector<std::filesystem::path> files;
  for (const Row& row : rows)
    files.push_back(dir.write(row.id + ".yaml", row.yaml));
  test::CrowdflowProgram engine(brokers, files, prefix, kPartitions);
  if (const auto made = engine.create_topics(); !made) give_up(made.message());
  if (const auto started = engine.start(); !started) give_up(started.message());
  if (const auto ready = engine.becomes_ready(); !ready) give_up(ready.message());

  FreshState state;
  const Follower states(brokers, engine.topic("zone-states"), kPartitions,
                        [&](const rd_kafka_message_t& message) { state.seen(message); });
  const Feed load(brokers, engine.topic("readings"), rows, options.readings_per_second, 100);
  std::mt19937_64 random{7};
  std::uniform_int_distribution<int> pause_ms(3'000, 10'000);
  std::printf("killed and started again, %d zones, %d readings/s (%s):\n", options.zones,
              options.readings_per_second, load_average().c_str());
  Samples work_s;
  Samples fresh_s;
  for (int n = 0; n < options.repetitions; ++n) {
    wait_for_snapshot(engine);
    std::this_thread::sleep_for(std::chrono::milliseconds{pause_ms(random)});
    const double bytes = engine.metric("crowdflow_engine_snapshot_bytes");
    const double resident = engine.metric("process_resident_memory_bytes");
    state.wait_for_after(event_time_now());
    const auto killed = Clock::now();
    engine.kill();
    if (const auto started = engine.start(); !started) give_up(started.message());
    const auto up = Clock::now();
    if (!test::eventually(kPatience, [&] { return state.fresh().has_value(); }))
      give_up("no fresh state in time: " + engine.log());
    const double restore_s = engine.metric("crowdflow_engine_restore_seconds");
    work_s.add(restore_s);
    fresh_s.add(seconds(*state.fresh() - killed));
    std::printf(
        "  work after assignment %.2f s; from the kill: configuration read %.1f s, first "
        "new state %.1f s, fresh %.1f s; last snapshot %.1f MB, resident %.0f MB\n",
        restore_s, seconds(up - killed), seconds(*state.any() - killed),
        seconds(*state.fresh() - killed), bytes / 1e6, resident / 1e6);
    std::fflush(stdout);
  }
  std::printf("  work after assignment %s s, kill to fresh state %s s\n",
              work_s.in_words("%.2f").c_str(), fresh_s.in_words("%.1f").c_str());
  wait_for_snapshot(engine);
  std::this_thread::sleep_for(std::chrono::milliseconds{pause_ms(random)});
  engine.kill();
  for (std::int32_t partition = 0; partition < std::min(kPartitions, static_cast<int>(rows.size()));
       ++partition)
    restore_beside(brokers, prefix, rows, partition);
}

}  // namespace crowdflow::bench
