#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crowdflow::app {

// What the command line says; it stands above the configuration file.
struct RunOptions {
  std::string config_file;            // empty: none
  std::optional<std::string> folder;  // of the embedded log
  std::optional<std::string> brokers;
  std::vector<std::string> venue_files;  // beside those of the configuration file
  std::optional<std::string> address;
  std::optional<std::uint16_t> port;
};

// All roles in one process, on Kafka or on the embedded log, until SIGINT or SIGTERM. Returns the
// exit code.
[[nodiscard]] int run(const RunOptions& options);

}  // namespace crowdflow::app
