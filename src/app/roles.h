#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <crowdflow/result.h>

#include "log/log.h"
#include "processor/options.h"

namespace crowdflow::app {

struct RolesOptions {
  processor::ProcessorOptions processor;
  std::string http_address = "127.0.0.1";
  std::uint16_t http_port = 0;
};

// All roles of one process: the engine, the console, and the server that both answer on.
//
// Threads: the engine's, the console's and the server's; start and stop from one thread.
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
