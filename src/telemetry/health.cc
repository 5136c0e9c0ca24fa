#include "telemetry/health.h"

#include <array>
#include <vector>

#include "wire/json.h"

namespace crowdflow::telemetry {
namespace {

constexpr Span kStatusTooOld = std::chrono::seconds{5};
constexpr std::array<const char*, 4> kStages{"the engine is starting",
                                             "the engine has no partition",
                                             "the engine is re-applying the log", ""};

}  // namespace

HealthAnswer readiness(const EngineStatus& status, const std::string& log_reason, WallTime now) {
  std::vector<std::string> reasons;
  if (status.stage != EngineStage::kRunning) {
    std::string reason = kStages[static_cast<std::size_t>(status.stage)];
    if (!status.reason.empty()) reason += ": " + status.reason;
    reasons.push_back(std::move(reason));
  } else if (now - status.now > kStatusTooOld) {
    reasons.push_back("the engine has not spoken for more than 5 s");
  }
  if (!log_reason.empty()) reasons.push_back("the log cannot be reached: " + log_reason);

  HealthAnswer answer{.good = reasons.empty(), .json = {}};
  answer.json =
      answer.good ? R"({"status":"ready","reasons":[)" : R"({"status":"not ready","reasons":[)";
  const char* comma = "";
  for (const std::string& reason : reasons) {
    answer.json += comma;
    wire::append_json_string(reason, answer.json);
    comma = ",";
  }
  answer.json += "]}";
  return answer;
}

}  // namespace crowdflow::telemetry
