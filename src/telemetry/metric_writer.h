#pragma once

#include <cstdint>
#include <prometheus/metric_family.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/engine_status.h"

namespace crowdflow::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Collects samples by metric, as prometheus-cpp's families. One thread.
class MetricWriter {
 public:
  // Begins a metric; the samples that follow are its own.
  void gauge(const char* name, const char* help);
  void counter(const char* name, const char* help);
  void histogram(const char* name, const char* help);

  void sample(const Labels& labels, double value);
  void sample(const Labels& labels, std::uint64_t value) {
    sample(labels, static_cast<double>(value));
  }
  void sample(const Labels& labels, const LatencyHistogram& histogram);

  // The text format, version 0.0.4. Metrics without samples are left out. Ends the writer.
  [[nodiscard]] std::string text() &&;

 private:
  void begin(const char* name, const char* help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace crowdflow::telemetry
