#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/result.h>

#include "log/log.h"

// The log port on Apache Kafka (brokers from 2.5 on; librdkafka from 2.0.2 on).
namespace crowdflow::kafka {

struct ConnectOptions {
  // "host:port,host:port"
  std::string brokers;
  // What the brokers and their operators see; metrics and quotas go by it.
  std::string client_id = "crowdflow";
  // librdkafka's own properties (security, compression, socket buffers, ...). They replace our
  // defaults; those that our promises rest on (settings.h) are refused.
  std::map<std::string, std::string> properties;
  // The longest time for which a broker holds back the answer to a fetch when it has nothing new,
  // and so the longest time until Reader::position() has passed what is not a record. The
  // in-process broker looks for new records only then: at most 10 ms for it.
  std::chrono::milliseconds fetch_wait{100};
  // Topics that will be written or watched. Clients learn about them before the first append, which
  // would otherwise wait for up to a second; Log::health() is about their partitions, too.
  std::vector<std::string> warm_topics;
};

// Makes the client; asks the brokers nothing, so that it succeeds while they are away, and
// Log::health() tells when they answer. kInvalid: options that librdkafka does not take.
//
// Threads: one of ours, which asks the brokers once a second for health(), and librdkafka's.
// Readers, writers and appenders may outlive the log.
[[nodiscard]] Result<std::unique_ptr<log::Log>> connect(const ConnectOptions& options);

}  // namespace crowdflow::kafka
