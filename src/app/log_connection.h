#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/run_config.h"
#include "kafka/kafka_log.h"
#include "log/log.h"
#include "log/topics.h"

namespace crowdflow::app {

// How to reach the Kafka that the configuration names.
[[nodiscard]] kafka::ConnectOptions connect_options(const config::RunConfig& config,
                                                    const log::TopicNames& names);

// The log that the configuration names, Kafka or embedded, to work on.
[[nodiscard]] Result<std::unique_ptr<log::Log>> open_log(const config::RunConfig& config,
                                                         const log::TopicNames& names);
// The same to look at: nothing is written, and who works on it goes on.
[[nodiscard]] Result<std::unique_ptr<log::Log>> look_into_log(const config::RunConfig& config,
                                                              const log::TopicNames& names);
// Its brokers or its folder.
[[nodiscard]] std::string name_of_log(const config::RunConfig& config);

// Which log a command is about: a configuration file, and what replaces single values of it.
struct LogOptions {
  std::string config_file;
  std::optional<std::string> brokers;
  std::optional<std::string> folder;  // of an embedded log
  std::optional<std::string> prefix;
};

// What they say together; nothing after an error, which has been printed. `command` is what errors
// begin with: "crowdflow topics".
[[nodiscard]] std::optional<config::RunConfig> settle(const LogOptions& options,
                                                      const std::string& command);
// The same for a command that is about Kafka.
[[nodiscard]] std::optional<config::RunConfig> settle_kafka(const LogOptions& options,
                                                            const std::string& command);

}  // namespace crowdflow::app
