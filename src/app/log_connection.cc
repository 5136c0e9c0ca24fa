#include "app/log_connection.h"

#include <cstdio>

#include "config/config_error.h"
#include "embedded/embedded_log.h"
#include "embedded/inspection.h"

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

Result<std::unique_ptr<log::Log>> open_log(const config::RunConfig& config,
                                           const log::TopicNames& names) {
  if (!config.embedded) return kafka::connect(connect_options(config, names));
  auto log = embedded::EmbeddedLog::open(
      {.folder = config.embedded->folder,
       .topics =
           embedded::topic_specs(names, 1, config.topics.retention, config.embedded->max_size)});
  if (!log) return tl::unexpected(log.error());
  return std::unique_ptr<log::Log>(std::move(*log));
}

Result<std::unique_ptr<log::Log>> look_into_log(const config::RunConfig& config,
                                                const log::TopicNames& names) {
  if (config.embedded) return embedded::open_to_read(config.embedded->folder);
  auto options = connect_options(config, names);
  options.warm_topics.clear();  // nothing is written
  return kafka::connect(options);
}

std::string name_of_log(const config::RunConfig& config) {
  return config.embedded ? config.embedded->folder : config.brokers;
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
  if (options.brokers) {
    config.brokers = *options.brokers;
    config.embedded.reset();
  }
  if (options.folder) {
    config.embedded = config::RunConfig::Embedded{.folder = *options.folder};
    config.brokers.clear();
  }
  if (options.prefix) config.topics.prefix = *options.prefix;
  if (!config.brokers.empty() || config.embedded) return config;
  std::fprintf(stderr, "%s: which log? Give --config FILE, --brokers HOST:PORT or --embedded DIR\n",
               command.c_str());
  return std::nullopt;
}

std::optional<config::RunConfig> settle_kafka(const LogOptions& options,
                                              const std::string& command) {
  auto config = settle(options, command);
  if (!config || !config->embedded) return config;
  std::fprintf(stderr, "%s: found an embedded log, expected a Kafka: --brokers HOST:PORT\n",
               command.c_str());
  return std::nullopt;
}

}  // namespace crowdflow::app
