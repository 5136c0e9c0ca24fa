#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include <crowdflow/venue.h>

#include "config/config_error.h"

namespace crowdflow::config {

// A venue file, checked.
struct VenueSource {
  std::string path;
  std::string yaml;  // byte for byte
  std::shared_ptr<const Venue> venue;
};

// Reads one from a path; `warnings` as in parse_venue(). Any thread.
[[nodiscard]] tl::expected<VenueSource, std::vector<ConfigError>> load_venue_source(
    const std::string& path, std::vector<ConfigError>* warnings = nullptr);

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError };

// What `crowdflow run` is told by its file (YAML, `crowdflow: v1`). Only `brokers`, or `embedded`,
// and `venues` must be there; the rest has the defaults below.
//
//   crowdflow: v1
//   brokers: kafka-1:9092,kafka-2:9092         # or a list
//   embedded: { folder: data, max_size: 4GiB } # instead of brokers: the log is a file in a folder,
//                                              # relative to this file
//   kafka: { security.protocol: SASL_SSL }     # librdkafka's properties, as it names them
//   topics: { prefix: crowdflow., partitions: 4, replication: 1, retention: 7d }
//   group: crowdflow
//   instance: engine-1                         # unique in the group; the host's name unless said
//   venues: [ hall.yaml ]                      # relative to this file
//   http: { address: 127.0.0.1, port: 8080 }
//   gateway: { enabled: true, max_body: 4MiB, max_queued: 32MiB }  # POST /api/v1/readings
//   commit_interval: 100ms
//   engine: { threads: 1, memory_limit: 2GiB, snapshot_every: 1h } # a venue that would take more
//                                                                  # than the limit is refused
//   log: { level: info }
struct RunConfig {
  struct Topics {
    std::string prefix = "crowdflow.";
    // What `crowdflow topics create` makes: 1 to 10,000 partitions, 1 to 10 replicas, readings kept
    // for 1 h to 400 d.
    std::int32_t partitions = 4;
    std::int32_t replication = 1;
    std::chrono::milliseconds retention{std::chrono::hours{7 * 24}};
  };
  // The log in one file on this machine.
  struct Embedded {
    std::string folder;
    // Bytes that are kept of what is read and said, 64 MiB to 1 TiB: the oldest go first, also
    // before their time.
    std::int64_t max_size = std::int64_t{4} << 30U;
  };
  struct Http {
    // An IPv4 or IPv6 address.
    std::string address = "127.0.0.1";
    // 0: any that is free.
    std::uint16_t port = 8080;
  };

  // The way in for readings over HTTP.
  struct Gateway {
    bool enabled = true;
    // Bytes of one request's body, 64 KiB to 64 MiB.
    std::int64_t max_body = std::int64_t{4} << 20;
    // Bytes of the bodies that wait for the log, 1 MiB to 1 GiB.
    std::int64_t max_queued = std::int64_t{32} << 20;
  };

  // "host:port,host:port"; empty: the log is embedded.
  std::string brokers;
  std::optional<Embedded> embedded;
  // Without those that crowdflow sets itself; librdkafka checks the rest when it starts.
  std::map<std::string, std::string> kafka;
  Topics topics;
  std::string group = "crowdflow";
  std::string instance;
  std::vector<VenueSource> venues;  // ids differ
  Http http;
  Gateway gateway;
  // 20 ms to 5 s.
  std::chrono::milliseconds commit_interval{100};
  // That apply readings, 1 to 64; each partition belongs to one of them.
  std::size_t engine_threads = 1;
  // The state of each partition is saved at least so often, 1 s to 24 h; more often when
  // re-applying what came since would take long.
  std::chrono::milliseconds snapshot_every{std::chrono::hours{1}};
  // Bytes that the engine's state may take, 1 MiB to 1 TiB. Absent: no limit.
  std::optional<std::int64_t> memory_limit;
  LogLevel log_level = LogLevel::kInfo;
};

// What a configuration file says that says nothing but `crowdflow: v1`.
[[nodiscard]] RunConfig default_run_config();

// Errors are those of the file, then those of each venue file; warnings (nullptr: not wanted) are
// about the venue files. Any thread.
[[nodiscard]] tl::expected<RunConfig, std::vector<ConfigError>> load_run_config(
    const std::string& path, std::vector<ConfigError>* warnings = nullptr);

}  // namespace crowdflow::config
