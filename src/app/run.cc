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
  // Nobody else can be at work on an embedded log.
  options.processor.assign_by_hand = config.embedded.has_value();
  options.processor.commit_interval = config.commit_interval;
  options.processor.engine_threads = config.engine_threads;
  options.processor.snapshot_every = config.snapshot_every;
  for (const config::VenueSource& source : config.venues) {
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

constexpr const char* kChoice =
    "crowdflow run: where is the log that readings arrive on? One of:\n"
    "\n"
    "  crowdflow run --embedded DIR --venue FILE\n"
    "      on this machine, in one file in DIR; nothing else is needed. Readings are posted to "
    "this\n"
    "      process, or sent by `crowdflow publish`.\n"
    "  crowdflow run --brokers HOST:PORT --venue FILE\n"
    "      on your Kafka, once `crowdflow topics create` has made the topics.\n"
    "  crowdflow run --config FILE\n"
    "      the one that the file names: with `brokers`, or with `embedded`.\n"
    "\n"
    "`crowdflow venue new` writes a venue file; `crowdflow demo` shows what it is all about.\n";

// The file and the command line together; what is wrong has been printed, and `status` says how.
std::optional<config::RunConfig> settle(const RunOptions& options, int& status) {
  if (options.config_file.empty() && !options.folder && !options.brokers) {
    std::fputs(kChoice, stderr);
    status = kWrongUsage;
    return std::nullopt;
  }
  if (options.config_file.empty() && options.venue_files.empty()) {
    std::fputs("crowdflow run: which venue? Give --venue FILE; `crowdflow venue new` writes one\n",
               stderr);
    status = kWrongUsage;
    return std::nullopt;
  }
  status = kWrongConfig;
  config::RunConfig config = config::default_run_config();
  std::vector<config::ConfigError> warnings;
  if (!options.config_file.empty()) {
    auto loaded = config::load_run_config(options.config_file, &warnings);
    std::fputs(config::format_warnings(warnings).c_str(), stderr);
    if (!loaded) {
      std::fputs(config::format_errors(loaded.error()).c_str(), stderr);
      return std::nullopt;
    }
    config = std::move(*loaded);
  }
  for (const std::string& file : options.venue_files) {
    warnings.clear();
    auto source = config::load_venue_source(file, &warnings);
    std::fputs(config::format_warnings(warnings).c_str(), stderr);
    if (!source) {
      std::fputs(config::format_errors(source.error()).c_str(), stderr);
      return std::nullopt;
    }
    for (const config::VenueSource& other : config.venues) {
      if (other.venue->id != source->venue->id) continue;
      std::fprintf(stderr,
                   "%s: found venue \"%s\" again, expected each venue once; it is in %s too\n",
                   file.c_str(), other.venue->id.c_str(), other.path.c_str());
      return std::nullopt;
    }
    config.venues.push_back(std::move(*source));
  }
  if (options.brokers) {
    config.brokers = *options.brokers;
    config.embedded.reset();
  }
  if (options.folder) {
    if (!config.embedded) config.embedded = config::RunConfig::Embedded{};
    config.embedded->folder = *options.folder;
    config.brokers.clear();
  }
  if (options.address) config.http.address = *options.address;
  if (options.port) config.http.port = *options.port;
  return config;
}

}  // namespace

int run(const RunOptions& options) {
  int status = 0;
  const auto config = settle(options, status);
  if (!config) return status;
  std::vector<std::shared_ptr<const Venue>> venues;
  for (const config::VenueSource& source : config->venues)
    venues.push_back(source.venue);
  if (const auto fits = check_memory(venues, config->memory_limit); !fits) {
    std::fprintf(stderr, "%s: %s\n",
                 options.config_file.empty() ? "crowdflow run" : options.config_file.c_str(),
                 fits.error().message.c_str());
    return kWrongConfig;
  }
  Signals signals;
  start_logging(static_cast<int>(config->log_level));
  for (const auto& venue : venues)
    spdlog::info("{}", memory_in_words(*venue));
  const log::TopicNames names(config->topics.prefix);
  auto log = open_log(*config, names);
  if (!log) {
    spdlog::error("{}", log.error().message);
    return kFailed;
  }
  Roles roles(**log, roles_options(*config, names));
  if (const auto started = roles.start(); !started) {
    spdlog::error("{}", started.error().message);
    return kFailed;
  }
  std::printf("page: %s\nmetrics: %smetrics\n%s: %s\n", roles.url().c_str(), roles.url().c_str(),
              config->embedded ? "log" : "broker", name_of_log(*config).c_str());
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
