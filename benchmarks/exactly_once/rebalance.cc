// Two engines of one group in this process, each with a log of its own. The second joins and leaves
// again, while readings come in: for each partition, how long is it from the moment when its owner
// has to give it back to the first reading that an owner takes again, and to the first commit?
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "exactly_once/experiments.h"
#include "exactly_once/feed.h"
#include "exactly_once/measured.h"
#include "exactly_once/observed_log.h"
#include "exactly_once/venues.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "log/topics.h"
#include "processor/processor.h"
#include "support/eventually.h"

namespace crowdflow::bench {
namespace {

constexpr int kPartitions = 4;
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::seconds kSettled{3};

// Who owns what, as the engines hear it from the group. Any thread.
class Ownership {
 public:
  struct Partition {
    std::string owner;
    bool taken = false;      // a record, since it was begun to be read
    bool committed = false;  // one that was taken by this owner
    std::int64_t from = 0;   // where its owner began
    std::string before;      // who had it
    Clock::time_point given_back;
    Clock::time_point begun;
    Clock::time_point first_taken;
    Clock::time_point first_committed;
  };

  void gives_back(const std::string& engine) {
    const std::lock_guard lock(mutex_);
    for (auto& [number, partition] : partitions_) {
      if (partition.owner != engine) continue;
      partition.before = engine;
      partition.owner.clear();
      partition.given_back = Clock::now();
    }
  }
  void begins(const std::string& engine, std::span<const log::Position> positions) {
    const std::lock_guard lock(mutex_);
    for (const log::Position& position : positions) {
      Partition& partition = partitions_[position.at.partition];
      partition.owner = engine;
      partition.taken = partition.committed = false;
      partition.from = position.offset;
      partition.begun = Clock::now();
    }
  }
  void takes(const std::string& engine, std::int32_t number) {
    const std::lock_guard lock(mutex_);
    Partition& partition = partitions_[number];
    if (partition.owner != engine || std::exchange(partition.taken, true)) return;
    partition.first_taken = Clock::now();
  }
  void commits(const std::string& engine, std::span<const log::Position> positions) {
    const std::lock_guard lock(mutex_);
    for (const log::Position& position : positions) {
      Partition& partition = partitions_[position.at.partition];
      if (partition.owner != engine || position.offset <= partition.from) continue;
      if (!std::exchange(partition.committed, true)) partition.first_committed = Clock::now();
    }
  }
  // Once `owner` (empty: anybody) has so many of them, and all are at work.
  [[nodiscard]] bool settled(const std::string& owner, int count) const {
    const std::lock_guard lock(mutex_);
    int owned = 0;
    int at_work = 0;
    for (const auto& [number, partition] : partitions_) {
      owned += partition.owner == owner ? 1 : 0;
      at_work += partition.committed && !partition.owner.empty() ? 1 : 0;
    }
    return owned == count && at_work == kPartitions;
  }
  [[nodiscard]] std::map<std::int32_t, Partition> partitions() const {
    const std::lock_guard lock(mutex_);
    return partitions_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::int32_t, Partition> partitions_;
};

class Engine final : public LogObserver {
 public:
  Engine(const std::string& brokers, processor::ProcessorOptions options, Ownership& ownership)
      : options_(std::move(options)), ownership_(ownership) {
    const auto& names = options_.topics;
    log_ = must(
        kafka::connect({.brokers = brokers,
                        .client_id = options_.instance,
                        .warm_topics = {names.readings, names.zone_states, names.alerts,
                                        names.alerts_current, names.journal, names.dead_letters}}),
        "connecting");
    relay_ = std::make_unique<ObservedLog>(*log_, *this);
    thread_ = std::jthread([this](std::stop_token stop) {
      processor::StatusCell status;
      must(processor::Processor(*relay_, options_, status).run(std::move(stop)), "an engine");
    });
  }
  // With all that it applied committed.
  void stop() {
    thread_.request_stop();
    thread_.join();
    ownership_.gives_back(options_.instance);
  }

  void changed(const std::string& group, const log::AssignmentChange& change) override {
    if (!group.empty() && change.partitions.empty()) ownership_.gives_back(options_.instance);
  }
  void starts(const std::string& group, std::span<const log::Position> positions) override {
    if (!group.empty()) ownership_.begins(options_.instance, positions);
  }
  void took(const std::string& group, std::span<const log::Record> records) override {
    if (group.empty()) return;
    for (const log::Record& record : records)
      ownership_.takes(options_.instance, record.partition);
  }
  void committed(std::span<const log::Position> positions) override {
    ownership_.commits(options_.instance, positions);
  }

 private:
  const processor::ProcessorOptions options_;
  Ownership& ownership_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<ObservedLog> relay_;
  std::jthread thread_;  // last: it ends first
};

// Of the partitions that changed hands, or of those that came back to the same.
struct Gap {
  Samples restored_s;
  Samples taken_s;
  Samples committed_s;

  void add(const Ownership::Partition& partition) {
    restored_s.add(seconds(partition.begun - partition.given_back));
    taken_s.add(seconds(partition.first_taken - partition.given_back));
    committed_s.add(seconds(partition.first_committed - partition.given_back));
  }
  void print(const char* what) const {
    if (taken_s.count() == 0) return;
    std::printf("  %-36s restored %s s, first reading %s s, first commit %s s, %zu partitions\n",
                what, restored_s.in_words("%.2f").c_str(), taken_s.in_words("%.2f").c_str(),
                committed_s.in_words("%.2f").c_str(), taken_s.count());
  }
};

void settle(const Ownership& ownership, const std::string& owner, int count) {
  if (!test::eventually(kPatience, [&] { return ownership.settled(owner, count); }))
    give_up("the group does not settle");
}

}  // namespace

void measure_rebalance(const std::string& brokers, const RebalanceOptions& options) {
  processor::ProcessorOptions engine;
  engine.topics = log::TopicNames("rebalance.");
  must(
      kafka::create_topics({.brokers = brokers}, kafka::topic_specs(engine.topics, kPartitions, 1)),
      "topics");
  const int zones = options.readings_per_second / kDoors;
  const auto rows = rows_of_zones(zones, zones / kPartitions, kPartitions);
  for (const Row& row : rows)
    engine.venues.push_back(source_of(row));
  engine.parse_venue = parse_venue;
  engine.now = [] { return WallTime{event_time_now().time_since_epoch()}; };
  const auto named = [&](const char* name) {
    processor::ProcessorOptions with_name = engine;
    with_name.instance = name;
    return with_name;
  };

  Ownership ownership;
  Engine first(brokers, named("first"), ownership);
  const Feed load(brokers, engine.topics.readings, rows, options.readings_per_second, 1);
  settle(ownership, "first", kPartitions);
  Gap moved;
  Gap kept;
  Gap left;
  for (int n = 0; n < options.repetitions; ++n) {
    std::this_thread::sleep_for(kSettled);
    Engine second(brokers, named("second"), ownership);
    settle(ownership, "second", kPartitions / 2);
    for (const auto& [number, partition] : ownership.partitions())
      (partition.owner == partition.before ? kept : moved).add(partition);
    std::this_thread::sleep_for(kSettled);
    second.stop();
    settle(ownership, "first", kPartitions);
    for (const auto& [number, partition] : ownership.partitions()) {
      if (partition.before == "second") left.add(partition);
    }
  }
  std::printf("partitions given back to at work again, %d readings/s, %d times (%s):\n",
              options.readings_per_second, options.repetitions, load_average().c_str());
  moved.print("a second engine joins: moved to it");
  kept.print("a second engine joins: kept");
  left.print("it ends in order: taken over");
  first.stop();
}

}  // namespace crowdflow::bench
