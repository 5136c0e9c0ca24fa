#pragma once

#include <cstddef>
#include <cstdint>
#include <librdkafka/rdkafka.h>
#include <span>

#include "kafka/event_flag.h"
#include "kafka/handles.h"
#include "log/log.h"

namespace crowdflow::kafka {

// What librdkafka has fetched of one partition, apart from all others: so that one can be left
// alone while the others are drained. Its limits (queued.min.messages, queued.max.messages.kbytes)
// then hold for each partition, and it fetches no more of one whose queue is full.
//
// Threads: the reader's. Must end before the client does, and before `arrivals`.
class PartitionQueue {
 public:
  // Raises `arrivals` when something comes in while it is empty. Before the partition is assigned,
  // or its first messages go to the queue that all share.
  PartitionQueue(rd_kafka_t* client, const log::PartitionId& at, const EventFlag& arrivals);
  // Discards what is in it.
  ~PartitionQueue();
  PartitionQueue(PartitionQueue&&) = default;
  PartitionQueue& operator=(PartitionQueue&&) = delete;

  // What is there, up to the size of `messages`, which are the caller's to destroy; never waits.
  [[nodiscard]] std::size_t drain(std::span<rd_kafka_message_t*> messages);

 private:
  QueueHandle queue_;
};

}  // namespace crowdflow::kafka
