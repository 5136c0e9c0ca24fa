#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include <crowdflow/reading_check.h>
#include <crowdflow/time.h>

#include "gateway/body.h"
#include "gateway/problem.h"
#include "wire/readings_decoder.h"

namespace crowdflow::gateway {

// The largest value of a record that the gateway makes: Kafka's own limit for a record, less its
// key and headers.
inline constexpr std::size_t kMaxRecord = 1'000'000;

// One record for the topic `readings`: readings of one venue.
struct ReadingsRecord {
  std::string venue_id;
  std::string value;
  std::string_view content_type;
};

// What a body comes to.
struct Submission {
  std::vector<ReadingsRecord> records;
  std::size_t readings = 0;  // in `records`
  Faults faults;             // of those that are not
};

// Decodes and checks bodies. Keeps its memory from body to body. Threads: one at a time.
class SubmissionReader {
 public:
  // `check` outlives it.
  explicit SubmissionReader(const ReadingCheck& check) : check_(check) {}

  // 400, 413 or 422. `now`: the wall clock. The readings keep the bytes that they came in: what
  // this version does not know goes on to the log.
  [[nodiscard]] tl::expected<Submission, Problem> read(Body body, WallTime now);

 private:
  // By venue, those without a fault.
  struct Group {
    std::string_view venue_id;
    std::vector<std::uint32_t> indices;
  };

  [[nodiscard]] Faults sort_out(std::span<const Reading> readings, const Body& body, WallTime now);
  [[nodiscard]] bool add_records(const Group& group, std::span<const std::uint32_t> indices,
                                 Submission& out) const;

  const ReadingCheck& check_;
  wire::ReadingsDecoder decoder_;
  std::vector<Group> groups_;
};

}  // namespace crowdflow::gateway
