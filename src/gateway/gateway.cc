#include "gateway/gateway.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include "gateway/group_commit.h"
#include "gateway/intake.h"
#include "gateway/problem.h"

namespace crowdflow::gateway {
namespace {

constexpr const char* kPath = "/api/v1/readings";
constexpr int kRetrySoon = 1;   // seconds
constexpr int kRetryLater = 5;  // seconds

Problem ending() {
  return {.status = 503,
          .type = "log-unavailable",
          .detail = "nothing was taken: this process is ending",
          .retry_after_s = kRetryLater};
}

}  // namespace

struct Gateway::State {
  State(log::Log& the_log, GatewayOptions the_options)
      : log(the_log), options(std::move(the_options)), intake(options.max_queued) {}

  void take(http::Request request, http::Reply reply) {
    Waiting waiting{.request = std::move(request), .reply = std::move(reply)};
    switch (intake.put(waiting)) {
      case Intake::Put::kQueued:
        return;
      case Intake::Put::kFull:
        waiting.reply(
            refusal({.status = 429,
                     .type = "busy",
                     .detail = "nothing was taken: too much waits for the log already; send the "
                               "same again a little later, and fewer requests with more readings",
                     .retry_after_s = kRetrySoon}));
        return;
      case Intake::Put::kClosed:
        waiting.reply(refusal(ending()));
        return;
    }
  }

  // The server has not received a body.
  http::Response not_received(int status) {
    if (status == 413) {
      return refusal({.status = 413,
                      .type = "too-large",
                      .detail = "the body is longer than " + std::to_string(options.max_body) +
                                " bytes; send fewer readings at once"});
    }
    return refusal({.status = 503,
                    .type = "busy",
                    .detail = "nothing was taken: too much is being received at once; send the "
                              "same again a little later",
                    .retry_after_s = kRetrySoon});
  }

  http::Response refusal(const Problem& problem) {
    tally.answered(problem.status);
    return to_response(problem);
  }

  log::Log& log;
  const GatewayOptions options;
  Intake intake;
  Tally tally;
};

Gateway::Gateway(log::Log& log, http::Server& server, GatewayOptions options)
    : state_(std::make_shared<State>(log, std::move(options))) {
  const auto state = state_;
  server.handle_later("POST", kPath,
                      [state](http::Request request, http::Reply reply) {
                        state->take(std::move(request), std::move(reply));
                      },
                      {.body_limit = state->options.max_body,
                       .refuse = [state](int status) { return state->not_received(status); }});
}

Gateway::~Gateway() { stop(); }

void Gateway::start() {
  thread_ = std::jthread([state = state_.get()](const std::stop_token& stop) {
    try {
      GroupCommit commit(state->log, state->options, state->tally);
      for (auto waiting = state->intake.take(stop); !waiting.empty();
           waiting = state->intake.take(stop)) {
        commit.serve(std::move(waiting));
      }
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "bug: the gateway's thread ended by an exception: %s\n",
                   exception.what());
      std::abort();
    }
  });
}

void Gateway::stop() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  for (Waiting& waiting : state_->intake.close())
    waiting.reply(state_->refusal(ending()));
}

telemetry::GatewayStatus Gateway::status() const {
  telemetry::GatewayStatus status = state_->tally.status();
  const Intake::Load load = state_->intake.load();
  status.queued_requests = load.requests;
  status.queued_bytes = load.bytes;
  return status;
}

}  // namespace crowdflow::gateway
