#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace crowdflow::app {

struct DemoOptions {
  std::string venue_file;  // empty: an example that is built in
  std::string example;     // which (examples.h); empty: the first
  std::string address = "127.0.0.1";
  std::optional<std::uint16_t> port;  // not given: 8080, or any free one when that is taken
  std::uint64_t seed = 1;
};

// A broker in this process, a simulated venue and all roles, until SIGINT or SIGTERM. Returns the
// exit code.
[[nodiscard]] int demo(const DemoOptions& options);

}  // namespace crowdflow::app
