#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <crowdflow/result.h>

#include "gateway/gateway.h"
#include "log/log.h"
#include "processor/options.h"

namespace crowdflow::app {

struct RolesOptions {
  processor::ProcessorOptions processor;
  std::string http_address = "127.0.0.1";
  std::uint16_t http_port = 0;
  // Absent: readings cannot be posted. Topics, venues and clock are those of the processor.
  std::optional<gateway::GatewayOptions> gateway;
};

// All roles of one process: the engine, the console, the gateway, and the server that they answer
// on.
//
// Threads: those of the roles and the server's; start and stop from one thread.
class Roles {
 public:
  Roles(log::Log& log, RolesOptions options);
  ~Roles();  // stops
  Roles(const Roles&) = delete;
  Roles& operator=(const Roles&) = delete;

  [[nodiscard]] Result<void> start();
  // The page's address.
  [[nodiscard]] std::string url() const;
  // Whether the engine has ended by itself, with an error that trying again cannot mend.
  [[nodiscard]] bool failed() const;
  // Commits what was applied and ends; the engine's error when it had one. kUnavailable: it could
  // not within a deadline, and still tries: leave the process to its end.
  [[nodiscard]] Result<void> stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crowdflow::app
