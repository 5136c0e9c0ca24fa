#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <crowdflow/result.h>

namespace crowdflow::kafka {

// A broker inside this process (librdkafka's mock cluster) that any Kafka client on this machine
// can talk to. For the demo only; never evidence for exactly-once or for rebalancing:
//
//  - Records live in memory: 5 MiB or 100,000 batches a partition, then the oldest go.
//  - Transactions are not atomic: an aborted record stays readable, positions sent in a transaction
//    are dropped, and a second writer of the same name fences nobody.
//  - A group's first member waits three seconds for others, later ones up to the session's
//    time-out: assign partitions by hand.
//  - A fetch that finds nothing is answered only after its whole wait: keep
//    ConnectOptions::fetch_wait at 10 ms or below.
//  - There is no retention, no compaction, no lookup by time, no topic configuration.
//
// Threads: any, one at a time; serving is librdkafka's thread. Ends with the object.
class EmbeddedBroker {
 public:
  // Starts on a free port of 127.0.0.1 with these topics.
  [[nodiscard]] static Result<std::unique_ptr<EmbeddedBroker>> start(
      std::int32_t partitions, const std::vector<std::string>& topics);
  ~EmbeddedBroker();
  EmbeddedBroker(const EmbeddedBroker&) = delete;
  EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

  // "127.0.0.1:port"
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  struct Cluster;
  EmbeddedBroker(std::unique_ptr<Cluster> cluster, std::string address);

  std::unique_ptr<Cluster> cluster_;
  std::string address_;
};

}  // namespace crowdflow::kafka
