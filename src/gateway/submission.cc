#include "gateway/submission.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "wire/record_headers.h"

namespace crowdflow::gateway {
namespace {

// Finds lines and columns of a text, going on from the place asked for before.
class TextPlaces {
 public:
  explicit TextPlaces(std::string_view text) : text_(text) {}

  // `at` points into the text, at or behind the place before.
  void find(const char* at, FaultyReading& out) {
    for (const char* c = text_.data() + passed_; c < at; ++c) {
      if (*c == '\n') {
        ++line_;
        column_ = 1;
      } else if ((static_cast<unsigned char>(*c) & 0xC0) != 0x80) {
        ++column_;
      }
    }
    passed_ = static_cast<std::size_t>(at - text_.data());
    out.line = line_;
    out.column = column_;
  }

 private:
  std::string_view text_;
  std::size_t passed_ = 0;
  std::size_t line_ = 1;
  std::size_t column_ = 1;
};

std::string count(std::size_t n) { return std::to_string(n) + (n == 1 ? " reading" : " readings"); }

tl::unexpected<Problem> undecodable(const wire::Refusal& refusal) {
  Problem problem{.status = 400, .type = "malformed", .detail = refusal.message};
  if (refusal.reason == Outcome::kTooMany) {
    problem.status = 413;
    problem.type = "too-large";
    problem.detail = std::to_string(refusal.readings) + " readings in one request, at most " +
                     std::to_string(wire::kMaxReadings);
  }
  problem.faults.add(refusal.reason, refusal.readings);
  return tl::unexpected(std::move(problem));
}

}  // namespace

tl::expected<Submission, Problem> SubmissionReader::read(Body body, WallTime now) {
  const auto readings = decoder_.decode(body.bytes, body.content_type);
  if (!readings) return undecodable(readings.error());

  Submission out;
  out.faults = sort_out(*readings, body, now);
  out.readings = readings->size() - out.faults.count;
  if (out.faults.count > 0 && (!body.partial || out.readings == 0)) {
    std::string detail = count(out.faults.count) + " of " + std::to_string(readings->size()) +
                         " cannot be used, and nothing was taken";
    if (!body.partial && out.readings > 0) {
      detail += "; correct or leave them out, or ask for partial=true, which takes the others";
    }
    return tl::unexpected(Problem{.status = 422,
                                  .type = "refused-readings",
                                  .detail = std::move(detail),
                                  .faults = std::move(out.faults)});
  }
  if (groups_.size() == 1 && out.faults.count == 0 && body.bytes.size() <= kMaxRecord) {
    out.records.push_back({.venue_id = std::string(groups_.front().venue_id),
                           .value = {},
                           .content_type = body.content_type});
    out.records.back().value = std::move(body.bytes);
    return out;
  }
  for (const Group& group : groups_) {
    if (add_records(group, group.indices, out)) continue;
    return tl::unexpected(
        Problem{.status = 413,
                .type = "too-large",
                .detail = "one reading is longer than " + std::to_string(kMaxRecord) + " bytes"});
  }
  return out;
}

// Fills groups_.
Faults SubmissionReader::sort_out(std::span<const Reading> readings, const Body& body,
                                  WallTime now) {
  groups_.clear();
  std::map<std::string_view, std::size_t> group_of;
  std::optional<std::size_t> latest;
  Faults faults;
  TextPlaces places(body.bytes);
  for (std::uint32_t i = 0; i < readings.size(); ++i) {
    const Reading& reading = readings[i];
    if (auto fault = check_.fault_of(reading, now)) {
      faults.add(fault->reason);
      if (faults.count > kMostTold) continue;
      FaultyReading& told = faults.told.emplace_back();
      told = {.index = i,
              .venue_id = std::string(reading.venue_id),
              .sensor_id = std::string(reading.sensor_id),
              .reason = fault->reason,
              .field = fault->field,
              .message = std::move(fault->message)};
      if (body.content_type == wire::kJsonContentType) {
        places.find(decoder_.source_of(i).data(), told);
      }
      continue;
    }
    if (!latest || groups_[*latest].venue_id != reading.venue_id) {
      const auto [place, added] = group_of.try_emplace(reading.venue_id, groups_.size());
      if (added) groups_.push_back({.venue_id = reading.venue_id, .indices = {}});
      latest = place->second;
    }
    groups_[*latest].indices.push_back(i);
  }
  return faults;
}

// False: one reading alone is too long.
bool SubmissionReader::add_records(const Group& group, std::span<const std::uint32_t> indices,
                                   Submission& out) const {
  wire::Excerpt excerpt = decoder_.excerpt(indices);
  if (excerpt.value.size() > kMaxRecord) {
    if (indices.size() == 1) return false;
    const std::size_t half = indices.size() / 2;
    return add_records(group, indices.first(half), out) &&
           add_records(group, indices.subspan(half), out);
  }
  out.records.push_back({.venue_id = std::string(group.venue_id),
                         .value = std::move(excerpt.value),
                         .content_type = excerpt.content_type});
  return true;
}

}  // namespace crowdflow::gateway
