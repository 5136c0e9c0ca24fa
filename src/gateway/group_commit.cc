#include "gateway/group_commit.h"

#include <spdlog/spdlog.h>
#include <utility>

#include "gateway/body.h"
#include "wire/record_headers.h"

namespace crowdflow::gateway {
namespace {

constexpr int kRetryLater = 5;  // seconds

Problem away(std::string detail) {
  return {.status = 503,
          .type = "log-unavailable",
          .detail = std::move(detail),
          .retry_after_s = kRetryLater};
}

Problem nothing_taken(const std::string& why) { return away("nothing was taken: " + why); }

Problem outcome_unknown(const std::string& why) {
  return away(
      "it is not known whether the readings were taken: " + why +
      "; send the same again: what was taken already counts as a duplicate and changes nothing");
}

}  // namespace

void Tally::refused(const Faults& faults) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < kOutcomeCount; ++i)
    status_.readings_refused[i] += faults.by_reason[i];
}
void Tally::taken(std::size_t readings) {
  const std::lock_guard lock(mutex_);
  status_.readings_taken += readings;
}
void Tally::committed(std::chrono::duration<double> took) {
  const std::lock_guard lock(mutex_);
  status_.commit_duration.observe(took.count());
}

GroupCommit::GroupCommit(log::Log& log, const GatewayOptions& options, Tally& tally)
    : log_(log), options_(options), tally_(tally), check_(options.venues), reader_(check_) {}

void GroupCommit::serve(std::vector<Waiting> waiting) {
  lost_.reset();
  const std::optional<Problem> cannot = prepare();
  const auto begun = std::chrono::steady_clock::now();
  std::vector<Appended> appended;
  for (Waiting& each : waiting) {
    auto body = read_body(each.request, options_.max_body);
    auto submission = body ? reader_.read(std::move(*body), options_.now())
                           : tl::expected<Submission, Problem>(tl::unexpected(body.error()));
    if (!submission) {
      refuse(each.reply, submission.error());
    } else if (cannot) {
      refuse(each.reply, *cannot);
    } else if (const auto failed = append(*submission)) {
      refuse(each.reply, *failed);
    } else {
      submission->records.clear();
      appended.push_back({.reply = std::move(each.reply), .submission = std::move(*submission)});
    }
  }
  if (appended.empty()) return;
  commit(std::move(appended));
  tally_.committed(std::chrono::steady_clock::now() - begun);
}

// Why nothing can be appended now.
std::optional<Problem> GroupCommit::prepare() {
  const log::Health health = log_.health();
  // Before its first answer the log is asked all the same.
  if (!health.reachable && was_reachable_) return nothing_taken(health.reason);
  was_reachable_ = was_reachable_ || health.reachable;
  if (partitions_ == 0) {
    const auto count = log_.partition_count(options_.topics.readings);
    if (!count) return nothing_taken(count.error().message);
    partitions_ = *count;
  }
  if (appender_ == nullptr) {
    auto made = log_.appender();
    if (!made) return nothing_taken(made.error().message);
    appender_ = std::move(*made);
  }
  return std::nullopt;
}

std::optional<Problem> GroupCommit::append(const Submission& submission) {
  for (const ReadingsRecord& record : submission.records) {
    if (lost_) return nothing_taken(lost_->message);
    const log::Header type{.name = wire::kContentTypeHeader, .value = record.content_type};
    const log::Append append{.topic = options_.topics.readings,
                             .partition = log::home_partition(record.venue_id, partitions_),
                             .key = record.venue_id,
                             .value = record.value,
                             .headers = {&type, 1}};
    auto done = appender_->append(append);
    if (!done && done.error().code == ErrorCode::kUnavailable) {
      flush();  // the queue is full, and empties
      if (lost_) return outcome_unknown(lost_->message);
      done = appender_->append(append);
    }
    if (!done) return outcome_unknown(done.error().message);
  }
  return std::nullopt;
}

void GroupCommit::flush() {
  auto done = appender_->flush(options_.commit_patience);
  if (done) return;
  spdlog::warn("readings that were posted: {}", done.error().message);
  // What is only late may still arrive; an appender that is broken gets a successor.
  if (done.error().code != ErrorCode::kUnavailable) appender_ = nullptr;
  lost_ = std::move(done.error());
}

void GroupCommit::commit(std::vector<Appended> appended) {
  if (!lost_) flush();
  for (Appended& each : appended) {
    if (lost_) {
      refuse(each.reply, outcome_unknown(lost_->message));
      continue;
    }
    tally_.taken(each.submission.readings);
    tally_.refused(each.submission.faults);
    tally_.answered(202);
    each.reply(accepted(each.submission.readings, each.submission.faults));
  }
}

void GroupCommit::refuse(http::Reply& reply, const Problem& problem) {
  tally_.refused(problem.faults);
  tally_.answered(problem.status);
  reply(to_response(problem));
}

}  // namespace crowdflow::gateway
