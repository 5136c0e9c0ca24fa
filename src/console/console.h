#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <crowdflow/time.h>
#include <crowdflow/venue.h>

#include "http/server.h"
#include "log/log.h"
#include "log/topics.h"

namespace crowdflow::console {

struct ConsoleOptions {
  log::TopicNames topics;
  std::vector<std::shared_ptr<const Venue>> venues;
  // The wall clock; called from the console's and from the server's thread.
  std::function<WallTime()> now;
};

// The operators' role: serves the page, its REST resources and its live channel
// (/api/v1/venues, /zones, /alerts, /live) on a server, from what zone-states and alerts-current
// say.
//
// Threads: made before the server starts; start() and stop() from one thread. It runs one thread of
// its own, which reads the log; the page's state belongs to the server's thread.
// Ownership: the log and the server outlive it. The server may go on serving after it: the page is
// then told what was known last, and that the log is no longer followed.
class Console {
 public:
  Console(log::Log& log, http::Server& server, ConsoleOptions options);
  ~Console();  // stops
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  // Begins to follow the log.
  void start();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace crowdflow::console
