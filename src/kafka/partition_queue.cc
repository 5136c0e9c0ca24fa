#include "kafka/partition_queue.h"

#include <array>

#include <crowdflow/check.h>

namespace crowdflow::kafka {

PartitionQueue::PartitionQueue(rd_kafka_t* client, const log::PartitionId& at,
                               const EventFlag& arrivals)
    : queue_(rd_kafka_queue_get_partition(client, at.topic.c_str(), at.partition)) {
  CROWDFLOW_CHECK(queue_ != nullptr, "a consumer has a queue for every partition");
  rd_kafka_queue_forward(queue_.get(), nullptr);
  rd_kafka_queue_io_event_enable(queue_.get(), arrivals.descriptor(), &EventFlag::kRaise,
                                 sizeof(EventFlag::kRaise));
}

PartitionQueue::~PartitionQueue() {
  if (!queue_) return;  // moved from
  rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
  std::array<rd_kafka_message_t*, 1000> messages{};
  for (std::size_t count = drain(messages); count > 0; count = drain(messages)) {
    for (std::size_t i = 0; i < count; ++i)
      rd_kafka_message_destroy(messages[i]);
  }
}

std::size_t PartitionQueue::drain(std::span<rd_kafka_message_t*> messages) {
  const auto count =
      rd_kafka_consume_batch_queue(queue_.get(), 0, messages.data(), messages.size());
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace crowdflow::kafka
