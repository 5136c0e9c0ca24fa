#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "http/server.h"
#include "log/log.h"
#include "log/topics.h"
#include "telemetry/gateway_status.h"

namespace crowdflow::gateway {

struct GatewayOptions {
  log::TopicNames topics{};
  // Readings of other venues are refused. Empty: venues are not known here, all are taken.
  std::vector<std::shared_ptr<const Venue>> venues;
  // Bytes of one request's body, also once it is decompressed.
  std::size_t max_body = std::size_t{4} << 20;
  // Bytes of the bodies that wait for the log; requests beyond get 429.
  std::size_t max_queued = std::size_t{32} << 20;
  // How long a commit may take before its requests are told that the outcome is not known.
  std::chrono::milliseconds commit_patience{10'000};
  // The wall clock; called from the gateway's thread.
  std::function<WallTime()> now;
};

// The way in over HTTP: POST /api/v1/readings (docs/contract.md) on a server. A request is answered
// when its readings are committed to the log, and all that wait share one commit; taken whole or
// not at all unless it asks for `partial`.
//
// Threads: made before the server starts; start() and stop() from one thread, status() from any.
// It runs one thread of its own, which decodes, checks, appends and waits for the log; the server's
// only queues. Ownership: the log and the server outlive it. After stop() the server may go on:
// requests are then answered with 503.
class Gateway {
 public:
  Gateway(log::Log& log, http::Server& server, GatewayOptions options);
  ~Gateway();  // stops
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void start();
  // Finishes the commit under way.
  void stop();

  [[nodiscard]] telemetry::GatewayStatus status() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the handlers, which outlive it in the server
  std::jthread thread_;
};

}  // namespace crowdflow::gateway
