// How much slower do transactions make the engine? It drains a topic of recorded readings with its
// commits as they are, and with the same records written by a plain idempotent producer and the
// positions committed to the group once they are acknowledged: at least once, as most do it.
// The same engine code in the same process; each way in turn.
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>
#include <vector>

#include "exactly_once/experiments.h"
#include "exactly_once/feed.h"
#include "exactly_once/measured.h"
#include "exactly_once/observed_log.h"
#include "exactly_once/plain_client.h"
#include "exactly_once/venues.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "log/topics.h"
#include "processor/processor.h"

namespace crowdflow::bench {
namespace {

constexpr int kPartitions = 4;
constexpr int kZonesOfAVenue = 250;
constexpr std::chrono::hours kAgo{2};  // the readings are recorded ones
constexpr std::chrono::seconds kPatience{120};
constexpr std::int64_t kMillion = 1'000'000;

// Writes without a transaction: what is committed may come twice after a failure.
class AtLeastOnceWriter final : public log::Writer {
 public:
  AtLeastOnceWriter(std::unique_ptr<log::Appender> appender, ClientHandle group)
      : appender_(std::move(appender)), group_(std::move(group)) {}
  Result<void> open() override { return {}; }
  Result<void> begin() override { return {}; }
  Result<void> append(const log::Append& record) override {
    auto done = appender_->append(record);
    while (!done && done.error().code == ErrorCode::kUnavailable) {  // the queue is full
      static_cast<void>(appender_->flush(std::chrono::milliseconds{10}));
      done = appender_->append(record);
    }
    return done;
  }
  Result<void> send_positions(const log::Assignment&,
                              std::span<const log::Position> positions) override {
    positions_.assign(positions.begin(), positions.end());
    return {};
  }
  Result<void> commit() override {
    if (auto done = appender_->flush(kPatience); !done) return done;
    const kafka::PartitionListHandle list(
        rd_kafka_topic_partition_list_new(static_cast<int>(positions_.size())));
    for (const log::Position& position : positions_) {
      rd_kafka_topic_partition_list_add(list.get(), position.at.topic.c_str(),
                                        position.at.partition)
          ->offset = position.offset;
    }
    must(rd_kafka_commit(group_.get(), list.get(), 0) == RD_KAFKA_RESP_ERR_NO_ERROR,
         "committing positions");
    return {};
  }
  Result<void> abort() override { return {}; }

 private:
  const std::unique_ptr<log::Appender> appender_;
  const ClientHandle group_;  // by hand: it has no members
  std::vector<log::Position> positions_;
};

class AtLeastOnceLog final : public ObservedLog {
 public:
  AtLeastOnceLog(log::Log& inner, LogObserver& observer, std::string brokers, std::string group)
      : ObservedLog(inner, observer), brokers_(std::move(brokers)), group_(std::move(group)) {}

 protected:
  Result<std::unique_ptr<log::Writer>> unobserved_writer(const std::string&) override {
    auto appender = this->appender();
    if (!appender) return tl::unexpected(appender.error());
    return std::make_unique<AtLeastOnceWriter>(
        std::move(*appender),
        plain_client(RD_KAFKA_CONSUMER, brokers_,
                     {{"group.id", group_}, {"enable.auto.commit", "false"}}));
  }

 private:
  const std::string brokers_;
  const std::string group_;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

// From the first commit of readings to the one with the last of them.
class Drain final : public LogObserver {
 public:
  Drain(std::int64_t records, std::stop_source stop) : records_(records), stop_(std::move(stop)) {}

  void committed(std::span<const log::Position> positions) override {
    for (const log::Position& position : positions)
      committed_[position.at.partition] = position.offset;  // of those that it writes for
    std::int64_t sum = 0;
    for (const auto& [partition, offset] : committed_)
      sum += offset;
    ++commits_;
    const Mark mark{.records = sum, .at = Clock::now(), .cpu_s = cpu_seconds()};
    if (first_.records == 0) first_ = mark;
    last_ = mark;
    if (sum >= records_) stop_.request_stop();
  }
  [[nodiscard]] double records() const { return double(last_.records - first_.records); }
  [[nodiscard]] double took_s() const { return seconds(last_.at - first_.at); }
  [[nodiscard]] double cpu_s() const { return last_.cpu_s - first_.cpu_s; }
  [[nodiscard]] int commits() const { return commits_; }

 private:
  struct Mark {
    std::int64_t records = 0;
    Clock::time_point at;
    double cpu_s = 0;
  };
  const std::int64_t records_;
  std::stop_source stop_;
  std::map<std::int32_t, std::int64_t> committed_;
  int commits_ = 0;
  Mark first_;
  Mark last_;
};

struct Speed {
  double per_second = 0;  // readings
  double per_cpu_second = 0;
  int commits = 0;
};

struct Topic {
  std::string brokers;
  std::string readings;
  std::vector<Row> rows;
  std::int64_t records = 0;
  int readings_per_record = 1;
};

Speed drain(const Topic& topic, const std::string& name, bool transactions) {
  processor::ProcessorOptions options;
  options.topics = log::TopicNames(name + ".");
  options.topics.readings = topic.readings;
  must(kafka::create_topics({.brokers = topic.brokers},
                            kafka::topic_specs(options.topics, kPartitions, 1)),
       "output topics");
  options.group = options.instance = name;
  options.assign_by_hand = true;
  for (const Row& row : topic.rows)
    options.venues.push_back(source_of(row));
  options.parse_venue = parse_venue;
  options.now = [] { return WallTime{event_time_now().time_since_epoch()}; };

  const auto& names = options.topics;
  auto log = must(
      kafka::connect({.brokers = topic.brokers,
                      .warm_topics = {names.readings, names.zone_states, names.alerts,
                                      names.alerts_current, names.journal, names.dead_letters}}),
      "connecting");
  const std::stop_source stop;
  Drain drained(topic.records, stop);
  std::unique_ptr<log::Log> relay;
  if (transactions) {
    relay = std::make_unique<ObservedLog>(*log, drained);
  } else {
    relay = std::make_unique<AtLeastOnceLog>(*log, drained, topic.brokers, options.group);
  }
  processor::StatusCell status;
  must(processor::Processor(*relay, options, status).run(stop.get_token()), "the engine");
  const double readings = drained.records() * topic.readings_per_record;
  return {.per_second = readings / drained.took_s(),
          .per_cpu_second = readings / drained.cpu_s(),
          .commits = drained.commits()};
}

void fill(Topic& topic, std::int64_t readings) {
  must(kafka::create_topics({.brokers = topic.brokers},
                            {{.name = topic.readings, .partitions = kPartitions}}),
       "the topic of readings");
  int sensors = 0;
  for (const Row& row : topic.rows)
    sensors += row.sensors();
  RowReadings recorded(topic.rows, sensors, topic.readings_per_record, event_time_now() - kAgo);
  PlainProducer producer(topic.brokers, {topic.readings}, {{"linger.ms", "20"}});
  for (std::int64_t sent = 0; sent < readings; ++topic.records) {
    const RowReadings::Record& record = recorded.next();
    const Row& row = topic.rows[record.row];
    producer.send(0, row.partition, row.id, record.value);
    if (topic.records % 1000 == 0) producer.serve();
    sent += record.readings;
  }
  producer.flush();
}

}  // namespace

void measure_throughput(const std::string& brokers, const ThroughputOptions& options) {
  Topic topic{.brokers = brokers,
              .readings = "recorded.readings",
              .rows = rows_of_zones(kPartitions * kZonesOfAVenue, kZonesOfAVenue, kPartitions),
              .readings_per_record = options.readings_per_record};
  fill(topic, options.millions * kMillion);
  Samples with;
  Samples without;
  Samples ratio;
  Samples cpu_ratio;
  int commits = 0;
  for (int n = -1; n < options.repetitions; ++n) {
    Speed plain;
    Speed exact;
    for (const bool transactions : {n % 2 != 0, n % 2 == 0}) {  // each of them first, in turn
      Speed& speed = transactions ? exact : plain;
      const std::string name = (transactions ? "exact-" : "plain-") + std::to_string(n + 1);
      speed = drain(topic, name, transactions);
    }
    if (n < 0) continue;  // the broker's compiler was still at work
    with.add(exact.per_second / kMillion);
    without.add(plain.per_second / kMillion);
    ratio.add(exact.per_second / plain.per_second);
    cpu_ratio.add(exact.per_cpu_second / plain.per_cpu_second);
    commits = exact.commits;
  }
  std::printf("draining %d M readings, %d in a record, %d times each (%s):\n", options.millions,
              options.readings_per_record, options.repetitions, load_average().c_str());
  std::printf("  with transactions     %s M readings/s, %d commits\n",
              with.in_words("%.2f").c_str(), commits);
  std::printf("  at least once         %s M readings/s\n", without.in_words("%.2f").c_str());
  std::printf("  ratio                 %s, by time of the processor %s\n",
              ratio.in_words("%.2f").c_str(), cpu_ratio.in_words("%.2f").c_str());
}

}  // namespace crowdflow::bench
