#pragma once

#include <librdkafka/rdkafka.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <crowdflow/result.h>

#include "kafka/client.h"
#include "log/log.h"

namespace crowdflow::kafka {

// What a transactional and a plain writer have in common: topics that are known before the first
// record (librdkafka finds out only once a second what it does not know) and one way to queue.
class Producer {
 public:
  explicit Producer(std::shared_ptr<Client> client) : client_(std::move(client)) {}

  [[nodiscard]] rd_kafka_t* get() const { return client_->get(); }

  // Asks about the warm topics of the connection. Best effort: what stays unknown is asked again.
  void warm_up();
  // Queues a copy. Serves callbacks. A queue that is full may empty for as long as `wait`.
  [[nodiscard]] Result<void> queue(const log::Append& record, std::chrono::milliseconds wait);

 private:
  struct Topic {
    std::string name;
    TopicHandle handle;
  };

  [[nodiscard]] rd_kafka_topic_t* topic(std::string_view name);
  // All topics that the client has met when null.
  void ask_about(rd_kafka_topic_t* topic);

  const std::shared_ptr<Client> client_;
  std::vector<Topic> topics_;  // few: found by looking through them
};

}  // namespace crowdflow::kafka
