#include "app/run.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <spdlog/spdlog.h>

#include "app/command_line.h"
#include "app/log_connection.h"
#include "app/logging.h"
#include "app/memory_check.h"
#include "app/roles.h"
#include "app/signals.h"
#include "config/run_config.h"

namespace crowdflow::app {
namespace {

constexpr std::chrono::milliseconds kLook{200};

RolesOptions roles_options(const config::RunConfig& config, const log::TopicNames& names) {
  RolesOptions options;
  options.processor.topics = names;
  options.processor.group = config.group;
  options.processor.instance = config.instance;
  options.processor.commit_interval = config.commit_interval;
  options.processor.engine_threads = config.engine_threads;
  options.processor.snapshot_every = config.snapshot_every;
  for (const config::RunConfig::VenueSource& source : config.venues) {
    options.processor.venues.push_back({.yaml = source.yaml, .venue = source.venue});
  }
  options.http_address = config.http.address;
  options.http_port = config.http.port;
  if (config.gateway.enabled) {
    options.gateway.emplace();
    options.gateway->max_body = static_cast<std::size_t>(config.gateway.max_body);
    options.gateway->max_queued = static_cast<std::size_t>(config.gateway.max_queued);
  }
  return options;
}

}  // namespace

int run(const RunOptions& options) {
  std::vector<config::ConfigError> warnings;
  const auto config = config::load_run_config(options.config_file, &warnings);
  std::fputs(config::format_warnings(warnings).c_str(), stderr);
  if (!config) {
    std::fputs(config::format_errors(config.error()).c_str(), stderr);
    return kWrongConfig;
  }
  std::vector<std::shared_ptr<const Venue>> venues;
  for (const config::RunConfig::VenueSource& source : config->venues)
    venues.push_back(source.venue);
  if (const auto fits = check_memory(venues, config->memory_limit); !fits) {
    std::fprintf(stderr, "%s: %s\n", options.config_file.c_str(), fits.error().message.c_str());
    return kWrongConfig;
  }
  Signals signals;
  start_logging(static_cast<int>(config->log_level));
  for (const auto& venue : venues)
    spdlog::info("{}", memory_in_words(*venue));
  const log::TopicNames names(config->topics.prefix);
  auto log = kafka::connect(connect_options(*config, names));
  if (!log) {
    spdlog::error("{}", log.error().message);
    return kFailed;
  }
  Roles roles(**log, roles_options(*config, names));
  if (const auto started = roles.start(); !started) {
    spdlog::error("{}", started.error().message);
    return kFailed;
  }
  std::printf("page: %s\nmetrics: %smetrics\nbroker: %s\n", roles.url().c_str(),
              roles.url().c_str(), config->brokers.c_str());
  std::fflush(stdout);
  while (!signals.wait(kLook) && !roles.failed()) {
  }
  const auto ended = roles.stop();
  if (ended) return 0;
  spdlog::error("{}", ended.error().message);
  std::fflush(nullptr);
  // The state is in the log: there is nothing to put in order, and what hangs is not waited for.
  if (ended.error().code == ErrorCode::kUnavailable) std::_Exit(kFailed);
  return kFailed;
}

}  // namespace crowdflow::app
