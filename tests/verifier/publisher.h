#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "log/log.h"
#include "verifier/workload.h"

namespace crowdflow::test {

// A feed: publishes a workload, second by second of it, at times that nothing that happens to the
// broker changes (open loop): what could not be said in time is said as soon as it can.
// What is not acknowledged is said again by a new client, which is what makes duplicates.
// Threads: one of its own; begin() and end() from one other.
class Publisher {
 public:
  Publisher(std::string bootstrap, std::string topic, Workload& workload)
      : bootstrap_(std::move(bootstrap)), topic_(std::move(topic)), workload_(workload) {}
  ~Publisher() { (void)end(); }

  // A second of the workload each `pace`.
  void begin(std::chrono::milliseconds pace);
  // After the second under way; how many there were.
  std::int64_t end();
  // How often a client was given up and what it had not got through was said again.
  [[nodiscard]] std::uint64_t started_anew() const { return started_anew_; }

  // In the caller's thread: so many seconds of it as fast as it goes; what the workload says at
  // last.
  void publish_seconds(std::int64_t count);
  void publish_closing() { publish(workload_.closing()); }

 private:
  void run(std::stop_token stop, std::chrono::milliseconds pace);
  void publish(const std::vector<Publication>& publications);
  [[nodiscard]] bool try_to_publish(const std::vector<Publication>& publications);

  const std::string bootstrap_;
  const std::string topic_;
  Workload& workload_;
  std::unique_ptr<log::Log> log_;
  std::unique_ptr<log::Appender> appender_;
  std::int64_t seconds_ = 0;
  std::uint64_t started_anew_ = 0;
  std::jthread thread_;
};

}  // namespace crowdflow::test
