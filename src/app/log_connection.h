#pragma once

#include <optional>
#include <string>

#include "config/run_config.h"
#include "kafka/kafka_log.h"
#include "log/topics.h"

namespace crowdflow::app {

// How to reach the Kafka that the configuration names.
[[nodiscard]] kafka::ConnectOptions connect_options(const config::RunConfig& config,
                                                    const log::TopicNames& names);

// Which log a command is about: a configuration file, and what replaces single values of it.
struct LogOptions {
  std::string config_file;
  std::optional<std::string> brokers;
  std::optional<std::string> prefix;
};

// What they say together; nothing after an error, which has been printed. `command` is what errors
// begin with: "crowdflow topics".
[[nodiscard]] std::optional<config::RunConfig> settle(const LogOptions& options,
                                                      const std::string& command);

}  // namespace crowdflow::app
