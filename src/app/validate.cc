#include "app/validate.h"

#include <cstdio>
#include <vector>

#include "app/command_line.h"
#include "app/log_connection.h"
#include "app/memory_check.h"
#include "config/config_error.h"
#include "config/run_config.h"
#include "config/venue_file.h"

namespace crowdflow::app {
namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace

int validate_venue(const std::string& file) {
  std::vector<config::ConfigError> warnings;
  const auto venue = config::load_venue(file, &warnings);
  print(config::format_warnings(warnings));
  if (!venue) {
    print(config::format_errors(venue.error()));
    std::fprintf(stderr, "%s: %zu error%s\n", file.c_str(), venue.error().size(),
                 venue.error().size() == 1 ? "" : "s");
    return kWrongConfig;
  }
  std::printf("%s: good: venue %s, version %s, %zu zones, %zu openings, %zu sensors, %zu rules\n",
              file.c_str(), venue->id.c_str(), venue->version.c_str(), venue->zones.size(),
              venue->openings.size(), venue->sensors.size(), venue->rules.size());
  std::printf("%s: %s\n", file.c_str(), memory_in_words(*venue).c_str());
  return 0;
}

int validate_config(const std::string& file) {
  const auto config = config::load_run_config(file);
  if (!config) {
    print(config::format_errors(config.error()));
    return kWrongConfig;
  }
  std::printf("%s: good: %s %s, %zu venues\n", file.c_str(),
              config->embedded ? "log in" : "brokers", name_of_log(*config).c_str(),
              config->venues.size());
  return 0;
}

}  // namespace crowdflow::app
