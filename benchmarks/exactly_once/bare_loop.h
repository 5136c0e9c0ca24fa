#pragma once

#include <memory>
#include <string>
#include <thread>

namespace crowdflow::bench {

// The least that exactly once can be: takes one record of a topic with one partition, writes it to
// another in a transaction with its offset, and so on, on a thread of its own until it goes.
class BareLoop {
 public:
  BareLoop(const std::string& brokers, const std::string& from, const std::string& to);
  // Until it has its partition.
  void wait_until_assigned();

 private:
  void run(std::stop_token stop);

  struct State;
  std::shared_ptr<State> state_;
  std::jthread thread_;  // last: it ends first
};

}  // namespace crowdflow::bench
