#include "support/prometheus_server.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>

#include "support/eventually.h"
#include "support/http_client.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;

TEST(PrometheusServer, AnswersQueries) {
  PrometheusServer server("");
  ASSERT_TRUE(server.start());

  const PromAnswer scalar = server.query("scalar(vector(6)) * 7");
  ASSERT_EQ(scalar.error, "");
  ASSERT_EQ(scalar.samples.size(), 1U);
  EXPECT_EQ(scalar.samples[0].value, 42);

  const PromAnswer vector = server.query(R"(label_replace(vector(+Inf), "zone", "plaza", "", ""))");
  ASSERT_EQ(vector.error, "");
  ASSERT_EQ(vector.samples.size(), 1U);
  EXPECT_EQ(vector.samples[0].labels.at("zone"), "plaza");
  EXPECT_GT(vector.samples[0].value, 1e300);

  EXPECT_TRUE(server.query("no_such_metric").samples.empty());
  EXPECT_NE(server.query("sum(").error, "");
}

TEST(PrometheusServer, ScrapesWhatItsConfigurationNames) {
  PrometheusServer scraped("");
  ASSERT_TRUE(scraped.start());
  PrometheusServer server(
      "global: { scrape_interval: 100ms }\n"
      "scrape_configs: [{ job_name: it, static_configs: [{ targets: ['" +
      scraped.url().substr(7) + "'] }] }]\n");
  ASSERT_TRUE(server.start());
  EXPECT_TRUE(eventually(10s, [&]() -> testing::AssertionResult {
    const PromAnswer up = server.query(R"(up{job="it"})");
    if (up.samples.size() == 1 && up.samples[0].value == 1) return testing::AssertionSuccess();
    return testing::AssertionFailure() << up.error << up.samples.size() << " samples";
  }));
}

TEST(PrometheusServer, ShowsWhyItDoesNotStart) {
  PrometheusServer server("scrape_configs: nonsense\n");
  const testing::AssertionResult started = server.start();
  EXPECT_FALSE(started);
  EXPECT_NE(std::string(started.message()).find("nonsense"), std::string::npos);
}

// Prometheus sends its own metrics in chunks.
TEST(HttpClient, JoinsChunks) {
  PrometheusServer server("");
  ASSERT_TRUE(server.start());
  const HttpResponse metrics = http_get(server.url() + "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.header("transfer-encoding"), "chunked");
  EXPECT_TRUE(promtool_check_metrics(metrics.body));
  EXPECT_EQ(http_get(server.url() + "/nowhere").status, 404);
  EXPECT_EQ(
      http_post(server.url() + "/api/v1/query", "query=1", "application/x-www-form-urlencoded")
          .status,
      200);
}

TEST(HttpClient, SaysWhyThereIsNoAnswer) {
  const HttpResponse response = http_get("http://127.0.0.1:1/");
  EXPECT_EQ(response.status, 0);
  EXPECT_EQ(response.error, "http://127.0.0.1:1/: connect: Connection refused");
}

TEST(Promtool, SaysWhatIsWrongWithAMetric) {
  const testing::AssertionResult checked =
      promtool_check_metrics("# TYPE crowdflow_waits counter\ncrowdflow_waits 1\n");
  EXPECT_FALSE(checked);
  EXPECT_NE(std::string(checked.message()).find("_total"), std::string::npos);
}

TEST(AlertmanagerServer, TakesAlerts) {
  AlertmanagerServer server("route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
  ASSERT_TRUE(server.start());
  EXPECT_EQ(server.alerts(), "[]\n");
  const HttpResponse posted = http_post(server.url() + "/api/v2/alerts",
                                        R"([{"labels":{"alertname":"dense","zone":"plaza"}}])");
  EXPECT_EQ(posted.status, 200) << posted.body;
  EXPECT_TRUE(eventually(
      10s, [&] { return server.alerts().find(R"("zone":"plaza")") != std::string::npos; }));
}

}  // namespace
}  // namespace crowdflow::test
