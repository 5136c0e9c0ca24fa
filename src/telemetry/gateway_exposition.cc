#include <string>

#include "telemetry/exposition.h"
#include "telemetry/metric_writer.h"

namespace crowdflow::telemetry {

std::string exposition(const GatewayStatus& status) {
  MetricWriter out;
  out.counter("crowdflow_gateway_requests_total",
              "Requests to publish readings that were answered, by HTTP status.");
  for (const auto& [code, count] : status.requests)
    out.sample({{"status", std::to_string(code)}}, count);
  out.counter("crowdflow_gateway_readings_taken_total",
              "Readings that were posted and committed to the log.");
  out.sample({}, status.readings_taken);
  out.counter("crowdflow_gateway_readings_refused_total",
              "Readings that were posted and at fault, by reason code.");
  for (std::size_t i = static_cast<std::size_t>(kFirstRejection); i < kOutcomeCount; ++i) {
    if (status.readings_refused[i] == 0) continue;
    out.sample({{"reason", std::string(name_of(static_cast<Outcome>(i)))}},
               status.readings_refused[i]);
  }
  out.histogram("crowdflow_gateway_commit_duration_seconds",
                "From taking waiting requests up to the end of the commit that they share.");
  out.sample({}, status.commit_duration);
  out.gauge("crowdflow_gateway_queued_requests", "Requests that wait to be taken up.");
  out.sample({}, static_cast<double>(status.queued_requests));
  out.gauge("crowdflow_gateway_queued_bytes", "What the bodies of waiting requests take.");
  out.sample({}, static_cast<double>(status.queued_bytes));
  return std::move(out).text();
}

}  // namespace crowdflow::telemetry
