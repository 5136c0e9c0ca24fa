// A real Prometheus scrapes the demo, and PromQL knows the surge.
#include <gtest/gtest.h>

#include "support/crowdflow_program.h"
#include "support/eventually.h"
#include "support/http_client.h"
#include "support/prometheus_server.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

class Prometheus : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(demo_.start());
    ASSERT_TRUE(demo_.says("page: http://", 60s));
    const std::string out = demo_.out();
    const std::size_t from = out.find("page: http://") + 13;
    address_ = out.substr(from, out.find('/', from) - from);
    server_ = std::make_unique<PrometheusServer>(
        "global: { scrape_interval: 1s }\n"
        "scrape_configs:\n"
        "  - job_name: crowdflow\n"
        "    static_configs: [ { targets: [ '" +
        address_ + "' ] } ]\n");
    ASSERT_TRUE(server_->start());
  }

  Process demo_{{.argv = {CrowdflowProgram::executable().string(), "demo", "--port", "0"}}};
  std::string address_;
  std::unique_ptr<PrometheusServer> server_;
};

TEST_F(Prometheus, KnowsTheDensityOfTheSurgeZone) {
  ASSERT_TRUE(eventually(180s, [&] {
    const PromAnswer answer = server_->query(
        "crowdflow_zone_density_persons_per_square_meter > on (venue, zone) "
        "crowdflow_zone_density_limit_persons_per_square_meter");
    EXPECT_EQ(answer.error, "");
    return answer.samples.size() == 1 && answer.samples[0].value > 2;
  })) << http_get("http://" + address_ + "/metrics").body;
  // The rule judges the mean over 10 s, so its alarm follows.
  ASSERT_TRUE(eventually(30s, [&] {
    const PromAnswer alarms = server_->query(R"(crowdflow_alarms_active{priority="critical"})");
    return alarms.samples.size() == 1 && alarms.samples[0].value == 1;
  }));

  const PromAnswer unaccounted = server_->query(
      "crowdflow_readings_consumed_total - on (instance) sum by (instance) "
      "(crowdflow_readings_total)");
  ASSERT_EQ(unaccounted.samples.size(), 1U);
  EXPECT_EQ(unaccounted.samples[0].value, 0);
}

TEST_F(Prometheus, FindsNothingToCorrectInTheMetrics) {
  ASSERT_TRUE(eventually(30s, [&] {
    const PromAnswer answer = server_->query("crowdflow_zone_occupancy_persons");
    return answer.samples.size() > 10;
  }));
  EXPECT_TRUE(promtool_check_metrics(http_get("http://" + address_ + "/metrics").body));
}

}  // namespace
}  // namespace crowdflow::test
