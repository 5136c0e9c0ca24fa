#include "telemetry/exposition.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "support/process.h"
#include "unit/telemetry/status_samples.h"

namespace crowdflow::telemetry {
namespace {

using std::chrono::seconds;
using test::kNow;
using test::running;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> samples(const EngineStatus& status, WallTime now = kNow) {
  std::istringstream text(exposition(status, now));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("#")) lines.push_back(line);
  }
  return lines;
}

TEST(Exposition, TellsTheStateOfEachZone) {
  const auto lines = samples(running());
  const std::string zone = "{venue=\"hall\",zone=\"plaza\"";
  for (const std::string& line : {
           "crowdflow_zone_density_persons_per_square_meter" + zone + "} 1.5",
           "crowdflow_zone_occupancy_persons" + zone + "} 150",
           "crowdflow_zone_level_of_service" + zone + "} 2",
           "crowdflow_zone_flow_persons_per_second" + zone + ",direction=\"in\"} 1",
           "crowdflow_zone_flow_persons_per_second" + zone + ",direction=\"out\"} 0.5",
           "crowdflow_zone_quality" + zone + ",quality=\"good\"} 1",
           "crowdflow_zone_quality" + zone + ",quality=\"unknown\"} 0",
           "crowdflow_zone_data_age_seconds" + zone + "} 2",
           "crowdflow_zone_capacity_persons" + zone + "} 300",
           "crowdflow_zone_area_square_meters" + zone + "} 100",
           "crowdflow_zone_density_limit_persons_per_square_meter" + zone + "} 2.2",
           "crowdflow_zone_info" + zone +
               ",name=\"The \\\"big\\\" plaza\",kind=\"queue\",profile=\"walk\"} 1",
       }) {
    EXPECT_THAT(lines, Contains(line));
  }
  const std::string bare = "{venue=\"hall\",zone=\"corridor\"}";
  EXPECT_THAT(lines, Not(Contains(StartsWith("crowdflow_zone_capacity_persons" + bare))));
  EXPECT_THAT(
      lines,
      Not(Contains(StartsWith("crowdflow_zone_density_limit_persons_per_square_meter" + bare))));
}

TEST(Exposition, GivesNoNumberForWhatIsNotKnown) {
  const std::string corridor = "{venue=\"hall\",zone=\"corridor\"";
  const auto lines = samples(running(Quality::kUnknown, bit(QualityReason::kStartUnknown)));
  for (const char* metric :
       {"density_persons_per_square_meter", "occupancy_persons", "level_of_service"}) {
    EXPECT_THAT(lines,
                Not(Contains(StartsWith(std::string("crowdflow_zone_") + metric + corridor))));
  }
  EXPECT_THAT(lines, Contains("crowdflow_zone_quality" + corridor + ",quality=\"unknown\"} 1"));
  EXPECT_THAT(
      lines, Contains("crowdflow_zone_flow_persons_per_second" + corridor + ",direction=\"in\"} 1"))
      << "who comes in is counted, though nobody knows how many are inside";

  const auto unheard = samples(running(Quality::kUnknown, bit(QualityReason::kNeverHeard)));
  EXPECT_THAT(unheard,
              Not(Contains(StartsWith("crowdflow_zone_flow_persons_per_second" + corridor))));
}

TEST(Exposition, KeepsAStaleZonesNumbersAndSaysThatTheyAreOld) {
  const std::string corridor = "{venue=\"hall\",zone=\"corridor\"";
  const auto lines = samples(running(Quality::kStale), kNow + seconds{4});
  EXPECT_THAT(lines,
              Contains("crowdflow_zone_density_persons_per_square_meter" + corridor + "} 1.5"));
  EXPECT_THAT(lines, Contains("crowdflow_zone_quality" + corridor + ",quality=\"stale\"} 1"));
  EXPECT_THAT(lines, Contains("crowdflow_zone_quality" + corridor + ",quality=\"good\"} 0"));
  EXPECT_THAT(lines, Contains("crowdflow_zone_data_age_seconds" + corridor + "} 6"));
}

TEST(Exposition, CallsNothingGoodOnceTheEngineIsSilent) {
  const std::string plaza = "crowdflow_zone_quality{venue=\"hall\",zone=\"plaza\",quality=";
  EXPECT_THAT(samples(running(), kNow + seconds{6}), Contains(plaza + "\"stale\"} 1"));
  EngineStatus restoring = running(Quality::kUnknown);
  restoring.stage = EngineStage::kRestoring;
  const auto lines = samples(restoring);
  EXPECT_THAT(lines, Contains(plaza + "\"stale\"} 1"));
  EXPECT_THAT(lines, Contains("crowdflow_zone_quality{venue=\"hall\",zone=\"corridor\",quality="
                              "\"unknown\"} 1"));
}

TEST(Exposition, CallsAVenueUnknownThatHasNotStarted) {
  EngineStatus status = running();
  status.venues[0].zones.clear();
  status.venues[0].progress = {};
  const auto lines = samples(status);
  EXPECT_THAT(lines, Contains("crowdflow_zone_quality{venue=\"hall\",zone=\"plaza\",quality="
                              "\"unknown\"} 1"));
  EXPECT_THAT(lines, Not(Contains(StartsWith("crowdflow_watermark_lag_seconds"))));
}

TEST(Exposition, TellsWhereVenuesStandInTime) {
  const auto lines = samples(running(), kNow + seconds{1});
  EXPECT_THAT(lines, Contains("crowdflow_venue_time_lag_seconds{venue=\"hall\"} 3"));
  EXPECT_THAT(lines, Contains("crowdflow_watermark_lag_seconds{venue=\"hall\"} 8"));
  EXPECT_THAT(lines, Contains("crowdflow_alarms_active{venue=\"hall\",priority=\"high\"} 2"));
  EXPECT_THAT(lines, Contains("crowdflow_alarms_active{venue=\"hall\",priority=\"low\"} 0"));
}

TEST(Exposition, NamesOnlySensorsWithOddities) {
  EngineStatus status = running();
  EXPECT_THAT(samples(status), Not(Contains(StartsWith("crowdflow_sensor_oddities_total"))));
  status.venues[0].oddities = {{.sensor = 1, .oddity = Oddity::kReset, .count = 3},
                               {.sensor = 1, .oddity = Oddity::kBackwards, .count = 1}};
  const std::string turnstile = "crowdflow_sensor_oddities_total{venue=\"hall\",sensor=\"ts-17\"";
  const auto lines = samples(status);
  EXPECT_THAT(lines, Contains(turnstile + ",oddity=\"reset\"} 3"));
  EXPECT_THAT(lines, Contains(turnstile + ",oddity=\"backwards\"} 1"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("cam-1"))));
}

TEST(Exposition, AccountsForEveryReading) {
  EngineStatus status = running();
  for (int i = 0; i < 7; ++i)
    status.accounting.count(Outcome::kApplied);
  for (int i = 0; i < 2; ++i)
    status.accounting.count(Outcome::kLate);
  status.accounting.count(Outcome::kMalformed);
  status.accounting.consumed = 10;
  const auto lines = samples(status);
  EXPECT_THAT(lines, Contains("crowdflow_readings_consumed_total 10"));
  EXPECT_THAT(lines, Contains("crowdflow_readings_total{result=\"applied\"} 7"));
  EXPECT_THAT(lines, Contains("crowdflow_readings_total{result=\"forwarded\"} 0"));
  EXPECT_THAT(lines, Contains("crowdflow_readings_total{result=\"rejected\"} 3"));
  EXPECT_THAT(lines, Contains("crowdflow_readings_rejected_total{reason=\"LATE\"} 2"));
  EXPECT_THAT(lines, Contains("crowdflow_readings_rejected_total{reason=\"MALFORMED\"} 1"));
}

TEST(Exposition, TellsHowTheEngineIsDoing) {
  EngineStatus status = running();
  status.partitions = {{.partition = 3, .position = 90, .end = 100}};
  status.restarts = 1;
  status.commits = 2;
  status.commit_duration.observe(0.02);
  status.commit_duration.observe(100);
  const auto lines = samples(status);
  EXPECT_THAT(lines, Contains("crowdflow_engine_stage{stage=\"running\"} 1"));
  EXPECT_THAT(lines, Contains("crowdflow_engine_stage{stage=\"restoring\"} 0"));
  EXPECT_THAT(lines, Contains("crowdflow_engine_restarts_total 1"));
  EXPECT_THAT(lines, Contains("crowdflow_consumer_lag_records{partition=\"3\"} 10"));
  EXPECT_THAT(lines, Contains("crowdflow_commits_total 2"));
  EXPECT_THAT(lines, Contains("crowdflow_commit_duration_seconds_bucket{le=\"0.01\"} 0"));
  EXPECT_THAT(lines, Contains("crowdflow_commit_duration_seconds_bucket{le=\"0.025\"} 1"));
  EXPECT_THAT(lines, Contains("crowdflow_commit_duration_seconds_bucket{le=\"+Inf\"} 2"));
  EXPECT_THAT(lines, Contains("crowdflow_commit_duration_seconds_count 2"));
}

TEST(Exposition, TellsAboutTheProcess) {
  const auto lines = samples(running());
  const auto value = [&](const std::string& name) {
    for (const std::string& line : lines) {
      if (line.starts_with(name + " ")) return std::stod(line.substr(name.size()));
    }
    return -1.0;
  };
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(value("process_start_time_seconds"), now, 300);
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  EXPECT_GE(value("process_open_fds"), 3);
  EXPECT_GE(value("process_max_fds"), value("process_open_fds"));
  EXPECT_THAT(lines, Contains(StartsWith("crowdflow_build_info{version=\"")));
}

TEST(Exposition, SaysEachSeriesOnce) {
  std::set<std::string> seen;
  for (const std::string& line : samples(running())) {
    EXPECT_TRUE(seen.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
}

TEST(Exposition, TellsWhetherTheLogAnswers) {
  EXPECT_THAT(log_exposition(true), testing::HasSubstr("\ncrowdflow_log_reachable 1\n"));
  EXPECT_THAT(log_exposition(false), testing::HasSubstr("\ncrowdflow_log_reachable 0\n"));
}

GatewayStatus busy_gateway() {
  GatewayStatus status;
  status.requests = {{202, 7}, {422, 1}};
  status.readings_taken = 70;
  status.readings_refused[static_cast<std::size_t>(Outcome::kUnknownSensor)] = 2;
  status.commit_duration.observe(0.02);
  status.queued_requests = 3;
  status.queued_bytes = 3000;
  return status;
}

TEST(Exposition, TellsAboutTheGateway) {
  const std::string text = exposition(busy_gateway());
  for (const char* line : {
           "crowdflow_gateway_requests_total{status=\"202\"} 7",
           "crowdflow_gateway_requests_total{status=\"422\"} 1",
           "crowdflow_gateway_readings_taken_total 70",
           "crowdflow_gateway_readings_refused_total{reason=\"UNKNOWN_SENSOR\"} 2",
           "crowdflow_gateway_commit_duration_seconds_count 1",
           "crowdflow_gateway_queued_requests 3",
           "crowdflow_gateway_queued_bytes 3000",
       }) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line + "\n"));
  }
  EXPECT_THAT(text, Not(HasSubstr("applied")));
}

TEST(Exposition, PassesPrometheussOwnCheck) {
  EngineStatus status = running();
  status.partitions = {{.partition = 0, .position = 1, .end = 2}};
  status.venues[0].oddities = {{.sensor = 0, .oddity = Oddity::kJump, .count = 2}};
  const test::Finished checked = test::run_to_end(
      {.argv = {"promtool", "check", "metrics"},
       .input = exposition(status, kNow) + exposition(busy_gateway()) + log_exposition(true)});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  EXPECT_EQ(checked.err, "");
}

}  // namespace
}  // namespace crowdflow::telemetry
