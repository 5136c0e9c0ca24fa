#include "app/log_connection.h"

#include <cstdio>

#include "config/config_error.h"

namespace crowdflow::app {

kafka::ConnectOptions connect_options(const config::RunConfig& config,
                                      const log::TopicNames& names) {
  kafka::ConnectOptions options;
  options.brokers = config.brokers;
  options.client_id = config.instance.empty() ? "crowdflow" : config.instance;
  options.properties = config.kafka;
  options.warm_topics = {names.readings,       names.zone_states, names.alerts,
                         names.alerts_current, names.journal,     names.dead_letters};
  return options;
}

std::optional<config::RunConfig> settle(const LogOptions& options, const std::string& command) {
  config::RunConfig config;
  if (!options.config_file.empty()) {
    auto loaded = config::load_run_config(options.config_file);
    if (!loaded) {
      std::fputs(config::format_errors(loaded.error()).c_str(), stderr);
      return std::nullopt;
    }
    config = std::move(*loaded);
  }
  if (options.brokers) config.brokers = *options.brokers;
  if (options.prefix) config.topics.prefix = *options.prefix;
  if (!config.brokers.empty()) return config;
  std::fprintf(stderr, "%s: which brokers? Give --config FILE or --brokers host:port\n",
               command.c_str());
  return std::nullopt;
}

}  // namespace crowdflow::app
