#include "gateway/problem.h"

#include "wire/json.h"

namespace crowdflow::gateway {
namespace {

void append_text(std::string_view name, std::string_view value, std::string& out) {
  out.append(",\"").append(name).append("\":");
  wire::append_json_string(value, out);
}

void append_faults(const Faults& faults, std::string& out) {
  out += ",\"errors\":[";
  for (const FaultyReading& faulty : faults.told) {
    if (out.back() == '}') out += ',';
    out += "{\"index\":" + std::to_string(faulty.index);
    if (faulty.line > 0) {
      out += ",\"line\":" + std::to_string(faulty.line) +
             ",\"column\":" + std::to_string(faulty.column);
    }
    append_text("venue_id", faulty.venue_id, out);
    append_text("sensor_id", faulty.sensor_id, out);
    append_text("reason", name_of(faulty.reason), out);
    append_text("field", faulty.field, out);
    append_text("detail", faulty.message, out);
    out += '}';
  }
  out += ']';
  if (faults.count > faults.told.size()) {
    out += ",\"errors_not_shown\":" + std::to_string(faults.count - faults.told.size());
  }
}

}  // namespace

http::Response to_response(const Problem& problem) {
  std::string body = "{\"type\":\"urn:crowdflow:problem:" + std::string(problem.type) + '"';
  append_text("title", http::reason_phrase(problem.status), body);
  body += ",\"status\":" + std::to_string(problem.status);
  append_text("detail", problem.detail, body);
  if (!problem.faults.told.empty()) append_faults(problem.faults, body);
  body += "}\n";
  http::Response response{.status = problem.status,
                          .content_type = "application/problem+json",
                          .body = std::move(body)};
  if (problem.retry_after_s) {
    response.headers.push_back({"Retry-After", std::to_string(*problem.retry_after_s)});
  }
  return response;
}

http::Response accepted(std::size_t taken, const Faults& faults) {
  std::string body =
      "{\"taken\":" + std::to_string(taken) + ",\"refused\":" + std::to_string(faults.count);
  if (faults.count > 0) append_faults(faults, body);
  body += "}\n";
  return {.status = 202, .body = std::move(body)};
}

}  // namespace crowdflow::gateway
