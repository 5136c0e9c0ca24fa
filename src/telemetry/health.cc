#include "telemetry/health.h"

#include <array>
#include <boost/json.hpp>
#include <utility>

namespace crowdflow::telemetry {
namespace {

constexpr Span kStatusTooOld = std::chrono::seconds{5};
constexpr std::array<const char*, 5> kStages{
    "the engine is starting", "the engine has no partition", "the engine is re-applying the log",
    "", "the engine is stopping"};

bool spoke_lately(const EngineStatus& status, WallTime now) {
  return now - status.now <= kStatusTooOld;
}

}  // namespace

bool is_current(const EngineStatus& status, WallTime now) {
  return status.stage == EngineStage::kRunning && spoke_lately(status, now);
}

HealthAnswer readiness(const EngineStatus& status, const std::string& log_reason, WallTime now) {
  boost::json::array reasons;
  if (status.stage != EngineStage::kRunning) {
    std::string reason = kStages[static_cast<std::size_t>(status.stage)];
    if (!status.reason.empty()) reason += ": " + status.reason;
    reasons.emplace_back(reason);
  } else if (!spoke_lately(status, now)) {
    reasons.emplace_back("the engine has not spoken for more than 5 s");
  }
  if (!log_reason.empty()) reasons.emplace_back("the log cannot be reached: " + log_reason);

  const bool good = reasons.empty();
  const boost::json::object answer{{"status", good ? "ready" : "not ready"},
                                   {"reasons", std::move(reasons)}};
  return {.good = good, .json = boost::json::serialize(answer)};
}

}  // namespace crowdflow::telemetry
