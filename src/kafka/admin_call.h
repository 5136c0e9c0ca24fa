#pragma once

#include <chrono>
#include <functional>
#include <librdkafka/rdkafka.h>

#include "kafka/handles.h"

namespace crowdflow::kafka {

// One call of librdkafka's admin interface, made synchronous. `call` gets the options (with the
// time-out) and the queue that the answer goes to. The event is never null; rd_kafka_event_error()
// of it says how it went. Nothing that a group's coordinator has to answer: librdkafka may end the
// process (its issue 4605).
[[nodiscard]] EventHandle admin_call(
    rd_kafka_t* client, rd_kafka_admin_op_t operation, std::chrono::milliseconds patience,
    const std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& call);

}  // namespace crowdflow::kafka
