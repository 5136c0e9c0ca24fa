#pragma once

#include <gtest/gtest.h>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace crowdflow::test {

struct PromSample {
  std::map<std::string, std::string> labels;  // with __name__, where the query keeps it
  double value = 0;
};

struct PromAnswer {
  std::string error;                // empty: `samples` is the answer
  std::vector<PromSample> samples;  // of an instant vector or scalar
};

// Debian's Prometheus with a configuration of the test's, in a folder of its own.
// Threads: one at a time; it dies with the thread that started it (see Process).
class PrometheusServer {
 public:
  // `config` is the text of prometheus.yml. Files that it names may lie in dir().
  explicit PrometheusServer(std::string config);

  // True when it is ready to answer.
  [[nodiscard]] testing::AssertionResult start();

  [[nodiscard]] const std::filesystem::path& dir() const { return dir_.path(); }
  [[nodiscard]] const std::string& url() const { return url_; }
  // An instant query, at the present.
  [[nodiscard]] PromAnswer query(std::string_view promql) const;

 private:
  const TempDir dir_;
  const std::string url_;
  const std::string config_;
  Process process_;
};

// Debian's Alertmanager, likewise; alone, without a cluster.
class AlertmanagerServer {
 public:
  // `config` is the text of alertmanager.yml.
  explicit AlertmanagerServer(std::string config);

  [[nodiscard]] testing::AssertionResult start();

  [[nodiscard]] const std::string& url() const { return url_; }
  // GET /api/v2/alerts as it is; empty when there is no answer.
  [[nodiscard]] std::string alerts() const;

 private:
  const TempDir dir_;
  const std::string url_;
  const std::string config_;
  Process process_;
};

// What `promtool check metrics` says of a text exposition: names, types, units, help.
[[nodiscard]] testing::AssertionResult promtool_check_metrics(std::string exposition);

}  // namespace crowdflow::test
