#pragma once

#include "telemetry/metric_writer.h"

namespace crowdflow::telemetry {

// The process_* metrics that every Prometheus client exports, from /proc.
void process_metrics(MetricWriter& out);

}  // namespace crowdflow::telemetry
