// After an incident: the journal gives again, byte for byte, what was committed, also over the
// engine's death, and says why an alarm was raised.
#include <algorithm>
#include <gmock/gmock.h>

#include "integration/topic_contents.h"
#include "kafka/kafka_log.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

constexpr int kSeconds = 200;

// The attic's counter says nothing of the hall.
std::string venue_file(const std::string& id) {
  return "crowdflow: v1\n"
         "venue: { id: " +
         id +
         ", time_zone: Europe/London }\n"
         "zones: [ { id: hall, area: 20 }, { id: attic, area: 20 } ]\n"
         "openings:\n"
         "  - { id: door, to: hall, width: 2, sensor: door-counter }\n"
         "  - { id: hatch, to: attic, width: 1, sensor: hatch-counter }\n"
         "windows: [ 1s, 10s/1s ]\n"
         "starts: empty\n"
         "rules:\n"
         "  - { id: dense, when: density, over: 2, off_delay: 5s, priority: high }\n"
         "  - id: busy\n"
         "    when: density\n"
         "    over: 1\n"
         "    window: 10s/1s\n";
}

// A saw tooth: one in each second, all 50 out each 50 s. The attic's counter sees nobody.
std::string readings(const std::string& venue, int second) {
  const std::string number = std::to_string(second);
  const std::string rest = R"("sequence":)" + number + R"(,"event_time":")" +
                           to_rfc3339(start_of_second(1'518'174'000 + second)) +
                           R"(","interval":"1s","count_delta":{"entries":)";
  return R"({"venue_id":")" + venue + R"(","readings":[{"sensor_id":"door-counter",)" + rest +
         R"(1,"exits":)" + (second % 50 == 0 ? "50" : "0") + R"(}},{"sensor_id":"hatch-counter",)" +
         rest + R"(0,"exits":0}}]})" + "\n";
}

// One engine for all tests: two venues, killed and started again in between, and still running.
class Incident : public testing::Test {
 protected:
  static void publish(int from, int to) {
    for (const std::string venue : {"hall", "annex"}) {
      std::string lines;
      for (int second = from; second <= to; ++second)
        lines += readings(venue, second);
      ASSERT_TRUE(kcat_produce_lines({.bootstrap = kafka->broker().bootstrap(),
                                      .topic = program->topic("readings"),
                                      .key = venue,
                                      .settings = {"topic.partitioner=murmur2_random"}},
                                     lines));
    }
  }
  static testing::AssertionResult committed(std::size_t seconds) {
    const std::size_t wanted = 2 * 2 * seconds;
    return eventually(60s, [&] {
      const Accounting sum = accounting(kafka->broker().bootstrap(), program->topic("journal"));
      return sum.consumed >= wanted ? testing::AssertionSuccess()
                                    : testing::AssertionFailure()
                                          << sum.consumed << " readings committed, expected "
                                          << wanted << '\n'
                                          << program->log();
    });
  }
  // The hall's journal names a snapshot of what has been published by now, and not of its
  // beginning.
  static testing::AssertionResult snapshot_named() {
    return eventually(30s, [&] {
      const KcatRecords pages = kcat_consume(
          {.bootstrap = kafka->broker().bootstrap(), .topic = program->topic("journal")});
      for (const KafkaRecord& record : pages.records) {
        const auto page = wire::parse_journal(record.value.value_or(""));
        if (page && page->partition == log::home_partition("hall", 4) && page->snapshot &&
            page->snapshot->journal_from > 0) {
          return testing::AssertionSuccess();
        }
      }
      return testing::AssertionFailure() << "no snapshot\n" << program->log();
    });
  }
  static void SetUpTestSuite() {
    program = new CrowdflowProgram({.brokers = kafka->broker().bootstrap(),
                                    .venues = {dir.write("hall.yaml", venue_file("hall")),
                                               dir.write("annex.yaml", venue_file("annex"))},
                                    .prefix = "incident.",
                                    .more = "engine: { snapshot_every: 1s }\n"});
    ASSERT_TRUE(program->create_topics());
    ASSERT_TRUE(program->start());
    ASSERT_TRUE(program->becomes_ready());
    publish(1, 45);
    ASSERT_TRUE(committed(45));
    program->kill();
    publish(46, 80);
    ASSERT_TRUE(program->start());
    ASSERT_TRUE(committed(80));
    ASSERT_TRUE(snapshot_named());
    // Second 80 is a repeat; one sensor nobody knows.
    publish(80, kSeconds);
    ASSERT_TRUE(kcat_produce_lines({.bootstrap = kafka->broker().bootstrap(),
                                    .topic = program->topic("readings"),
                                    .key = "hall",
                                    .settings = {"topic.partitioner=murmur2_random"}},
                                   "{\"venue_id\":\"hall\",\"sensor_id\":\"nobody\",\"event_time\":"
                                   "\"2018-02-09T11:01:00Z\",\"heartbeat\":{}}\n"));
    ASSERT_TRUE(committed(kSeconds + 1));
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(program->stop());
    delete program;
  }

  static Finished crowdflow(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CrowdflowProgram::executable().string());
    for (const std::string& argument : {std::string("--brokers"), kafka->broker().bootstrap(),
                                        std::string("--prefix"), std::string("incident.")}) {
      arguments.push_back(argument);
    }
    return run_to_end({.argv = std::move(arguments)}, 120s);
  }
  static std::size_t lines_in(const std::filesystem::path& file) {
    const std::string text = read_text(file);
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
  }

  static inline const TempDir dir;
  static inline CrowdflowProgram* program = nullptr;
};

TEST_F(Incident, IsReproducedByteForByteWhileTheEngineRuns) {
  const TempDir out;
  const Finished done =
      crowdflow({"replay", "--venue-id", "hall", "--verify", "--out", out.path().string()});
  EXPECT_EQ(done.status, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("incident.zone-states partition "));
  EXPECT_THAT(done.out, HasSubstr("incident.alerts partition "));
  EXPECT_THAT(done.out, Not(HasSubstr(": 0 records are the same"))) << done.out;

  std::size_t transitions = 0;
  for (const v1::Alert& alert : alerts(kafka->broker().bootstrap(), program->topic("alerts"))) {
    if (alert.venue_id() == "hall") ++transitions;
  }
  EXPECT_GE(transitions, 4U);
  EXPECT_EQ(lines_in(out.path() / "alerts.ndjson"), transitions);
  EXPECT_THAT(read_text(out.path() / "zone_states.ndjson"),
              HasSubstr("\"window_end\":\"2018-02-09T11:01:00Z\""));
  EXPECT_EQ(lines_in(out.path() / "rejected.ndjson"), 1U);
  EXPECT_THAT(read_text(out.path() / "rejected.ndjson"), HasSubstr("UNKNOWN_SENSOR"));
  const std::string summary = read_text(out.path() / "summary.json");
  EXPECT_THAT(summary, HasSubstr("\"applied\": " + std::to_string(2 * kSeconds)));
  EXPECT_THAT(summary, HasSubstr("\"duplicate\": 2"));
}

TEST_F(Incident, IsReproducedForTheTimeAskedFor) {
  const TempDir out;
  const Finished done =
      crowdflow({"replay", "--venue-id", "hall", "--verify", "--out", out.path().string(), "--from",
                 "2018-02-09T11:00:30Z", "--to", "2018-02-09T11:00:45Z"});
  EXPECT_EQ(done.status, 0) << done.out << done.err;
  EXPECT_EQ(lines_in(out.path() / "alerts.ndjson"), 1U);
  EXPECT_THAT(read_text(out.path() / "alerts.ndjson"), HasSubstr("hall/dense/hall"));
  const std::string summary = read_text(out.path() / "summary.json");
  EXPECT_THAT(summary, HasSubstr("\"consumed\": 30"));
  EXPECT_THAT(summary, HasSubstr("\"door-counter\": {\"readings\": 15, \"entries\": 15"));
}

// The fourth alarm is raised at second 191, 111 s after all that the snapshot can have taken.
TEST_F(Incident, IsExplainedAndReproducedFromTheSnapshotBeforeIt) {
  const Finished whole = crowdflow({"explain", "hall/dense/hall", "--occurrence", "1", "--json"});
  ASSERT_EQ(whole.status, 0) << whole.err;
  EXPECT_THAT(whole.out, HasSubstr("\"journal_from\":0,"));
  const Finished late = crowdflow({"explain", "hall/dense/hall", "--occurrence", "4", "--json"});
  ASSERT_EQ(late.status, 0) << late.err;
  EXPECT_THAT(late.out, Not(HasSubstr("\"journal_from\":0,")));
  EXPECT_THAT(late.out, Not(HasSubstr("untold_until")));
  EXPECT_THAT(late.out, HasSubstr("\"since\":\"2018-02-09T11:02:41Z\""));
  EXPECT_THAT(late.out, HasSubstr("\"event_time\":\"2018-02-09T11:02:41Z\",\"interval\":\"1s\""));

  const TempDir out;
  const Finished done = crowdflow({"replay", "--venue-id", "hall", "--verify", "--out",
                                   out.path().string(), "--from", "2018-02-09T11:03:00Z"});
  EXPECT_EQ(done.status, 0) << done.out << done.err;
  EXPECT_THAT(done.err, Not(HasSubstr("offset 0 on")));
  EXPECT_THAT(done.err, Not(HasSubstr("is not reproduced")));
  const std::string summary = read_text(out.path() / "summary.json");
  EXPECT_THAT(summary, HasSubstr("\"applied\": 42"));  // of seconds 180 to 200
  EXPECT_THAT(summary,
              HasSubstr("\"door-counter\": {\"readings\": 21, \"entries\": 21, \"exits\": 50"));
}

TEST_F(Incident, IsExplainedByItsRuleItsZoneAndItsReadings) {
  const Finished done = crowdflow({"explain", "hall/dense/hall", "--occurrence", "1"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("Alarm hall/dense/hall, occurrence 1"));
  EXPECT_THAT(done.out, HasSubstr("hall: 2.05 people/m² is over 2"));
  EXPECT_THAT(done.out, HasSubstr("2018-02-09T11:00:41Z (event time)"));
  EXPECT_THAT(done.out, HasSubstr("in line 10:\n\n  - { id: dense, when: density, over: 2, "
                                  "off_delay: 5s, priority: high }\n"));
  EXPECT_THAT(done.out, HasSubstr("above 2 people/m2 for 0 s"));
  // The reading that did it, and those before; none of another zone's sensor.
  EXPECT_THAT(done.out, HasSubstr("2018-02-09T11:00:41Z  door-counter  41        1 entries, 0 "
                                  "exits in 1 s  applied"));
  EXPECT_THAT(done.out, HasSubstr("2018-02-09T11:00:11Z  door-counter  11 "));
  EXPECT_THAT(done.out, Not(HasSubstr("11:00:10Z  door-counter")));
  EXPECT_THAT(done.out, Not(HasSubstr("11:00:42Z  door-counter")));
  EXPECT_THAT(done.out, Not(HasSubstr("hatch-counter")));
  // The level, second by second.
  EXPECT_THAT(done.out, HasSubstr("2018-02-09T11:00:40Z  40      2          2     GOOD"));
}

TEST_F(Incident, OfAWindowIsExplainedFromBeforeTheWindowOn) {
  const Finished done = crowdflow({"explain", "hall/busy/hall", "--json"});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("\"alert_id\":\"hall/busy/hall\",\"occurrence\":\"4\""));
  EXPECT_THAT(done.out, HasSubstr("\"line\":11,\"yaml\":\"  - id: busy\\n    when: density\\n    "
                                  "over: 1\\n    window: 10s/1s\\n\""));
  EXPECT_THAT(done.out, HasSubstr("\"window_s\":10"));
  EXPECT_THAT(done.out, HasSubstr("\"outcome\":\"applied\""));
}

TEST_F(Incident, WithAWrongNameIsAnsweredWithTheNearestOnes) {
  const Finished alert = crowdflow({"explain", "hall/dens/hall"});
  EXPECT_EQ(alert.status, 1);
  EXPECT_THAT(alert.err, HasSubstr("expected one of hall/dense/hall, hall/busy/hall"));
  const Finished occurrence = crowdflow({"explain", "hall/dense/hall", "--occurrence", "9"});
  EXPECT_EQ(occurrence.status, 1);
  EXPECT_THAT(occurrence.err, HasSubstr("has no occurrence 9"));
  const Finished venue = crowdflow({"replay", "--venue-id", "holl", "--verify"});
  EXPECT_EQ(venue.status, 1);
  EXPECT_THAT(venue.err, HasSubstr("holl"));
  const Finished other = crowdflow({"explain", "holl/dense/hall"});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, HasSubstr("expected one of hall, annex"));
}

TEST_F(Incident, ShowsARecordThatNoJournalRecordExplains) {
  const Finished before = crowdflow({"replay", "--venue-id", "annex", "--verify"});
  ASSERT_EQ(before.status, 0) << before.out << before.err;

  // A state that says that there was nobody.
  v1::ZoneStateBatch forged;
  forged.set_venue_id("annex");
  wire::set_time(start_of_second(1'518'174'041), *forged.mutable_venue_time());
  v1::ZoneState& state = *forged.add_states();
  state.set_zone_id("hall");
  state.mutable_occupancy()->set_mean(0);
  ASSERT_TRUE(kcat_produce_bytes({.bootstrap = kafka->broker().bootstrap(),
                                  .topic = program->topic("zone-states"),
                                  .key = "annex",
                                  .settings = {"topic.partitioner=murmur2_random"}},
                                 wire::to_bytes(forged)));
  const Finished after = crowdflow({"replay", "--venue-id", "annex", "--verify"});
  EXPECT_EQ(after.status, 1) << after.out << after.err;
  EXPECT_THAT(after.out, HasSubstr("no journal record explains this record"));
  EXPECT_THAT(after.out, HasSubstr("\"zone_id\":\"hall\""));
  // What was said of the other venue is as it was.
  EXPECT_EQ(crowdflow({"replay", "--venue-id", "hall", "--verify"}).status, 0);
}

}  // namespace
}  // namespace crowdflow::test
