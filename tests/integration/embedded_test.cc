// The same day on an embedded log and on a real Kafka: what is said of it last is the same. And a
// day that begins on an embedded log, is moved to Kafka in the middle and ends there.
#include <csignal>
#include <set>
#include <thread>

#include "integration/topic_contents.h"
#include "log/log.h"
#include "small_hall/embedded_topics.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"
#include "support/saw_tooth.h"
#include "verifier/workload.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr int kSeconds = 600;
constexpr int kLinesAPost = 60;

// Seconds (from, to] of the day, as a feed posts them.
void post(const CrowdflowProgram& program, int from, int to) {
  for (int second = from; second < to;) {
    std::string lines;
    for (int i = 0; i < kLinesAPost && second < to; ++i)
      lines += saw_tooth_reading(++second);
    const HttpResponse answer =
        http_post(program.url() + "/api/v1/readings", lines, "application/x-ndjson");
    ASSERT_EQ(answer.status / 100, 2) << answer.body;
  }
}

// Until all of it has been applied.
void wait_for(const CrowdflowProgram& program, int readings) {
  ASSERT_TRUE(eventually(60s, [&] {
    return program.metric("crowdflow_readings_total{result=\"applied\"}") >= readings;
  })) << program.metrics();
}

// A town's day from a seed, as its feeds post it: in batches and alone, as JSON and as protobuf,
// some twice, some late, some revised, some nonsense.
void post_day(const CrowdflowProgram& program, Workload& day, int seconds) {
  const auto post = [&](const std::vector<Publication>& publications) {
    for (const Publication& each : publications) {
      const bool json = each.value.starts_with('{');
      const HttpResponse answer = http_post(program.url() + "/api/v1/readings", each.value,
                                            json ? "application/json" : "application/x-protobuf");
      // Nonsense is refused by either, and nothing else is.
      ASSERT_TRUE(answer.status == 202 || answer.status == 400 || answer.status == 422)
          << answer.status << answer.body << answer.error;
    }
  };
  for (int second = 0; second < seconds; ++second)
    post(day.next());
  post(day.closing());
}

// What is said last of each window up to `until`, and every transition of an alarm that does not
// depend on how late something was, without what depends on when it was said.
struct LastWords {
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>, std::string> states;
  std::map<AlertIdentity, std::string> transitions;
};

LastWords last_words(const std::vector<KafkaRecord>& states,
                     const std::vector<KafkaRecord>& transitions, const Workload& day) {
  LastWords words;
  // In the order of their revisions.
  for (const auto& [id, state] : final_states(states)) {
    if (state.window_end().seconds() > day.now()) continue;
    v1::ZoneState plain = state;
    plain.clear_revision();
    words.states[{state.venue_id(), state.zone_id(), state.window_start().seconds(),
                  state.window_end().seconds()}] = wire::to_json(plain);
  }
  for (v1::Alert alert : alerts(transitions)) {
    if (alert.event_time().seconds() > day.now()) continue;
    if (day.venue(alert.venue_id()).manners == Manners::kUntidy) continue;
    alert.clear_raised_at();
    words.transitions[{alert.alert_id(), alert.occurrence(), alert.sequence()}] =
        wire::to_json(alert);
  }
  return words;
}

class Embedded : public testing::Test {
 protected:
  CrowdflowProgram::Options options(const std::string& prefix) {
    return {.venues = {dir_.write("hall.yaml", kSawToothHall)}, .prefix = prefix};
  }
  CrowdflowProgram::Options on_disk(const std::string& prefix) {
    CrowdflowProgram::Options disk = options(prefix);
    disk.folder = folder();
    return disk;
  }
  CrowdflowProgram::Options on_kafka(const std::string& prefix) {
    CrowdflowProgram::Options there = options(prefix);
    there.brokers = kafka->broker().bootstrap();
    return there;
  }
  [[nodiscard]] std::filesystem::path folder() const { return dir_.path() / "log"; }
  [[nodiscard]] static double disk_consumed(const std::filesystem::path& folder,
                                            const std::string& journal) {
    return static_cast<double>(accounting(embedded_records(folder, journal)).consumed);
  }
  [[nodiscard]] static std::size_t on_kafka_count(const CrowdflowProgram& program,
                                                  const std::string& topic) {
    return records_on(kafka->broker().bootstrap(), program.topic(topic)).size();
  }

  TempDir dir_;
};

TEST_F(Embedded, AndKafkaSayTheSameOfTheSameDay) {
  constexpr std::uint64_t kSeed = 1;
  constexpr int kDay = 200;  // seconds
  Workload day(kSeed, 4);
  const auto venues = Workload::write_files(dir_, day.venues());
  CrowdflowProgram disk({.folder = folder(), .venues = venues, .prefix = "same."});
  ASSERT_TRUE(disk.start() && disk.becomes_ready());
  post_day(disk, day, kDay);
  ASSERT_TRUE(eventually(60s, [&] {
    return disk.metric("crowdflow_consumer_lag_records{partition=\"0\"}") == 0;
  })) << disk.metrics();
  ASSERT_TRUE(disk.stop());

  Workload again(kSeed, 4);
  CrowdflowProgram there(
      {.brokers = kafka->broker().bootstrap(), .venues = venues, .prefix = "same."});
  ASSERT_TRUE(there.create_topics());
  ASSERT_TRUE(there.start() && there.becomes_ready());
  post_day(there, again, kDay);
  const double taken = disk_consumed(folder(), disk.topic("journal"));
  ASSERT_TRUE(eventually(60s, [&] {
    return there.metric("crowdflow_readings_consumed_total") >= taken;
  })) << there.metrics();
  ASSERT_TRUE(there.stop());

  const LastWords here = last_words(embedded_records(folder(), disk.topic("zone-states")),
                                    embedded_records(folder(), disk.topic("alerts")), day);
  const std::string brokers = kafka->broker().bootstrap();
  const LastWords remote = last_words(records_on(brokers, there.topic("zone-states")),
                                      records_on(brokers, there.topic("alerts")), day);
  // Two zones of seven venues.
  EXPECT_GT(here.states.size(), static_cast<std::size_t>(14 * kDay));
  EXPECT_TRUE(here.states == remote.states);
  EXPECT_GT(here.transitions.size(), 50u);
  EXPECT_EQ(here.transitions, remote.transitions);
}

TEST_F(Embedded, LogIsMovedToKafkaOnceHoweverOftenThatIsInterrupted) {
  CrowdflowProgram disk(on_disk("moved."));
  ASSERT_TRUE(disk.start() && disk.becomes_ready());
  post(disk, 0, kSeconds / 2);
  wait_for(disk, kSeconds / 2);

  CrowdflowProgram there(on_kafka("moved."));
  ASSERT_TRUE(there.create_topics());
  const Command migrate{.argv = {CrowdflowProgram::executable().string(), "migrate", "--embedded",
                                 folder().string(), "--brokers", kafka->broker().bootstrap(),
                                 "--prefix", "moved."}};
  const Finished too_early = run_to_end(migrate);
  EXPECT_EQ(too_early.status, 1);
  EXPECT_NE(too_early.err.find("in use by process"), std::string::npos) << too_early.err;
  // Killed, so that the last readings may not have been taken yet.
  post(disk, kSeconds / 2, kSeconds / 2 + 7);
  disk.kill();

  // Killed a little later each time, until something has been copied, and not all of it.
  int halfway = 0;
  for (auto moment = 200ms; halfway < 3 && moment < 4s; moment += 40ms) {
    Process once(migrate);
    ASSERT_TRUE(once.start());
    std::this_thread::sleep_for(moment);
    once.signal(SIGKILL);
    (void)once.wait(10s);
    if (on_kafka_count(there, "readings") == 0) continue;
    if (on_kafka_count(there, "journal") > 0) break;
    ++halfway;
  }
  EXPECT_GT(halfway, 0);
  const Finished moved = run_to_end(migrate, 120s);
  ASSERT_EQ(moved.status, 0) << moved.out << moved.err;
  const Finished again = run_to_end(migrate);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_NE(again.out.find("moved before"), std::string::npos) << again.out;

  ASSERT_TRUE(there.start() && there.becomes_ready());
  post(there, kSeconds / 2 + 7, kSeconds);
  wait_for(there, kSeconds / 2 - 7);
  ASSERT_TRUE(there.stop());

  // Every reading once, all states as if nothing had been moved, no transition missing or twice.
  EXPECT_EQ(records_on(kafka->broker().bootstrap(), there.topic("readings")).size(),
            embedded_records(folder(), disk.topic("readings")).size() +
                static_cast<std::size_t>((kSeconds / 2 - 7 + kLinesAPost - 1) / kLinesAPost));
  const auto finals = final_states(kafka->broker().bootstrap(), there.topic("zone-states"));
  for (int second = 1; second < kSeconds - 20; ++second) {
    const std::int64_t end = kSawToothBegin + second;
    const auto state = finals.find({"hall", "hall", end - 1, end, 0});
    ASSERT_NE(state, finals.end()) << "second " << second << " is missing";
    EXPECT_EQ(state->second.occupancy().mean(), second % kTooth) << "second " << second;
  }
  std::uint64_t raised = 0;
  for (const v1::Alert& alert : alerts(kafka->broker().bootstrap(), there.topic("alerts"))) {
    if (alert.condition_active()) {
      EXPECT_EQ(alert.occurrence(), ++raised);
    }
  }
  EXPECT_EQ(raised, static_cast<unsigned>(kSeconds / kTooth));
}

TEST_F(Embedded, LogIsNotMovedWhereAnotherOneIs) {
  CrowdflowProgram there(on_kafka("taken."));
  ASSERT_TRUE(there.create_topics());
  ASSERT_TRUE(there.start() && there.becomes_ready());
  post(there, 0, 10);
  wait_for(there, 10);
  ASSERT_TRUE(there.stop());
  CrowdflowProgram disk(on_disk("taken."));
  ASSERT_TRUE(disk.start() && disk.becomes_ready());
  ASSERT_TRUE(disk.stop());
  const Finished refused = run_to_end(
      {.argv = {CrowdflowProgram::executable().string(), "migrate", "--embedded", folder().string(),
                "--brokers", kafka->broker().bootstrap(), "--prefix", "taken."}});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("is in use there"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace crowdflow::test
