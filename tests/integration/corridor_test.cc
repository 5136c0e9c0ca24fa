// Real people, all the way: published by a client that is not ours, through a real Kafka, and once
// more through `replay`.
#include <cmath>
#include <fstream>
#include <google/protobuf/util/json_util.h>
#include <sstream>

#include "integration/topic_contents.h"
#include "paths.h"
#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/kafka_broker.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

KafkaEnvironment* const kafka = KafkaEnvironment::install();

struct Walk {
  const char* id;
  int heads;  // published
};
constexpr Walk kRuns[] = {{"uo-050-180-180", 61},
                          {"uo-100-180-180", 121},
                          {"uo-180-180-180", 220},
                          {"uo-180-180-095", 159}};
constexpr const char* kJammed = "uo-180-180-095";

std::filesystem::path corridor(const std::string& file) {
  return source_dir() / "tests/data/corridor" / file;
}

// People in the corridor at the end of each second, by their positions.
std::map<std::int64_t, double> truth(const std::string& run) {
  std::map<std::int64_t, double> people;
  std::ifstream file(corridor(run + ".truth.csv"));
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    const auto at = event_time_from_rfc3339(line.substr(0, comma));
    EXPECT_TRUE(at) << line;
    people[second_of(*at)] = std::stod(line.substr(comma + 1));
  }
  return people;
}

std::map<StateIdentity, v1::ZoneState> replayed_finals(const std::string& run) {
  const TempDir out;
  const Finished done =
      run_to_end({.argv = {CrowdflowProgram::executable().string(), "replay", "--venue",
                           corridor(run + ".yaml").string(), "--readings",
                           corridor(run + ".ndjson").string(), "--out", out.path().string()}});
  EXPECT_EQ(done.status, 0) << done.err;
  std::map<StateIdentity, v1::ZoneState> finals;
  std::istringstream lines(read_text(out.path() / "zone_states.ndjson"));
  for (std::string line; std::getline(lines, line);) {
    v1::ZoneState state;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &state).ok()) << line;
    if (state.final()) finals[identity(state)] = state;
  }
  return finals;
}

class Corridor : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::vector<std::filesystem::path> venues;
    for (const Walk& run : kRuns)
      venues.push_back(corridor(std::string(run.id) + ".yaml"));
    program = new CrowdflowProgram(kafka->broker().bootstrap(), venues, "corridor.");
    ASSERT_TRUE(program->create_topics());
    ASSERT_TRUE(program->start());
    ASSERT_TRUE(program->becomes_ready());
    for (const Walk& run : kRuns) {
      ASSERT_TRUE(kcat_produce_file({.bootstrap = kafka->broker().bootstrap(),
                                     .topic = program->topic("readings"),
                                     .key = run.id,
                                     .settings = {"topic.partitioner=murmur2_random"}},
                                    corridor(std::string(run.id) + ".ndjson")));
    }
    ASSERT_TRUE(eventually(60s, [] {
      finals = final_states(kafka->broker().bootstrap(), program->topic("zone-states"));
      for (const Walk& run : kRuns) {
        const auto [second, people] = *truth(run.id).rbegin();
        if (!finals.contains({run.id, "corridor", second - 10, second, 0})) {
          return testing::AssertionFailure() << run.id << " has not closed\n" << program->log();
        }
      }
      return testing::AssertionSuccess();
    }));
  }
  static void TearDownTestSuite() {
    EXPECT_TRUE(program->stop());
    delete program;
  }

  static inline CrowdflowProgram* program = nullptr;
  static inline std::map<StateIdentity, v1::ZoneState> finals;
};

TEST_F(Corridor, CountsEveryHeadThatWasPublished) {
  for (const Walk& run : kRuns) {
    double entered = 0;
    double left = 0;
    for (const auto& [id, state] : finals) {
      if (state.venue_id() != run.id) continue;
      if (state.window_end().seconds() - state.window_start().seconds() != 1) continue;
      entered += state.inflow() / 60;
      left += state.outflow() / 60;
    }
    EXPECT_EQ(std::lround(entered), run.heads) << run.id;
    EXPECT_EQ(std::lround(left), run.heads) << run.id;
  }
}

TEST_F(Corridor, KnowsHowManyAreInsideAtEverySecond) {
  for (const Walk& run : kRuns) {
    for (const auto& [second, people] : truth(run.id)) {
      const auto state = finals.find({run.id, "corridor", second - 1, second, 0});
      ASSERT_NE(state, finals.end()) << run.id << " second " << second;
      EXPECT_EQ(state->second.occupancy().mean(), people) << run.id << " second " << second;
      EXPECT_EQ(state->second.quality(), v1::QUALITY_GOOD) << wire::to_json(state->second);
      EXPECT_NEAR(state->second.density().at_end(), people / 14.4, 1e-9);
    }
  }
}

TEST_F(Corridor, RaisesOneAlarmInTheJammedRunAndNoneInTheOthers) {
  const auto found = alerts(kafka->broker().bootstrap(), program->topic("alerts"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].alert_id(), std::string(kJammed) + "/corridor-dense/corridor");
  EXPECT_TRUE(found[0].condition_active());
  EXPECT_EQ(found[0].event_time().seconds() % 3600, 30) << wire::to_json(found[0]);
  EXPECT_GT(found[0].value(), 2.2);
  EXPECT_EQ(found[1].alert_id(), found[0].alert_id());
  EXPECT_FALSE(found[1].condition_active());
}

TEST_F(Corridor, SaysThroughKafkaWhatReplaySays) {
  for (const Walk& run : kRuns) {
    const std::int64_t last = truth(run.id).rbegin()->first;
    std::size_t compared = 0;
    for (const auto& [id, replayed] : replayed_finals(run.id)) {
      // What closes after the last reading is closed by the end of the input there, by time here.
      if (replayed.window_end().seconds() > last) continue;
      const auto live = finals.find(id);
      ASSERT_NE(live, finals.end()) << "only in replay: " << wire::to_json(replayed);
      EXPECT_EQ(wire::to_json(live->second), wire::to_json(replayed));
      ++compared;
    }
    EXPECT_GT(compared, 100U) << run.id;
  }
}

TEST_F(Corridor, AccountsForEveryReading) {
  const Accounting sum = accounting(kafka->broker().bootstrap(), program->topic("journal"));
  EXPECT_EQ(sum.consumed, 128U + 120U + 184U + 214U);
  EXPECT_EQ(sum.of(Outcome::kApplied), sum.consumed);
}

}  // namespace
}  // namespace crowdflow::test
