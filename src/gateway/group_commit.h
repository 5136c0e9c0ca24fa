#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <crowdflow/reading_check.h>
#include <crowdflow/result.h>

#include "gateway/gateway.h"
#include "gateway/intake.h"
#include "gateway/submission.h"
#include "telemetry/gateway_status.h"

namespace crowdflow::gateway {

// Counts of what the gateway has answered. Threads: any.
class Tally {
 public:
  void answered(int status) {
    const std::lock_guard lock(mutex_);
    ++status_.requests[status];
  }
  void refused(const Faults& faults);
  void taken(std::size_t readings);
  void committed(std::chrono::duration<double> took);
  // Without what is queued.
  [[nodiscard]] telemetry::GatewayStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  telemetry::GatewayStatus status_;
};

// Answers requests once their readings are committed to the log: all that wait are decoded,
// appended, and share one flush. Threads: one, which waits for the log in here.
class GroupCommit {
 public:
  // All references outlive it.
  GroupCommit(log::Log& log, const GatewayOptions& options, Tally& tally);

  // Answers every one of them.
  void serve(std::vector<Waiting> waiting);

 private:
  // A request whose readings are appended, and what it is told when they are committed.
  struct Appended {
    http::Reply reply;
    Submission submission;
  };

  [[nodiscard]] std::optional<Problem> prepare();
  [[nodiscard]] std::optional<Problem> append(const Submission& submission);
  // Remembers a failure as that of the round.
  void flush();
  void commit(std::vector<Appended> appended);
  void refuse(http::Reply& reply, const Problem& problem);

  log::Log& log_;
  const GatewayOptions& options_;
  Tally& tally_;
  const ReadingCheck check_;
  SubmissionReader reader_;
  std::unique_ptr<log::Appender> appender_;
  std::int32_t partitions_ = 0;  // 0: not known yet
  std::optional<Error> lost_;    // why not all that was appended in this round has arrived
  bool was_reachable_ = false;
};

}  // namespace crowdflow::gateway
