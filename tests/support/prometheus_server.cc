#include "support/prometheus_server.h"

#include <boost/json.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <utility>

#include "support/eventually.h"
#include "support/http_client.h"
#include "support/port.h"

namespace crowdflow::test {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr auto kStartLimit = 30s;
// Else the first scrape comes 5 s after the start, whatever the scrape interval is.
constexpr const char* kDiscoverAtOnce = "--scrape.discovery-reload-interval=100ms";

std::string local_url() { return "http://127.0.0.1:" + std::to_string(free_port()); }

std::string address_of(const std::string& url) { return url.substr(std::string("http://").size()); }

// Both servers have the same address for it.
testing::AssertionResult start_until_ready(Process& process, const std::string& url) {
  if (testing::AssertionResult started = process.start(); !started) return started;
  bool ready = false;
  const testing::AssertionResult in_time = eventually(kStartLimit, [&] {
    ready = http_get(url + "/-/ready").status == 200;
    return ready || !process.running();
  });
  if (ready) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (in_time ? "it has ended" : in_time.message()) << "\n"
                                     << process.err();
}

// Prometheus writes a sample as [time, "value"].
bool read_value(const json::value& pair, double& value) {
  const json::array* array = pair.if_array();
  if (array == nullptr || array->size() != 2) return false;
  const json::string* text = (*array)[1].if_string();
  if (text == nullptr) return false;
  const char* first = text->data() + (text->starts_with('+') ? 1 : 0);  // "+Inf"
  return std::from_chars(first, text->data() + text->size(), value).ec == std::errc();
}

bool read_sample(const json::value& item, PromSample& sample) {
  const json::object* object = item.if_object();
  if (object == nullptr) return false;
  const json::value* metric = object->if_contains("metric");
  const json::value* value = object->if_contains("value");
  if (metric == nullptr || value == nullptr || !metric->is_object()) return false;
  for (const auto& label : metric->get_object()) {
    if (!label.value().is_string()) return false;
    sample.labels.emplace(label.key(), label.value().get_string());
  }
  return read_value(*value, sample.value);
}

PromAnswer failed(const std::string& why, std::string_view promql) {
  return {.error = std::string(promql) + ": " + why, .samples = {}};
}

PromAnswer parse_answer(const std::string& body, std::string_view promql) {
  std::error_code broken;
  const json::value root = json::parse(body, broken);
  const json::object* answer = broken ? nullptr : root.if_object();
  const json::value* data = answer != nullptr ? answer->if_contains("data") : nullptr;
  if (data == nullptr || !data->is_object()) return failed(body, promql);
  const json::value* type = data->get_object().if_contains("resultType");
  const json::value* result = data->get_object().if_contains("result");
  if (type == nullptr || result == nullptr || !result->is_array()) return failed(body, promql);

  PromAnswer read;
  if (*type == "scalar") {
    if (!read_value(*result, read.samples.emplace_back().value)) return failed(body, promql);
    return read;
  }
  if (*type != "vector") return failed("not an instant vector", promql);
  for (const json::value& item : result->get_array()) {
    if (!read_sample(item, read.samples.emplace_back())) return failed(body, promql);
  }
  return read;
}

}  // namespace

PrometheusServer::PrometheusServer(std::string config)
    : url_(local_url()),
      config_(std::move(config)),
      process_({.argv = {"prometheus", "--config.file=" + (dir() / "prometheus.yml").string(),
                         "--storage.tsdb.path=" + (dir() / "data").string(),
                         "--web.listen-address=" + address_of(url_), "--log.level=warn",
                         kDiscoverAtOnce}}) {}

testing::AssertionResult PrometheusServer::start() {
  dir_.write("prometheus.yml", config_);
  return start_until_ready(process_, url_);
}

PromAnswer PrometheusServer::query(std::string_view promql) const {
  const HttpResponse response = http_get(url_ + "/api/v1/query?query=" + url_encode(promql));
  if (response.status == 0) return failed(response.error, promql);
  return parse_answer(response.body, promql);
}

AlertmanagerServer::AlertmanagerServer(std::string config)
    : url_(local_url()),
      config_(std::move(config)),
      process_({.argv = {"prometheus-alertmanager",
                         "--config.file=" + (dir_.path() / "alertmanager.yml").string(),
                         "--storage.path=" + (dir_.path() / "data").string(),
                         "--web.listen-address=" + address_of(url_),
                         "--cluster.listen-address=", "--log.level=warn"}}) {}

testing::AssertionResult AlertmanagerServer::start() {
  dir_.write("alertmanager.yml", config_);
  return start_until_ready(process_, url_);
}

std::string AlertmanagerServer::alerts() const { return http_get(url_ + "/api/v2/alerts").body; }

testing::AssertionResult promtool_check_metrics(std::string exposition) {
  const Finished finished =
      run_to_end({.argv = {"promtool", "check", "metrics"}, .input = std::move(exposition)});
  if (finished.status == 0) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "promtool check metrics\n" << finished.out << finished.err;
}

}  // namespace crowdflow::test
