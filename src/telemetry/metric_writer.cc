#include "telemetry/metric_writer.h"

#include <limits>
#include <prometheus/text_serializer.h>
#include <vector>

namespace crowdflow::telemetry {

void MetricWriter::begin(const char* name, const char* help, prometheus::MetricType type) {
  families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
}
void MetricWriter::gauge(const char* name, const char* help) {
  begin(name, help, prometheus::MetricType::Gauge);
}
void MetricWriter::counter(const char* name, const char* help) {
  begin(name, help, prometheus::MetricType::Counter);
}
void MetricWriter::histogram(const char* name, const char* help) {
  begin(name, help, prometheus::MetricType::Histogram);
}

namespace {

prometheus::ClientMetric labelled(const Labels& labels) {
  prometheus::ClientMetric metric;
  metric.label.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    prometheus::ClientMetric::Label label;
    label.name = name;
    label.value = value;
    metric.label.push_back(std::move(label));
  }
  return metric;
}

}  // namespace

void MetricWriter::sample(const Labels& labels, double value) {
  prometheus::ClientMetric metric = labelled(labels);
  if (families_.back().type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  families_.back().metric.push_back(std::move(metric));
}

void MetricWriter::sample(const Labels& labels, const LatencyHistogram& histogram) {
  prometheus::ClientMetric metric = labelled(labels);
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    cumulative += histogram.counts[i];
    const double bound = i < LatencyHistogram::kBounds.size()
                             ? LatencyHistogram::kBounds[i]
                             : std::numeric_limits<double>::infinity();
    prometheus::ClientMetric::Bucket bucket;
    bucket.cumulative_count = cumulative;
    bucket.upper_bound = bound;
    metric.histogram.bucket.push_back(bucket);
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = histogram.sum_seconds;
  families_.back().metric.push_back(std::move(metric));
}

std::string MetricWriter::text() && {
  std::erase_if(families_, [](const auto& family) { return family.metric.empty(); });
  return prometheus::TextSerializer().Serialize(families_);
}

}  // namespace crowdflow::telemetry
