#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <crowdflow/result.h>
#include <crowdflow/venue.h>

#include "log/log.h"
#include "log/topics.h"

namespace crowdflow::app {

// Publishes what the sensors of a simulated venue say, as any feed would: records of protobuf, five
// a second, in real time.
//
// Threads: one of its own, from start() to the destructor.
class SimulatorFeed {
 public:
  // Begins with the last `history` seconds at once, so that the page has something to show.
  static Result<std::unique_ptr<SimulatorFeed>> start(log::Log& log, const log::TopicNames& topics,
                                                      std::shared_ptr<const Venue> venue,
                                                      std::uint64_t seed);
  ~SimulatorFeed() = default;

 private:
  SimulatorFeed() = default;
  std::jthread thread_;
};

}  // namespace crowdflow::app
