#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kafka/client.h"

namespace crowdflow::kafka {

// Asks the brokers once a second whether they are there and whether every partition of the topics
// that matter has a leader, and tells Connection. librdkafka says when all brokers have gone, but
// not when they are back.
//
// Threads: one of its own; ends within a second and a half of its object.
class HealthWatch {
 public:
  // `client`: one that nobody else polls.
  HealthWatch(std::shared_ptr<Client> client, const std::vector<std::string>& topics);

 private:
  void ask();

  const std::shared_ptr<Client> client_;
  std::vector<TopicHandle> topics_;  // makes librdkafka ask for them, too
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace crowdflow::kafka
