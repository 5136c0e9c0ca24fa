#include "kafka/admin_call.h"

#include <array>

#include <crowdflow/check.h>

namespace crowdflow::kafka {

EventHandle admin_call(
    rd_kafka_t* client, rd_kafka_admin_op_t operation, std::chrono::milliseconds patience,
    const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& call) {
  const AdminOptionsHandle options(rd_kafka_AdminOptions_new(client, operation));
  std::array<char, 256> why{};
  const auto set = rd_kafka_AdminOptions_set_request_timeout(
      options.get(), static_cast<int>(patience.count()), why.data(), why.size());
  CROWDFLOW_CHECK(set == RD_KAFKA_RESP_ERR_NO_ERROR, why.data());

  const QueueHandle queue(rd_kafka_queue_new(client));
  call(options.get(), queue.get());
  // librdkafka keeps the time-out, and answers in any case.
  EventHandle event(rd_kafka_queue_poll(queue.get(), -1));
  CROWDFLOW_CHECK(event != nullptr, "librdkafka answers every admin call");
  return event;
}

}  // namespace crowdflow::kafka
