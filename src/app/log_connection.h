#pragma once

#include "config/run_config.h"
#include "kafka/kafka_log.h"
#include "log/topics.h"

namespace crowdflow::app {

// How to reach the Kafka that the configuration names.
[[nodiscard]] kafka::ConnectOptions connect_options(const config::RunConfig& config,
                                                    const log::TopicNames& names);

}  // namespace crowdflow::app
