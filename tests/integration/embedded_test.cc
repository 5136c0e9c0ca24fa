// The same day on an embedded log and on a real Kafka: what is said of it last is the same. And a
// day that begins on an embedded log, is moved to Kafka in the middle and ends there.
#include <csignal>
#include <set>
#include <thread>

#include "integration/topic_contents.h"
#include "log/log.h"
#include "small_hall/embedded_topics.h"
#include "small_hall/saw_tooth.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/kafka_broker.h"

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

// What is said last of each window, and every transition, without what depends on when it was said
// and without the end of the day, which is said only when time passes after it.
constexpr std::int64_t kEnd = kSawToothBegin + kSeconds - 20;
struct LastWords {
  std::map<std::tuple<std::string, std::int64_t, std::int64_t>, std::string> states;
  std::vector<std::string> transitions;
};

LastWords last_words(const std::vector<KafkaRecord>& states,
                     const std::vector<KafkaRecord>& transitions) {
  LastWords words;
  std::map<std::tuple<std::string, std::int64_t, std::int64_t>, unsigned> revisions;
  for (const auto& [id, state] : final_states(states)) {
    const std::tuple window{state.zone_id(), state.window_start().seconds(),
                            state.window_end().seconds()};
    if (state.window_end().seconds() > kEnd) continue;
    if (words.states.contains(window) && revisions[window] > state.revision()) continue;
    revisions[window] = state.revision();
    v1::ZoneState plain = state;
    plain.clear_revision();
    words.states[window] = wire::to_json(plain);
  }
  for (v1::Alert alert : alerts(transitions)) {
    if (alert.event_time().seconds() > kEnd) continue;
    alert.clear_raised_at();
    words.transitions.push_back(wire::to_json(alert));
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
  [[nodiscard]] LastWords on_kafka_said(const CrowdflowProgram& program) const {
    const std::string brokers = kafka->broker().bootstrap();
    return last_words(records_on(brokers, program.topic("zone-states")),
                      records_on(brokers, program.topic("alerts")));
  }

  [[nodiscard]] static std::size_t on_kafka_count(const CrowdflowProgram& program,
                                                  const std::string& topic) {
    return records_on(kafka->broker().bootstrap(), program.topic(topic)).size();
  }

  TempDir dir_;
};

TEST_F(Embedded, AndKafkaSayTheSameOfTheSameDay) {
  CrowdflowProgram disk(on_disk("same."));
  ASSERT_TRUE(disk.start() && disk.becomes_ready());
  post(disk, 0, kSeconds);
  wait_for(disk, kSeconds);
  ASSERT_TRUE(disk.stop());

  CrowdflowProgram there(on_kafka("same."));
  ASSERT_TRUE(there.create_topics());
  ASSERT_TRUE(there.start() && there.becomes_ready());
  post(there, 0, kSeconds);
  wait_for(there, kSeconds);
  ASSERT_TRUE(there.stop());

  const LastWords here = last_words(embedded_records(folder(), disk.topic("zone-states")),
                                    embedded_records(folder(), disk.topic("alerts")));
  const LastWords remote = on_kafka_said(there);
  EXPECT_GT(here.states.size(), static_cast<std::size_t>(kSeconds));
  EXPECT_TRUE(here.states == remote.states);
  EXPECT_GE(here.transitions.size(), static_cast<std::size_t>(2 * kSeconds / kTooth - 3));
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
