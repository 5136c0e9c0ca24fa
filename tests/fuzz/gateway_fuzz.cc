#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/check.h>

#include "gateway/body.h"
#include "gateway/submission.h"
#include "unit/engine/venue_builder.h"
#include "unit/wire/reference_readings.h"

// Bodies of POST /api/v1/readings. The first byte chooses content type, encoding and whether the
// good readings of a bad body are wanted. What is accepted must come out of the records as it went
// in, and be without a fault.

namespace {

using crowdflow::gateway::Problem;
using crowdflow::gateway::Submission;
using crowdflow::test::describe;

constexpr std::size_t kMaxBody = 64 * 1024;
constexpr crowdflow::WallTime kNow{std::chrono::seconds{1'800'000'000}};

void check_problem(const Problem& problem) {
  CROWDFLOW_CHECK(problem.status >= 400 && !problem.detail.empty(), "a refusal says why");
  CROWDFLOW_CHECK(!crowdflow::gateway::to_response(problem).body.empty(), "and is sent");
}

std::vector<std::string> readings_of(const Submission& submission,
                                     const crowdflow::ReadingCheck& check) {
  std::vector<std::string> said;
  crowdflow::wire::ReadingsDecoder decoder;
  for (const auto& record : submission.records) {
    const auto readings = decoder.decode(record.value, record.content_type);
    CROWDFLOW_CHECK(readings.has_value(), "what the gateway takes can be decoded");
    for (const auto& reading : *readings) {
      CROWDFLOW_CHECK(reading.venue_id == record.venue_id, "a record holds one venue");
      CROWDFLOW_CHECK(!check.fault_of(reading, kNow), "what the gateway takes is without a fault");
    }
    const auto words = describe(*readings);
    said.insert(said.end(), words.begin(), words.end());
  }
  std::ranges::sort(said);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto choice = data[0];
  const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  crowdflow::http::Request request{
      .method = "POST", .path = "/api/v1/readings", .headers = {{"Host", "x"}}, .body = bytes};
  request.headers.push_back(
      {"Content-Type", (choice & 1) != 0 ? "application/x-protobuf" : "application/json"});
  if ((choice & 2) != 0) request.headers.push_back({"Content-Encoding", "gzip"});
  if ((choice & 4) != 0) request.query = "partial=true";
  std::vector<std::shared_ptr<const crowdflow::Venue>> venues;
  if ((choice & 8) != 0) venues.push_back(crowdflow::testing::two_rooms().build());

  auto body = crowdflow::gateway::read_body(request, kMaxBody);
  if (!body) {
    check_problem(body.error());
    return 0;
  }
  CROWDFLOW_CHECK(body->bytes.size() <= kMaxBody, "no body is longer than it may be");
  crowdflow::wire::ReadingsDecoder decoder;
  const std::string before = body->bytes;
  const auto sent = decoder.decode(before, body->content_type);
  const crowdflow::ReadingCheck check(venues);
  crowdflow::gateway::SubmissionReader reader(check);
  const auto submission = reader.read(std::move(*body), kNow);
  if (!submission) {
    check_problem(submission.error());
    return 0;
  }
  CROWDFLOW_CHECK(sent.has_value(), "nothing is taken of what cannot be decoded");
  CROWDFLOW_CHECK(submission->readings + submission->faults.count == sent->size(),
                  "each reading is taken or refused");
  std::vector<crowdflow::Reading> good(sent->begin(), sent->end());
  std::erase_if(good, [&](const auto& each) { return check.fault_of(each, kNow).has_value(); });
  auto said = describe(good);
  std::ranges::sort(said);
  CROWDFLOW_CHECK(readings_of(*submission, check) == said, "what was taken is what was sent");
  return 0;
}
