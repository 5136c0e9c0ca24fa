// A burst that comes in faster than it can be applied: the processor, in this process, on a real
// Kafka, with little room between its threads.
#include <chrono>
#include <future>
#include <set>
#include <string>
#include <thread>

#include "integration/topic_contents.h"
#include "integration/watched_log.h"
#include "kafka/kafka_log.h"
#include "kafka/topic_admin.h"
#include "processor/processor.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka_environment = KafkaEnvironment::install();

constexpr std::int32_t kPartitions = 2;
constexpr int kRecords = 20'000;
constexpr int kReadingsPerRecord = 10;
constexpr std::int64_t kStart = 1'518'174'000;

std::shared_ptr<const Venue> hall() {
  Venue venue;
  venue.id = "hall";
  venue.version = "1";
  venue.profiles.push_back(*built_in_profile("fruin-walkway"));
  venue.zones.push_back({.id = "hall", .area_m2 = 100});
  venue.openings.push_back({.id = "door", .from = kOutside, .to = 0});
  venue.sensors.push_back({.id = "counter", .counts = CountKind::kDelta, .at = 0});
  venue.windows = {{.size_s = 60, .hop_s = 60}};
  return std::make_shared<const Venue>(std::move(venue));
}

// The n-th record: one person comes in with each of its readings.
std::string record(int n) {
  std::string lines;
  for (int i = 0; i < kReadingsPerRecord; ++i) {
    lines += R"({"venue_id":"hall","sensor_id":"counter","event_time":")" +
             to_rfc3339(start_of_second(kStart + n * kReadingsPerRecord + i)) +
             R"(","interval":"1s","count_delta":{"entries":1}})" + "\n";
  }
  return lines;
}

processor::ProcessorOptions processor_options(const log::TopicNames& topics) {
  processor::ProcessorOptions options;
  options.topics = topics;
  options.group = "back-pressure";
  options.instance = "back-pressure-1";
  options.venues.push_back({.yaml = "", .venue = hall()});
  options.parse_venue = [](const wire::VenueFile&) { return hall(); };
  options.now = [] {
    return WallTime{std::chrono::floor<Span>(std::chrono::system_clock::now().time_since_epoch())};
  };
  options.engine_threads = 2;
  options.lane_capacity = 8;
  return options;
}

TEST(BackPressure, ABurstIsBoundedInMemoryAndLosesNothingAndTheGroupStays) {
  const log::TopicNames topics("back-pressure.");
  const kafka::ConnectOptions connection{.brokers = kafka_environment->broker().bootstrap(),
                                         .client_id = "back-pressure",
                                         .properties = {},
                                         .fetch_wait = 100ms,
                                         .warm_topics = {}};
  ASSERT_TRUE(kafka::create_topics(connection, kafka::topic_specs(topics, kPartitions, 1)));
  auto log = kafka::connect(connection);
  ASSERT_TRUE(log) << log.error().message;
  auto appender = (*log)->appender();
  ASSERT_TRUE(appender);
  const std::int32_t home = log::home_partition("hall", kPartitions);
  for (int n = 0; n < kRecords; ++n) {
    const std::string value = record(n);
    const log::Append append{.topic = topics.readings, .partition = home, .value = value};
    while (!(*appender)->append(append))
      ASSERT_TRUE((*appender)->flush(30s));
  }
  ASSERT_TRUE((*appender)->flush(30s));

  const auto watch = std::make_shared<LogWatch>();
  WatchedLog watched(**log, watch);
  processor::StatusCell status;
  processor::Processor processor(watched, processor_options(topics), status);
  std::promise<Result<void>> ended;
  std::jthread thread([&](const std::stop_token& stop) { ended.set_value(processor.run(stop)); });
  constexpr std::uint64_t kAll = std::uint64_t{kRecords} * kReadingsPerRecord;
  EXPECT_TRUE(eventually(120s, [&] { return status.read().accounting.consumed >= kAll; }))
      << status.read().accounting.consumed << " readings of " << kAll;
  thread.request_stop();
  const auto result = ended.get_future().get();
  EXPECT_TRUE(result) << result.error().message;
  EXPECT_EQ(status.read().restarts, 0u);

  const LogWatch::Seen seen = watch->seen();
  EXPECT_GT(seen.holds, 0u) << "the burst was to be faster";
  EXPECT_EQ(seen.releases, seen.holds);
  EXPECT_EQ(seen.assignments, 1u);
  EXPECT_EQ(seen.records, std::size_t{kRecords}) << "each was taken once";
  // Fewer than eight batches fit in a lane of eight; one more is being applied, one being taken.
  EXPECT_LE(seen.most_kept, 8 * seen.most_in_batch);
  EXPECT_LT(seen.most_kept, std::size_t{kRecords} / 2);
  const Accounting sum = accounting(connection.brokers, topics.journal);
  EXPECT_EQ(sum.consumed, kAll);
  EXPECT_EQ(sum.of(Outcome::kApplied) + sum.of(Outcome::kLateApplied), kAll);
}

}  // namespace
}  // namespace crowdflow::test
